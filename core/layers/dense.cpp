// SPDX-License-Identifier: Apache-2.0
#include "layers/dense.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "layers/pairs.h"

namespace chainrule {
namespace {

// Most of a task's block of weights: input units, in multiples of the panel width, and panels of
// output units. Blocks of a layer are about as large, so that threads share them evenly.
constexpr Index kTaskInputs = 48;
constexpr Index kTaskPanels = 4;
// Panels of a skinny layer's block, which has as many numbers.
constexpr Index kSkinnyPanels = kTaskPanels * kTaskInputs / kSkinnyOutputs;

// A layer with few outputs behind a wide one, such as most heads, would fill a sixteenth of its
// panels. Its W lies in panels of inputs instead, in one copy that serves all three products.
constexpr bool is_skinny(Index number, Index n_in, Index n_out) {
  return number > 1 && n_out <= kSkinnyOutputs && n_in >= 2 * kSkinnyOutputs;
}

template <class T>
class DenseLayer final : public Layer<T> {
 public:
  DenseLayer(const DensePlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, plan.units, ++places.number),
        plan_(plan),
        skinny_(is_skinny(this->number(), n_in, plan.units)),
        pairs_(n_in >= kLeastPaired && plan.units >= kLeastPaired ? places.pairs : nullptr),
        out_panels_(panels<T>(plan.units)),
        in_panels_(panels<T>(n_in)),
        panel_rows_(skinny_ ? plan.units : in_panels_ * P),
        alpha_(plan.ntk ? T(1) / std::sqrt(static_cast<T>(n_in)) : T(1)),
        passes_back_(!places.tensors.empty()) {
    const Order order = skinny_ ? Order::input_panels : Order::output_panels;
    tensor_ = places.add_weights(places.name("W"), plan.units, n_in, order, panel_rows_,
                                 skinny_ ? in_panels_ : out_panels_);
    weights_ = places.tensors.back().start;
    count_ = places.tensors.back().count;
    places.add(places.name("b"), 1, plan.units, plan.units);
    bias_ = places.tensors.back().start;
    activation_.emplace(plan.activation, plan.units, places);
    if (pairs_ != nullptr || (passes_back_ && !skinny_)) {
      copies_ = places.transposed;
      places.transposed = checked_add(places.transposed, count_);
    }
  }

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    if (use == Use::predict) return;
    const Index stride = row_stride<T>(this->n_out());
    if (pairs_ != nullptr)
      request_pairs(*pairs_, arena, rows, capacity, this->n_in(), this->n_out());
    if (drops()) {
      arena.request(&rows.kept[kMask], capacity, stride);
      arena.request(&rows.kept[kDropped], capacity, stride);
    }
    if (activation_->has_factors()) arena.request(&rows.kept[kResidual], capacity, stride);
  }

  bool reads_unpadded() const override { return !skinny_; }

  View<const T> connect(LayerRows<T>& rows, View<const T> in, bool dropping) const override {
    rows.in = in;
    if (dropping && drops()) return {rows.kept[kDropped], rows.out.stride};
    return rows.out;
  }

  bool drops() const override { return plan_.dropout.rate > 0; }

  void draw_mask(const KernelTable<T>& table, LayerRows<T>& rows, const Draw& draw, Index i,
                 Index table_row) const override {
    draw_dropout_mask(table, plan_.dropout, draw, this->number(), table_row, this->n_out(),
                      rows.kept[kMask] + i * rows.out.stride);
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    ForwardArgs<T> args = forward_args(frame, rows, from, to - from);
    if (is_paired(frame)) {
      pair_inputs(*frame.pairs, rows, this->n_in(), from, to);
      args.x = rows.pairs[kInUnits].row(from);
      args.x_stride = rows.pairs[kInUnits].stride;
      args.n_in = pairs_of(this->n_in());
      args.weights = frame.transposed + copies_;
      args.panel_stride = panel_rows_ / 2 * P;
      frame.pairs->forward_product(args);
    } else if (skinny_) {
      frame.table.skinny_forward_product(args, this->n_out());
    } else {
      frame.table.forward_product(args);
    }
    if (!frame.dropping || !drops()) return;
    const Index at = from * rows.out.stride;
    frame.table.multiply(rows.out.data + at, rows.kept[kMask] + at, rows.kept[kDropped] + at,
                         (to - from) * rows.out.stride);
  }

