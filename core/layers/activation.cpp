// SPDX-License-Identifier: Apache-2.0
#include "layers/activation.h"

namespace chainrule {
namespace {

template <class T>
class ActivationLayer final : public Layer<T> {
 public:
  ActivationLayer(const ActivationPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, n_in, places.number), part_(plan, n_in, places) {}

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    const Index stride = row_stride<T>(this->n_out());
    if (use == Use::predict) return;
    if (part_.keeps_slope() || use == Use::trace)
      arena.request(&rows.kept[kSlope], capacity, stride);
    if (part_.has_factors()) arena.request(&rows.kept[kResidual], capacity, stride);
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    const auto kept = [&](Kept which) {
      return View<T>{rows.kept[which], rows.out.stride}.part(from).data;
    };
    frame.table.activation_forward({.z = rows.in.row(from),
                                    .rows = to - from,
                                    .width = width(),
                                    .out = part_.epilogue(frame, rows.out.row(from), kept(kSlope),
                                                          kept(kResidual), rows.out.stride)});
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    // Without a layer below, the product with the residual is still wanted, and delta is its place.
    T* delta = below != nullptr ? below->delta : rows.delta.data;
    const Tail<T> own =
        part_.tail(rows.out.data, rows.kept[kSlope], delta, rows.kept[kResidual], rows.out.stride);
    frame.table.activation_backward({.d_a = rows.delta.row(from),
                                     .rows = to - from,
                                     .width = width(),
                                     .below = rows_from(own, from)});
  }

  void weigh(const Frame<T>& frame, LayerRows<T>& rows, const T* weights, Index from,
             Index to) const override {
    this->scale(frame, rows.kept[kResidual], rows.out.stride, weights, from, to);
  }

  void tasks(std::vector<Task>& tasks, Index layer) const override {
    if (part_.has_factors())
      tasks.push_back({.layer = layer, .size = width(), .cost = panels<T>(this->n_out())});
  }

  void parts(const Task& task, Parts& parts) const override {
    part_.add_part(parts, 0, 0, task.size);
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

  Index width() const { return panels<T>(this->n_out()) * kPanel<T>; }

  ActivationPart<T> part_;
};

}  // namespace

CHAINRULE_LAYER(ActivationPlan, ActivationLayer)

}  // namespace chainrule
