// SPDX-License-Identifier: Apache-2.0
#include "layers/activation.h"

namespace chainrule {
namespace {

template <class T>
class ActivationLayer final : public Layer<T> {
 public:
  ActivationLayer(const ActivationPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, n_in, places.number),
        plan_(plan),
        weight_(add_activation_weight(plan, n_in, places)),
        at_(weight_ >= 0 ? places.tensors.back().start : 0) {}

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    const Index stride = row_stride<T>(this->n_out());
    if (use == Use::predict) return;
    if (plan_.keeps_slope() || use == Use::trace)
      arena.request(&rows.kept[kSlope], capacity, stride);
    if (weight_ >= 0) arena.request(&rows.kept[kResidual], capacity, stride);
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    const auto part = [&](T* kept) {
      return kept == nullptr ? nullptr : kept + from * rows.out.stride;
    };
    frame.table.activation_forward(
        {.z = rows.in.row(from),
         .rows = to - from,
         .width = panels<T>(this->n_out()) * kPanel<T>,
         .out = {.activation = plan_.activation,
                 .activation_weight = weight_ >= 0 ? frame.values + at_ : nullptr,
                 .a = rows.out.row(from),
                 .slope = part(rows.kept[kSlope]),
                 .residual = part(rows.kept[kResidual]),
                 .stride = rows.out.stride}});
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    // Without a layer below, the product with the residual is still wanted, and delta is its place.
    const Tail<T> own = {.activation = plan_.activation,
                         .a = rows.out.data,
                         .slope = plan_.keeps_slope() ? rows.kept[kSlope] : nullptr,
                         .delta = below != nullptr ? below->delta : rows.delta.data,
                         .residual = rows.kept[kResidual],
                         .stride = rows.out.stride};
    frame.table.activation_backward({.d_a = rows.delta.row(from),
                                     .rows = to - from,
                                     .width = panels<T>(this->n_out()) * kPanel<T>,
                                     .below = rows_from(own, from)});
  }

  void weigh(const Frame<T>& frame, LayerRows<T>& rows, const T* weights, Index from,
             Index to) const override {
    this->scale(frame, rows.kept[kResidual], rows.out.stride, weights, from, to);
  }

  void tasks(std::vector<Task>& tasks, Index layer) const override {
    if (weight_ < 0) return;
    const Index n = panels<T>(this->n_out());
    tasks.push_back({.layer = layer, .size = n * kPanel<T>, .cost = n});
  }

  void parts(const Task& task, Parts& parts) const override {
    parts.add({weight_, at_, 0, task.size});
  }

  void gradient(const Frame<T>& frame, const LayerRows<T>& rows, const Task&, Index n, T scale,
                T* block, T*, std::span<const Run>) const override {
    frame.table.column_sums(rows.kept[kResidual], rows.out.stride, n, panels<T>(this->n_out()),
                            scale, block);
  }

  std::vector<Shown<T>> shown(const LayerRows<T>& rows) const override {
    return {{"slope", {rows.kept[kSlope], rows.out.stride}, this->n_out()}};
  }

 private:
  enum Kept { kSlope, kResidual };  // da/dz; sigma(z) - z, backward its product with dl/d(out)

  ActivationPlan plan_;
  Index weight_;  // number of the array of learned factors, or -1
  Index at_;
};

}  // namespace

CHAINRULE_LAYER(ActivationPlan, ActivationLayer)

}  // namespace chainrule