  Tail<T> tail(const LayerRows<T>& rows, bool dropping) const override {
    Tail<T> tail = activation_->tail(rows.out.data, rows.delta.data, rows.delta.data,
                                     rows.kept[kResidual], rows.delta.stride);
    if (dropping && drops()) tail.mask = rows.kept[kMask];
    return tail;
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    // Within a block at the bottom of a network, what stands before it may have no parameters.
    if (below == nullptr || !passes_back_) return;
    BackwardArgs<T> args = backward_args(frame, rows, *below, from, to - from);
    if (!is_paired(frame)) return frame.table.backward_data_product(args);
    const View<T>& pairs = rows.pairs[kDeltaUnits];
    frame.pairs->pair_units(args.delta, args.delta_stride, args.rows, this->n_out(),
                            pairs.row(from), pairs.stride);
    args.delta = pairs.row(from);
    args.delta_stride = pairs.stride;
    args.n_out = pairs_of(this->n_out());
    args.weights_t = frame.transposed + copies_ + count_ / 2;
    args.panel_stride /= 2;
    frame.pairs->backward_data_product(args);
  }

  void weigh(const Frame<T>& frame, LayerRows<T>& rows, const T* weights, Index from,
             Index to) const override {
    this->scale(frame, rows.delta.data, rows.delta.stride, weights, from, to);
    this->scale(frame, rows.kept[kResidual], rows.delta.stride, weights, from, to);
    if (!is_paired(frame)) return;
    const View<T>& pairs = rows.pairs[kDeltaRows];
    frame.pairs->pair_rows(rows.delta.row(from), rows.delta.stride, to - from, this->n_out(),
                           pairs.row(from / 2), pairs.stride);
  }

  void tasks(std::vector<Task>& tasks, Index layer) const override {
    const auto add = [&](Index panel, Index n_panels, Index first, Index last, Index bias_panel,
                         Index bias_panels) {
      tasks.push_back({layer, panel, n_panels, first, last, bias_panel, bias_panels, kBlockSize,
                       n_panels * (last - first)});
    };
    if (skinny_) {
      for (Index panel = 0; panel < in_panels_; panel += kSkinnyPanels)
        add(panel, std::min(kSkinnyPanels, in_panels_ - panel), 0, this->n_out(), 0,
            panel == 0 ? out_panels_ : 0);
      return;
    }
    for (Index panel = 0; panel < out_panels_; panel += kTaskPanels) {
      const Index group = std::min(kTaskPanels, out_panels_ - panel);
      const Index n = pieces(this->n_in(), kTaskInputs);
      const auto edge = [&](Index k) { return std::min(in_panels_ * k / n * P, this->n_in()); };
      for (Index k = 0; k < n; ++k)
        add(panel, group, edge(k), edge(k + 1), panel, k == 0 ? group : 0);
    }
  }

  void parts(const Task& task, Parts& parts) const override {
    static_assert(kTaskPanels + 2 <= Parts::kMost && kSkinnyPanels + 2 <= Parts::kMost);
    const Index count = (task.last - task.first) * P;
    for (Index p = 0; p < task.n_panels; ++p)
      parts.add({tensor_, weights_ + ((task.panel + p) * panel_rows_ + task.first) * P, p * count,
                 count});
    if (task.bias_panels == 0) return;
    const Index at = task.bias_panel * P, outputs = task.bias_panels * P;
    parts.add({tensor_ + 1, bias_ + at, kBlockBias, outputs});
    activation_->add_part(parts, at, kBlockFactor, outputs);
  }

  void gradient(const Frame<T>& frame, const LayerRows<T>& rows, const Task& task, Index n, T scale,
                T* block, T*, std::span<const Run> runs) const override {
    const Index at = task.panel * P;
    // The products of the chain commute, so that both ways give the same bits.
    GradientArgs<T> args{.x = skinny_ ? rows.delta.data : rows.in.data,
                         .x_stride = skinny_ ? rows.delta.stride : rows.in.stride,
                         .delta = skinny_ ? rows.in.data + at : rows.delta.data + at,
                         .delta_stride = skinny_ ? rows.in.stride : rows.delta.stride,
                         .batch = n,
                         .first = task.first,
                         .last = task.last,
                         .n_panels = task.n_panels,
                         .scale = alpha_ * scale,
                         .out = block,
                         .runs = runs.data(),
                         .n_runs = static_cast<int>(runs.size())};
    if (is_paired(frame)) {
      const View<T>&in = rows.pairs[kInRows], &delta = rows.pairs[kDeltaRows];
      args.x = in.data;
      args.x_stride = in.stride;
      args.delta = delta.data + at;
      args.delta_stride = delta.stride;
      args.batch = pairs_of(n);
      frame.pairs->weight_gradient_product(args);
    } else {
      frame.table.weight_gradient_product(args);
    }
    const Index used = this->n_in() % P;
    if (skinny_ && used != 0 && task.panel + task.n_panels == in_panels_) {
      // Units beyond n_in have activations (a sigmoid's is 1/2), but no weights.
      T* end = block + (task.n_panels - 1) * panel_rows_ * P;
      for (Index j = 0; j < panel_rows_; ++j)
        std::fill(end + j * P + used, end + (j + 1) * P, T(0));
    }
    const Index column = task.bias_panel * P;
    frame.table.column_sums(rows.delta.data + column, rows.delta.stride, n, task.bias_panels, scale,
                            block + kBlockBias);
    if (!activation_->has_factors()) return;
    frame.table.column_sums(rows.kept[kResidual] + column, rows.delta.stride, n, task.bias_panels,
                            scale, block + kBlockFactor);
  }

