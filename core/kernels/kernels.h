// SPDX-License-Identifier: Apache-2.0
// The one door between the training loop and the kernels: a table of whole loops per number type,
// filled once per instruction set. Kernels see raw pointers, sizes and strides, nothing else.
//
// Layouts (P = panel width, 16 floats or 8 doubles; n / P rounded up):
// clang-format off
//   rows       x, z, a, delta  [batch][stride]        zero beyond the last column where it matters
//   weights    W               [n_out / P][n_in][P]   w_ji at panel j / P, row i, lane j % P
//   transpose  WT              [n_in / P][n_out][P]   w_ji at panel i / P, row j, lane i % P
//   skinny     W               [n_in / P][n_out][P]   the only copy where there are few outputs
// clang-format on
#pragma once

#include <cstdint>

#include "base/types.h"
#include "kernels/codes.h"

namespace chainrule {

// What a layer makes of its z: a = sigma(z), or with a learned factor a unit, a = z + w (sigma(z) -
// z).
template <class T>
struct Epilogue {
  Activation activation = Activation::identity;
  const T* factors = nullptr;  // [n_panels * P] or null
  T* a = nullptr;              // [rows][stride]
  T* slope = nullptr;          // [rows][stride] or null: da/dz, kept where it cannot be had from a
  T* residual = nullptr;       // [rows][stride] or null: sigma(z) - z, with factors
  Index stride = 0;
};

// The way back through a layer's mask and activation: delta = dl/d(mask a) * mask * da/dz.
template <class T>
struct Tail {
  Activation activation = Activation::identity;
  const T* a = nullptr;      // [rows][stride], before the mask; unused where slope is given
  const T* slope = nullptr;  // [rows][stride] or null: da/dz, else it is taken from a; may be delta
  const T* mask = nullptr;   // [rows][stride] or null
  T* delta = nullptr;        // [rows][stride]
  T* residual = nullptr;     // [rows][stride] or null: sigma(z) - z, becomes its product with dl/da
  Index stride = 0;
};

// a = sigma(z) where no product comes before: the bits are those of the product's own epilogue.
template <class T>
struct ActivationForwardArgs {
  const T* z;  // [rows][out.stride], may be out.a
  Index rows;
  Index width;  // whole panels
  Epilogue<T> out;
};

// delta = d_a * mask * da/dz where no product comes before.
template <class T>
struct ActivationBackwardArgs {
  const T* d_a;  // [rows][below.stride]: dl/d(mask a); may be below.delta where slope is not
  Index rows;
  Index width;  // whole panels
  Tail<T> below;
};

// z = alpha (x W) + bias, then what `out` makes of it; alpha is 1, or 1/sqrt(n_in) in the NTK
// parametrisation. z itself is the output of the identity.
template <class T>
struct ForwardArgs {
  const T* x;  // [rows][x_stride]
  Index x_stride;
  Index rows;
  Index n_in;
  const T* weights;  // [n_panels][n_in or more][P]
  Index panel_stride;
  Index n_panels;  // of n_out
  const T* bias;   // [n_panels * P]
  T alpha;
  Epilogue<T> out;
};

// dl/dx = alpha (delta W^T), then back through the mask and activation `below`.
template <class T>
struct BackwardArgs {
  const T* delta;  // [rows][delta_stride]
  Index delta_stride;
  Index rows;
  Index n_out;
  const T* weights_t;  // [n_panels][n_out or more][P]
  Index panel_stride;
  Index n_panels;  // of n_in
  T alpha;
  Tail<T> below;
};

// Most outputs of a layer whose weights lie in panels of inputs.
inline constexpr Index kSkinnyOutputs = 4;

// Memory that will be wanted after a product: whole cache lines one after another.
struct Run {
  const void* from;
  Index bytes;
};

// Most runs that a product may be asked to fetch.
inline constexpr int kMostRuns = 24;
// Bytes of a weight matrix from which L3 is not expected to hold it from one step to the next.
inline constexpr Index kFetchFrom = Index{1} << 21;

// out = scale (x^T delta) for input units first..last-1 and a group of panels of output units.
template <class T>
struct GradientArgs {
  const T* x;  // [batch][x_stride]
  Index x_stride;
  const T* delta;  // [batch][delta_stride], at the first column of the group
  Index delta_stride;
  Index batch;
  Index first;
  Index last;
  Index n_panels;
  T scale;
  T* out;                     // [n_panels][last - first][P]
  const Run* runs = nullptr;  // [n_runs], fetched meanwhile
  int n_runs = 0;
};

// Per row: a = sigma(z), loss, delta = dloss/dz. Any of a, losses, delta may be null.
template <class T>
struct LossArgs {
  Loss loss;
  Activation activation;
  T huber_delta;
  const T* quantiles;  // [n_outputs], of the quantile loss
  Index rows;
  Index n_outputs;
  const T* z;  // [rows][stride]
  const T* y;  // [rows][y_stride], null when only a is wanted
  Index stride;
  Index y_stride;
  T* a;       // [rows][stride]
  T* slope;   // [rows][stride] or null: sigma'(z), where the loss is not fused with sigma
  T* losses;  // [rows]
  T* delta;   // [rows][stride], may be z itself
};

// What of an update is infinite or NaN.
namespace fault {
inline constexpr unsigned kOfParameter = 1, kOfSecond = 2, kAny = 3;
}

// One update of `count` (whole panels) parameters with gradient g.
template <class T>
struct UpdateArgs {
  Optimizer optimizer;
  T* w;
  const T* g;
  T* first;   // first moment, or velocity
  T* second;  // second moment, or sum of squares
  Index count;
  T rate;  // eta * schedule * group factor
  T keep;  // 1 - rate * weight decay
  T momentum;
  T beta1;
  T beta2;        // or rho
  T correction1;  // 1 / (1 - beta1^t)
  T correction2;  // 1 / (1 - beta2^t)
  T epsilon;
};

// Most outputs that a column of the periodic embedding may have.
inline constexpr Index kPeriodicOutputs = 16;

// One column of the periodic embedding: out = [weight cos(2 pi frequency x + phase) + bias ; x].
template <class T>
struct PeriodicColumn {
  Index frequencies;
  Index outputs;
  const T* frequency;  // [frequencies]
  const T* phase;      // [frequencies]
  const T* weight;     // [outputs][weight_stride]
  Index weight_stride;
  const T* bias;  // [outputs]
};

template <class T>
struct PeriodicForwardArgs {
  PeriodicColumn<T> column;
  const T* x;  // [rows], x_stride apart
  Index x_stride;
  Index rows;
  T* out;  // [rows][outputs + 1], out_stride apart
  Index out_stride;
};

// Gradients of a column's parameters, scale * sums over the batch, laid out like the parameters.
template <class T>
struct PeriodicGradientArgs {
  PeriodicColumn<T> column;
  const T* x;
  Index x_stride;
  Index batch;
  const T* delta;  // [batch][outputs], delta_stride apart: dl/d(out), times the row's weight
  Index delta_stride;
  T scale;
  T* scratch;  // periodic_scratch() numbers
  T* frequency;
  T* phase;
  T* weight;
  T* bias;
};

// x and each output's delta of the batch, rows in the lanes.
template <class T>
constexpr Index periodic_scratch(Index batch, Index outputs) {
  return (outputs + 1) * panels<T>(batch) * kPanel<T>;
}

// Dropout masks of one row: 0 where the random word is below `threshold`, else `kept`.
template <class T>
struct MaskArgs {
  std::uint64_t seed;
  std::uint32_t stream_layer;  // stream * 2^16 + layer
  std::uint32_t epoch;
  std::uint32_t row;  // of the table
  std::uint32_t threshold;
  T kept;
  Index n_units;
  T* mask;  // [whole panels]
};

// Parameters that one rule updates; `values` is null where they are frozen.
template <class T>
struct SmallParameters {
  T* values;
  T* first;
  T* second;
  T rate;
  T keep;
};

// One layer of a small network with all that a step needs of it.
template <class T>
struct SmallLayer {
  bool skinny;
  Index n_in;
  Index n_out;
  Index out_panels;
  Index tensor;  // number of its weights among the parameter arrays; the biases follow
  ForwardArgs<T> forward;
  BackwardArgs<T> backward;  // to the layer below; unused in layer 1
  GradientArgs<T> gradient;  // of all its weights
  const T* delta;
  T* bias_gradient;
  SmallParameters<T> weights;
  SmallParameters<T> bias;
  T* transposed;  // null where there is none
};

template <class T>
struct SmallUpdate {
  UpdateArgs<T> shared;  // what all parameters have in common
  T scale;
  T l1;
  T l2;
};

// What a step's chain of dependent operations is made of.
enum class Waits : int { multiply_add, divide, square_root, exponential };

template <class T>
struct KernelTable {
  List<ActivationRow> activations;
  List<LossRow> losses;
  List<OptimizerRow> optimizers;
  void (*forward_product)(const ForwardArgs<T>&);
  // the same for few outputs: weights are [n_panels of n_in][n_out][P], x is padded to whole
  // panels, and sums run in P lanes and one tree
  void (*skinny_forward_product)(const ForwardArgs<T>&, Index n_out);
  void (*backward_data_product)(const BackwardArgs<T>&);
  void (*activation_forward)(const ActivationForwardArgs<T>&);
  void (*activation_backward)(const ActivationBackwardArgs<T>&);
  void (*weight_gradient_product)(const GradientArgs<T>&);
  // out[j] = scale * sum over the batch of delta[b][j], j over n_panels panels
  void (*column_sums)(const T* delta, Index stride, Index batch, Index n_panels, T scale, T* out);
  void (*loss_rows)(const LossArgs<T>&);
  void (*periodic_forward)(const PeriodicForwardArgs<T>&);
  void (*periodic_gradient)(const PeriodicGradientArgs<T>&);
  void (*dropout_mask)(const MaskArgs<T>&);
  // g += l2 w + l1 sign(w)
  void (*penalize)(T* g, const T* w, Index count, T l1, T l2);
  // Fault bits of what is not finite of w and of the second moments
  unsigned (*update_parameters)(const UpdateArgs<T>&);
  // to[j * to_stride + i] = from[i * stride + j] for i < rows, j < columns
  void (*transpose)(const T* from, Index stride, Index rows, Index columns, T* to, Index to_stride);
  double (*sum_of_squares)(const T* x, Index count);
  // x[r][0..width-1] *= factors[r]
  void (*scale_rows)(T* x, Index stride, Index rows, Index width, const T* factors);
  // out = x * y over count numbers (whole panels)
  void (*multiply)(const T* x, const T* y, T* out, Index count);
  // sum of x[0..count-1], in P lanes and one tree; x padded with zeros to whole panels
  double (*sum_rows)(const T* x, Index count);
  // the same of one row's units, in T
  T (*sum_units)(const T* x, Index count);
  // forward, loss and backward of all rows; then gradients and updates of all layers, which return
  // the Fault bits of parameters that are not frozen and of all second moments
  void (*small_rows)(const SmallLayer<T>* layers, Index n_layers, const LossArgs<T>& loss);
  unsigned (*small_weights)(const SmallLayer<T>* layers, Index n_layers,
                            const SmallUpdate<T>& step);
  void (*evaluate)(Function function, const T* x, T* out, Index count);
  // `rounds` rounds of independent FMAs in registers; returns the operations, leaves one vector
  Index (*multiply_add_chains)(Index rounds, T* out);
  // `rounds` operations of which each waits for the one before it; leaves one vector
  void (*waiting_chain)(Waits kind, Index rounds, T* out);
};

// The products with factors rounded to bfloat16 and sums in T. Where a row or a panel has numbers
// of T along the summed index, theirs has words, two numbers each: see pairs.inl. So the arguments
// count words there, in depths, strides and steps.
template <class T>
struct PairTable {
  void (*forward_product)(const ForwardArgs<T>&);
  void (*backward_data_product)(const BackwardArgs<T>&);
  void (*weight_gradient_product)(const GradientArgs<T>&);
  // Pairs of neighbours of each row: to [rows][to_stride], whole panels
  void (*pair_units)(const T* from, Index stride, Index rows, Index width, T* to, Index to_stride);
  // Pairs of neighbours of each column: to [rows / 2, rounded up][to_stride], whole panels
  void (*pair_rows)(const T* from, Index stride, Index rows, Index width, T* to, Index to_stride);
  // The same of the gradient's x, which may lie by unit: to [width][to_stride], words of rows
  void (*pair_inputs)(const T* from, Index stride, Index rows, Index width, T* to, Index to_stride);
  // Both copies of `rows` rows of a panel of weights: [rows / 2][P], and where `back` is not null,
  // of every P input units [P / 2][P], `apart` from the next
  void (*pair_weights)(const T* weights, Index rows, T* forward, T* back, Index apart);
  bool by_unit;  // whether pair_inputs lays x by unit, x_stride apart
};

// Words for so many numbers along the summed index.
constexpr Index pairs_of(Index n) { return (n + 1) / 2; }

// The table of the instruction set in use; see dispatch.cpp.
template <class T>
const KernelTable<T>& kernels();
// The same for pairs; null where the instruction set in use, or the processor, has none.
template <class T>
const PairTable<T>* pair_kernels();

}  // namespace chainrule
