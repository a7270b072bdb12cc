// SPDX-License-Identifier: Apache-2.0
#include "layers/residual.h"

#include <stdexcept>

#include "layers/fuse.h"

namespace chainrule {
namespace {

template <class T>
class ResidualLayer final : public Layer<T> {
 public:
  ResidualLayer(const ResidualPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, n_in, places.number), layers_(make_layers<T>(plan.layers, n_in, places)) {
    if (layers_.empty() || layers_.back()->n_out() != n_in)
      throw std::invalid_argument("a residual block must make as many units as it reads");
  }

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    rows.inside.resize(layers_.size());
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      LayerRows<T>& inner = rows.inside[k];
      inner.out.stride = inner.delta.stride = row_stride<T>(layers_[k]->n_out());
      arena.request(&inner.out.data, capacity, inner.out.stride);
      // The last one's delta is that of the block.
      if (use != Use::predict && k + 1 < layers_.size())
        arena.request(&inner.delta.data, capacity, inner.delta.stride);
      layers_[k]->request(arena, inner, capacity, use);
    }
    if (use != Use::predict)
      arena.request(&rows.kept[kBack], capacity, row_stride<T>(this->n_in()));
  }

  View<const T> connect(LayerRows<T>& rows, View<const T> in, bool dropping) const override {
    rows.in = in;
    rows.inside.back().delta = rows.delta;
    for (std::size_t k = 0; k < layers_.size(); ++k)
      in = rows.inside[k].read = layers_[k]->connect(rows.inside[k], in, dropping);
    return rows.out;
  }

  void walk(LayerRows<T>& rows, const typename Layer<T>::Visit& visit) const override {
    for (std::size_t k = 0; k < layers_.size(); ++k) layers_[k]->walk(rows.inside[k], visit);
    visit(*this, rows);
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    for (std::size_t k = 0; k < layers_.size(); ++k)
      run_forward(frame, *layers_[k], rows.inside[k], from, to);
    for (Index i = from; i < to; ++i)
      add(rows.in.row(i), rows.inside.back().read.row(i), rows.out.row(i));
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    const Tail<T> own = {.delta = rows.kept[kBack], .stride = rows.out.stride};
    for (std::size_t k = layers_.size() - 1; k > 0; --k) {
      const Tail<T> next = layers_[k - 1]->tail(rows.inside[k - 1], frame.dropping);
      layers_[k]->backward(frame, rows.inside[k], &next, from, to);
    }
    layers_.front()->backward(frame, rows.inside.front(), below != nullptr ? &own : nullptr, from,
                              to);
    if (below == nullptr) return;
    for (Index i = from; i < to; ++i)
      add(rows.delta.row(i), rows.kept[kBack] + i * rows.out.stride,
          below->delta + i * below->stride);
  }

 private:
  enum Kept { kBack };  // dl/d(in) through f

  void add(const T* a, const T* b, T* sum) const {
    for (Index j = 0; j < this->n_out(); ++j) sum[j] = a[j] + b[j];
  }

  std::vector<LayerPtr<T>> layers_;
};

}  // namespace

CHAINRULE_LAYER(ResidualPlan, ResidualLayer)

}  // namespace chainrule