  void fetch(const Task& task, std::span<const T* const> flats, const T* transposed,
             Runs& runs) const override {
    static_assert(kTaskInputs / P + 4 * kTaskPanels <= kMostRuns);
    // Products of pairs take half the time, in which the hardware brings less by itself: they fetch
    // what L2 does not hold together with its moments.
    const Index fetch_from = pairs_ != nullptr ? kFetchFrom / 4 : kFetchFrom;
    if (skinny_ || count_ * static_cast<Index>(sizeof(T)) < fetch_from) return;
    const auto add = [&](const T* from, Index count) {
      runs.add(from, count * static_cast<Index>(sizeof(T)));
    };
    if (pairs_ != nullptr) {
      for (Index p = task.panel; p < task.panel + task.n_panels; ++p)
        add(transposed + copies_ + (p * panel_rows_ + task.first) / 2 * P,
            pairs_of(task.last - task.first) * P);
    }
    const T* back = transposed + (pairs_ != nullptr ? copies_ + count_ / 2 : copies_);
    const Index block_size = pairs_ != nullptr ? P * P / 2 : P * P;
    for (Index i = task.first; i < task.last && copies_ >= 0 && passes_back_; i += P)
      add(back + ((i / P) * out_panels_ + task.panel) * block_size, task.n_panels * block_size);
    for (Index p = 0; p < task.n_panels; ++p)
      for (const T* flat : flats)
        add(flat + weights_ + ((task.panel + p) * panel_rows_ + task.first) * P,
            (task.last - task.first) * P);
  }

  // A panel's new weights are transposed while they lie in L1.
  void updated(const Frame<T>& frame, const Task& task, const Part& part) const override {
    if (part.tensor != tensor_ || copies_ < 0) return;
    const Index panel = (part.at - weights_) / (panel_rows_ * P);
    copy_weights(frame, panel, task.first, task.last);
  }

  void refresh(const Frame<T>& frame) const override {
    for (Index panel = 0; copies_ >= 0 && panel < out_panels_; ++panel)
      copy_weights(frame, panel, 0, panel_rows_);
  }

  double work() const override {
    // Two products a word.
    const double all = static_cast<double>(this->n_in()) * static_cast<double>(this->n_out());
    return pairs_ != nullptr ? all / 2 : all;
  }

  bool standardize(const Frame<T>& frame, const double* spread, const double* bias) const override {
    for (Index j = 0; j < this->n_out(); ++j) {
      for (Index i = 0; i < this->n_in(); ++i) {
        const auto [panel, row, lane] =
            skinny_ ? std::tuple{i / P, j, i % P} : std::tuple{j / P, i, j % P};
        T& w = frame.values[weights_ + (panel * panel_rows_ + row) * P + lane];
        w = static_cast<T>(static_cast<double>(w) / spread[j]);
      }
      frame.values[bias_ + j] = static_cast<T>(bias[j]);
    }
    return true;
  }

  bool prepare(const Frame<T>& frame, const LayerRows<T>& rows, const Tail<T>* below,
               SmallLayer<T>& small) const override {
    // From about two panels on, tiles of several panels are worth more than fewer calls.
    constexpr Index kWidest = 32, kMostInputs = 128;
    if (this->n_out() > kWidest || this->n_in() > kMostInputs || drops() ||
        activation_->has_factors() || pairs_ != nullptr)
      return false;
    small.skinny = skinny_;
    small.n_in = this->n_in();
    small.n_out = this->n_out();
    small.out_panels = out_panels_;
    small.tensor = tensor_;
    small.forward = forward_args(frame, rows, 0, 0);
    if (below != nullptr) small.backward = backward_args(frame, rows, *below, 0, 0);
    small.gradient = {.x = skinny_ ? rows.delta.data : rows.in.data,
                      .x_stride = skinny_ ? rows.delta.stride : rows.in.stride,
                      .delta = skinny_ ? rows.in.data : rows.delta.data,
                      .delta_stride = skinny_ ? rows.in.stride : rows.delta.stride,
                      .batch = 0,
                      .first = 0,
                      .last = skinny_ ? this->n_out() : this->n_in(),
                      .n_panels = skinny_ ? in_panels_ : out_panels_,
                      .scale = T(1),
                      .out = nullptr};
    small.delta = rows.delta.data;
    small.transposed = copies_ >= 0 ? frame.transposed + copies_ : nullptr;
    return true;
  }

