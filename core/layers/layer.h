// SPDX-License-Identifier: Apache-2.0
// The interface of a layer kind. A layer owns no numbers: its parameters lie in one flat buffer of
// the network, its rows in the workspace of a batch; so many threads and batches may use it at
// once.
//
//   forward    out = f(in)                       backward   dl/d(in) from dl/d(out)
//   gradient   dL/d(parameters) from in, dl/d(out), for one task: a part of the parameters
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/arena.h"
#include "kernels/kernels.h"
#include "layers/tensor.h"

namespace chainrule {

template <class T>
class Layer;

// Rows that lie `stride` apart.
template <class T>
struct View {
  T* data = nullptr;
  Index stride = 0;

  T* row(Index i) const { return data + i * stride; }
  View part(Index from_row, Index from_column = 0) const {
    return {data == nullptr ? nullptr : row(from_row) + from_column, stride};
  }
  operator View<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {data, stride};
  }
};

// What a batch's workspace is for: predictions keep outputs only, training also what the way back
// needs, a trace every slope.
enum class Use : int { predict, train, trace };

// The rows of one layer in a batch.
template <class T>
struct LayerRows {
  View<const T> in;
  View<T> out;
  View<const T> read;                // what the layer above reads: out, or another view
  View<T> delta;                     // dl/d(out) of each row, for a fused layer dl/dz
  T* kept[3] = {};                   // what the kind keeps, out.stride apart
  View<T> pairs[4] = {};             // factors of its products: see PairTable
  std::vector<LayerRows<T>> inside;  // of the layers that it runs
};

// What every call over rows has at hand.
template <class T>
struct Frame {
  const KernelTable<T>& table;
  T* values;      // parameters
  T* transposed;  // copies of weights for the way back
  bool dropping = false;
  const PairTable<T>* pairs = nullptr;  // for the layers whose copies of weights are pairs
  // Called after each layer's forward, where somebody wants to see or change it.
  const std::function<void(const Frame&, const Layer<T>&, LayerRows<T>&)>* after = nullptr;
};

// A part of a layer's parameters, whose gradient and update one thread makes.
struct Task {
  Index layer = 0;  // among the layers in the order of their outputs
  Index panel = 0;  // of a weight matrix: panels x rows
  Index n_panels = 0;
  Index first = 0;
  Index last = 0;
  Index bias_panel = 0;  // panels of outputs whose sums over the batch this task also makes, or 0
  Index bias_panels = 0;
  Index size = 0;  // numbers of its block of gradients
  Index cost = 0;  // multiply-adds a row, in panels
};

// A run of numbers that a task updates: whole panels of a named array.
struct Part {
  Index tensor;
  Index at;    // in the flat buffers
  Index from;  // in the task's block
  Index count;
};

class Parts {
 public:
  static constexpr int kMost = 56;

  void add(const Part& part) { parts_[n_++] = part; }
  const Part* begin() const { return parts_; }
  const Part* end() const { return parts_ + n_; }

 private:
  Part parts_[kMost];
  int n_ = 0;
};

// What a gradient's product may fetch meanwhile.
class Runs {
 public:
  void add(const void* from, Index bytes) { runs_[n_++] = {from, bytes}; }
  std::span<const Run> all() const { return {runs_, static_cast<std::size_t>(n_)}; }

 private:
  Run runs_[kMostRuns];
  int n_ = 0;
};

// Where a dropout mask is drawn from.
struct Draw {
  std::uint64_t seed;
  Index epoch;
  double factor;  // on every rate
};

// Numbers that a layer keeps, by name.
template <class T>
struct Shown {
  const char* name;
  View<const T> rows;
  Index width;
};

template <class T>
class Layer {
 public:
  Layer(Index n_in, Index n_out, Index number) : n_in_(n_in), n_out_(n_out), number_(number) {}
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  Index n_in() const { return n_in_; }
  Index n_out() const { return n_out_; }
  // l of the dense layer that it is or that stands before it, 0 before layer 1.
  Index number() const { return number_; }

  // Asks for what it keeps; `out` and `delta` are its owner's affair.
  virtual void request(Arena<T>&, LayerRows<T>&, Index /*capacity*/, Use) const {}
  // Whether it reads rows whose padding is not there, such as the table's own.
  virtual bool reads_unpadded() const { return false; }
  // Takes its input for all rows of a batch; returns what the layer above reads.
  virtual View<const T> connect(LayerRows<T>& rows, View<const T> in, bool /*dropping*/) const {
    rows.in = in;
    return rows.out;
  }
  virtual void forward(const Frame<T>&, LayerRows<T>&, Index from, Index to) const = 0;
  // What a dense layer above makes of dl/d(out) on its way into delta; any other leaves it as it
  // is.
  virtual Tail<T> tail(const LayerRows<T>& rows, bool /*dropping*/) const {
    return {.delta = rows.delta.data, .stride = rows.delta.stride};
  }
  // From delta to dl/d(in), into the delta of the layer below; null where nothing below has
  // parameters.
  virtual void backward(const Frame<T>&, LayerRows<T>&, const Tail<T>* below, Index from,
                        Index to) const = 0;
  // Makes what its gradients read of the deltas. Where rows have weights, those enter here and
  // nowhere else; null where all are 1.
  virtual void weigh(const Frame<T>&, LayerRows<T>&, const T* /*weights*/, Index /*from*/,
                     Index /*to*/) const {}

