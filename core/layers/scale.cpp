// SPDX-License-Identifier: Apache-2.0
#include "layers/scale.h"

namespace chainrule {
namespace {

template <class T>
class ScaleLayer final : public Layer<T> {
 public:
  ScaleLayer(const ScalePlan&, Index n_in, Places<T>& places)
      : Layer<T>(n_in, n_in, places.number),
        tensor_(places.add(places.name("scale"), 1, n_in, n_in)),
        at_(places.tensors.back().start) {}

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    if (use != Use::predict)
      arena.request(&rows.kept[kProduct], capacity, row_stride<T>(this->n_out()));
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    for (Index i = from; i < to; ++i)
      frame.table.multiply(rows.in.row(i), frame.values + at_, rows.out.row(i), width());
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    for (Index i = from; i < to; ++i) {
      const T* delta = rows.delta.row(i);
      frame.table.multiply(delta, rows.in.row(i), rows.kept[kProduct] + i * rows.out.stride,
                           width());
      if (below != nullptr)
        frame.table.multiply(delta, frame.values + at_, below->delta + i * below->stride, width());
    }
  }

  void weigh(const Frame<T>& frame, LayerRows<T>& rows, const T* weights, Index from,
             Index to) const override {
    this->scale(frame, rows.kept[kProduct], rows.out.stride, weights, from, to);
  }

  void tasks(std::vector<Task>& tasks, Index layer) const override {
    tasks.push_back({.layer = layer, .size = width(), .cost = this->n_in() / 16 + 1});
  }

  void parts(const Task& task, Parts& parts) const override {
    parts.add({tensor_, at_, 0, task.size});
  }

  void gradient(const Frame<T>& frame, const LayerRows<T>& rows, const Task&, Index n, T scale,
                T* block, T*, std::span<const Run>) const override {
    frame.table.column_sums(rows.kept[kProduct], rows.out.stride, n, panels<T>(this->n_out()),
                            scale, block);
  }

 private:
  enum Kept { kProduct };  // dl/d(out) in, of each row

  Index width() const { return panels<T>(this->n_out()) * kPanel<T>; }

  Index tensor_;
  Index at_;
};

}  // namespace

CHAINRULE_LAYER(ScalePlan, ScaleLayer)

}  // namespace chainrule