 private:
  static constexpr Index P = kPanel<T>;
  // A block holds [panels][inputs][P] for weights, then [panels][P] for biases, then as many for
  // the factors of the activation.
  static constexpr Index kBlockBias = kTaskPanels * kTaskInputs * P;
  static constexpr Index kBlockFactor = kBlockBias + kTaskPanels * P;
  static constexpr Index kBlockSize = kBlockFactor + kTaskPanels * P;

  enum Kept { kMask, kDropped, kResidual };  // m; m a; sigma(z) - z, backward times dl/da

  ForwardArgs<T> forward_args(const Frame<T>& frame, const LayerRows<T>& rows, Index from,
                              Index n) const {
    // Where da/dz cannot be had from a, it waits in the still unused delta, if there is one.
    T* slope = activation_->keeps_slope() ? rows.delta.part(from).data : nullptr;
    T* residual = View<T>{rows.kept[kResidual], rows.out.stride}.part(from).data;
    return {
        .x = rows.in.row(from),
        .x_stride = rows.in.stride,
        .rows = n,
        .n_in = this->n_in(),
        .weights = frame.values + weights_,
        .panel_stride = panel_rows_ * P,
        .n_panels = skinny_ ? in_panels_ : out_panels_,
        .bias = frame.values + bias_,
        .alpha = alpha_,
        .out = activation_->epilogue(frame, rows.out.row(from), slope, residual, rows.out.stride)};
  }

  BackwardArgs<T> backward_args(const Frame<T>& frame, const LayerRows<T>& rows,
                                const Tail<T>& below, Index from, Index n) const {
    return {.delta = rows.delta.row(from),
            .delta_stride = rows.delta.stride,
            .rows = n,
            .n_out = this->n_out(),
            .weights_t = skinny_ ? frame.values + weights_ : frame.transposed + copies_,
            .panel_stride = (skinny_ ? panel_rows_ : out_panels_ * P) * P,
            .n_panels = in_panels_,
            .alpha = alpha_,
            .below = rows_from(below, from)};
  }

  // Writes the copies of input units first..last-1 of a panel of outputs: W^T, or pairs of W and,
  // behind those, of W^T.
  void copy_weights(const Frame<T>& frame, Index panel, Index first, Index last) const {
    const T* weights = frame.values + weights_ + panel * panel_rows_ * P;
    T* copies = frame.transposed + copies_;
    if (pairs_ != nullptr) {
      T* back = copies + count_ / 2 + (first / P * out_panels_ + panel) * P * P / 2;
      frame.pairs->pair_weights(weights + first * P, last - first,
                                copies + (panel * panel_rows_ + first) / 2 * P,
                                passes_back_ ? back : nullptr, out_panels_ * P * P / 2);
      return;
    }
    for (Index i = first; i < last; i += P)
      frame.table.transpose(weights + i * P, P, std::min(P, last - i), P,
                            copies + ((i / P) * out_panels_ + panel) * P * P, P);
  }

  // Whether this call multiplies pairs. Their copies of weights are there in training only.
  bool is_paired(const Frame<T>& frame) const {
    return pairs_ != nullptr && frame.pairs != nullptr;
  }

  DensePlan plan_;
  bool skinny_;
  const PairTable<T>* pairs_;  // for products of pairs of bfloat16 in training, or null
  Index out_panels_;
  Index in_panels_;
  Index panel_rows_;  // in_panels * P, or skinny n_out
  T alpha_;
  bool passes_back_;  // whether parameters stand before it
  Index tensor_;      // number of W among the named arrays; b follows
  Index weights_;
  Index count_;
  Index bias_;
  std::optional<ActivationPart<T>> activation_;  // made behind W and b, whose arrays come first
  Index copies_ = -1;                            // of W: only what the products need
};

}  // namespace

CHAINRULE_LAYER(DensePlan, DenseLayer)

}  // namespace chainrule
