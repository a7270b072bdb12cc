// SPDX-License-Identifier: Apache-2.0
#include "layers/layer_norm.h"

#include <algorithm>
#include <cmath>

namespace chainrule {
namespace {

// Means are sums in kPanel lanes and one tree, so that no instruction set changes a bit.
template <class T>
class LayerNormLayer final : public Layer<T> {
 public:
  LayerNormLayer(const LayerNormPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, n_in, places.number), epsilon_(static_cast<T>(plan.epsilon)) {
    tensor_ = places.add(places.name("norm_gain"), 1, n_in, n_in);
    gain_ = places.tensors.back().start;
    places.add(places.name("norm_bias"), 1, n_in, n_in);
    bias_ = places.tensors.back().start;
  }

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    arena.request(&rows.kept[kNormalized], capacity, row_stride<T>(this->n_out()));
    arena.request(&rows.kept[kDeviation], capacity, 1);
    if (use != Use::predict)
      arena.request(&rows.kept[kProduct], capacity, row_stride<T>(this->n_out()));
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    const Index n = this->n_out();
    const T *gain = frame.values + gain_, *bias = frame.values + bias_;
    for (Index i = from; i < to; ++i) {
      const T* in = rows.in.row(i);
      T *x = rows.kept[kNormalized] + i * rows.out.stride, *out = rows.out.row(i);
      std::copy(in, in + n, x);  // what lies beyond n stays 0
      const T mean = mean_of(frame, x);
      for (Index j = 0; j < n; ++j) x[j] -= mean;
      frame.table.multiply(x, x, out, width());
      const T deviation = std::sqrt(mean_of(frame, out) + epsilon_);
      rows.kept[kDeviation][i] = deviation;
      for (Index j = 0; j < n; ++j) x[j] /= deviation;
      frame.table.multiply(x, gain, out, width());
      for (Index j = 0; j < n; ++j) out[j] += bias[j];
    }
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    for (Index i = from; i < to; ++i) {
      const T *delta = rows.delta.row(i), *x = rows.kept[kNormalized] + i * rows.out.stride;
      T* product = rows.kept[kProduct] + i * rows.out.stride;
      if (below != nullptr) {
        T* g = below->delta + i * below->stride;
        frame.table.multiply(delta, frame.values + gain_, g, width());
        frame.table.multiply(g, x, product, width());
        const T mean = mean_of(frame, g), slope = mean_of(frame, product);
        const T deviation = rows.kept[kDeviation][i];
        for (Index j = 0; j < this->n_out(); ++j) g[j] = (g[j] - mean - x[j] * slope) / deviation;
      }
      frame.table.multiply(delta, x, product, width());
    }
  }

  void weigh(const Frame<T>& frame, LayerRows<T>& rows, const T* weights, Index from,
             Index to) const override {
    this->scale(frame, rows.delta.data, rows.delta.stride, weights, from, to);
    this->scale(frame, rows.kept[kProduct], rows.out.stride, weights, from, to);
  }

  void tasks(std::vector<Task>& tasks, Index layer) const override {
    tasks.push_back({.layer = layer, .size = 2 * width(), .cost = this->n_in() / 8 + 1});
  }

  void parts(const Task&, Parts& parts) const override {
    parts.add({tensor_, gain_, 0, width()});
    parts.add({tensor_ + 1, bias_, width(), width()});
  }

  void gradient(const Frame<T>& frame, const LayerRows<T>& rows, const Task&, Index n, T scale,
                T* block, T*, std::span<const Run>) const override {
    const Index n_panels = panels<T>(this->n_out());
    frame.table.column_sums(rows.kept[kProduct], rows.out.stride, n, n_panels, scale, block);
    frame.table.column_sums(rows.delta.data, rows.delta.stride, n, n_panels, scale,
                            block + width());
  }

  std::vector<Shown<T>> shown(const LayerRows<T>& rows) const override {
    return {{"normalized", {rows.kept[kNormalized], rows.out.stride}, this->n_out()},
            {"deviation", {rows.kept[kDeviation], 1}, 1}};
  }

 private:
  enum Kept { kNormalized, kDeviation, kProduct };  // x; one a row; dl/d(out) x

  Index width() const { return panels<T>(this->n_out()) * kPanel<T>; }

  // Of a row whose padding is 0.
  T mean_of(const Frame<T>& frame, const T* row) const {
    return frame.table.sum_units(row, width()) / static_cast<T>(this->n_out());
  }

  T epsilon_;
  Index tensor_;  // number of the gain among the named arrays; the bias follows
  Index gain_;
  Index bias_;
};

}  // namespace

CHAINRULE_LAYER(LayerNormPlan, LayerNormLayer)

}  // namespace chainrule