  // Itself and the layers that it runs, in the order of their outputs.
  using Visit = std::function<void(const Layer<T>&, LayerRows<T>&)>;
  virtual void walk(LayerRows<T>& rows, const Visit& visit) const { visit(*this, rows); }

  virtual bool drops() const { return false; }
  // The masks of row i of a batch, which is row `table_row` of the table.
  virtual void draw_mask(const KernelTable<T>&, LayerRows<T>&, const Draw&, Index /*i*/,
                         Index /*table_row*/) const {}

  // The tasks of its own parameters.
  virtual void tasks(std::vector<Task>&, Index /*layer*/) const {}
  virtual void parts(const Task&, Parts&) const {}
  // Numbers of scratch that its gradients need.
  virtual Index scratch(Index /*batch*/) const { return 0; }
  // scale * gradient of a task over n rows, into its block; `runs` are fetched meanwhile.
  virtual void gradient(const Frame<T>&, const LayerRows<T>&, const Task&, Index /*n*/, T /*scale*/,
                        T* /*block*/, T* /*scratch*/, std::span<const Run> /*runs*/) const {}
  // Adds what the update of a task will read and write, where that has to come from memory: parts
  // of each of the flat buffers, and copies.
  virtual void fetch(const Task&, std::span<const T* const> /*flats*/, const T* /*transposed*/,
                     Runs&) const {}
  // Called after an update of a part.
  virtual void updated(const Frame<T>&, const Task&, const Part&) const {}
  // Makes its copies of parameters anew.
  virtual void refresh(const Frame<T>&) const {}

  // What a trace shows of it beside `out` and `delta`.
  virtual std::vector<Shown<T>> shown(const LayerRows<T>&) const { return {}; }

  // Multiply-adds a row of its forward product, in a training step.
  virtual double work() const { return 0; }
  // Whether it can hold these rows of features.
  virtual bool accepts(View<const T>, Index /*n_rows*/) const { return true; }
  // Divides unit j's weights by spread[j] and sets its bias to bias[j]; false for other kinds.
  virtual bool standardize(const Frame<T>&, const double* /*spread*/,
                           const double* /*bias*/) const {
    return false;
  }
  // The calls of a small network's step; false where it needs more than that.
  virtual bool prepare(const Frame<T>&, const LayerRows<T>&, const Tail<T>* /*below*/,
                       SmallLayer<T>&) const {
    return false;
  }

 protected:
  // rows[i][...] *= weights[i], where there are both
  static void scale(const Frame<T>& frame, T* rows, Index stride, const T* weights, Index from,
                    Index to) {
    if (rows != nullptr && weights != nullptr)
      frame.table.scale_rows(rows + from * stride, stride, to - from, stride, weights + from);
  }

 private:
  Index n_in_;
  Index n_out_;
  Index number_;
};

template <class T>
using LayerPtr = std::unique_ptr<Layer<T>>;

// A layer's description; it makes the layer behind n_in units, which registers its parameters.
struct LayerPlan {
  virtual ~LayerPlan() = default;
  virtual LayerPtr<float> make(Index n_in, Places<float>& places) const = 0;
  virtual LayerPtr<double> make(Index n_in, Places<double>& places) const = 0;
};
using Plans = std::vector<std::shared_ptr<const LayerPlan>>;

// Both number types of a kind, in its own file.
#define CHAINRULE_LAYER(Plan, Kind)                                       \
  LayerPtr<float> Plan::make(Index n_in, Places<float>& places) const {   \
    return std::make_unique<Kind<float>>(*this, n_in, places);            \
  }                                                                       \
  LayerPtr<double> Plan::make(Index n_in, Places<double>& places) const { \
    return std::make_unique<Kind<double>>(*this, n_in, places);           \
  }
#define CHAINRULE_MAKES_LAYER                                             \
  LayerPtr<float> make(Index n_in, Places<float>& places) const override; \
  LayerPtr<double> make(Index n_in, Places<double>& places) const override;

// One layer's forward, and whoever wants to see it.
template <class T>
void run_forward(const Frame<T>& frame, const Layer<T>& layer, LayerRows<T>& rows, Index from,
                 Index to) {
  layer.forward(frame, rows, from, to);
  if (frame.after != nullptr) (*frame.after)(frame, layer, rows);
}

// Rows [from, to) of a full-batch pointer set.
template <class T>
Tail<T> rows_from(Tail<T> tail, Index from) {
  const auto move = [&](auto*& pointer) {
    if (pointer != nullptr) pointer += from * tail.stride;
  };
  move(tail.a);
  move(tail.slope);
  move(tail.mask);
  move(tail.delta);
  move(tail.residual);
  return tail;
}

}  // namespace chainrule
