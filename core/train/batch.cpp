// SPDX-License-Identifier: Apache-2.0
#include "train/batch.h"

#include <algorithm>
#include <cstring>

#include "layers/dropout.h"

namespace chainrule {

template <class T>
Batch<T>::Batch(const NetworkPlan& plan, Index capacity, bool weighted, bool keep)
    : layers(plan.layers.size()), capacity_(capacity) {
  x_copy_stride_ = row_stride<T>(plan.n_features);
  y_stride = row_stride<T>(plan.n_outputs());
  arena_.request(&x_copy_, capacity, x_copy_stride_);
  if (plan.input_dropout > 0) arena_.request(&x_mask_, capacity, x_copy_stride_);
  if (!plan.stem.empty()) {
    stem.stride = row_stride<T>(plan.n_inputs());
    arena_.request(&stem.h, capacity, stem.stride);
    arena_.request(&stem.delta, capacity, stem.stride);
    if (plan.stem.scale) arena_.request(&stem.a, capacity, stem.stride);
  }
  arena_.request(&y, capacity, y_stride);
  arena_.request(&losses, capacity, 1);
  if (weighted) arena_.request(&weights, capacity, 1);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    LayerRows<T>& layer = layers[l];
    layer.stride = row_stride<T>(plan.layers[l].n_out);
    arena_.request(&layer.a, capacity, layer.stride);
    arena_.request(&layer.delta, capacity, layer.stride);
    if (plan.layers[l].dropout > 0) {
      arena_.request(&layer.mask, capacity, layer.stride);
      arena_.request(&layer.input, capacity, layer.stride);
    }
    if (plan.layers[l].blend) arena_.request(&layer.residual, capacity, layer.stride);
    if (keep) {
      arena_.request(&layer.z, capacity, layer.stride);
      arena_.request(&layer.slope, capacity, layer.stride);
    }
  }
  arena_.allocate();
  if (!plan.stem.scale) stem.a = stem.h;
}

template <class T>
void Batch<T>::choose(const Rows<T>& table, const std::uint32_t* order, Index first, Index count) {
  same_ = order == nullptr && order_ == nullptr && table.x == rows_.x && table.y == rows_.y &&
          table.classes == rows_.classes && table.rows == rows_.rows && first == first_ &&
          count == n;
  rows_ = table;
  order_ = order;
  first_ = first;
  n = count;
  // Consecutive rows need no copy: the products read whole rows of the table as they lie.
  const bool in_place = order == nullptr && table.rows == nullptr && x_mask_ == nullptr;
  x = in_place ? table.x + first * table.n_features : x_copy_;
  x_stride = in_place ? table.n_features : x_copy_stride_;
}

template <class T>
Index Batch<T>::table_row(Index i) const {
  return rows_.at(order_ == nullptr ? first_ + i : static_cast<Index>(order_[first_ + i]));
}

template <class T>
void Batch<T>::gather_targets(Index n_outputs, Index from, Index to) {
  for (Index i = from; i < to && rows_.classes != nullptr; ++i) {
    T* target = y + i * y_stride;
    for (Index j = 0; j < n_outputs; j += kPanel<T>)  // whole panels, without a call
      std::memset(target + j, 0, kCacheLine);
    target[rows_.classes[table_row(i)]] = T(1);
  }
  for (Index i = from; i < to && rows_.y != nullptr; ++i) {
    const T* source = rows_.y + table_row(i) * n_outputs;
    T* target = y + i * y_stride;
    target[0] = source[0];  // most often all there is
    if (n_outputs > 1) std::copy(source + 1, source + n_outputs, target + 1);
  }
}

template <class T>
void Batch<T>::gather(const KernelTable<T>& table, const NetworkPlan& plan, std::uint64_t seed,
                      Index epoch, double dropout, Index from, Index to) {
  const bool masked = x_mask_ != nullptr ||
                      std::any_of(layers.begin(), layers.end(),
                                  [](const LayerRows<T>& layer) { return layer.mask != nullptr; });
  if (same_ && !masked) return;
  const Index n_features = plan.n_features;
  gather_targets(plan.n_outputs(), from, to);
  if (x != x_copy_ && weights == nullptr && !masked) return;
  for (Index i = from; i < to; ++i) {
    const Index row = table_row(i);
    if (x == x_copy_) {
      const T* source = rows_.x + row * n_features;
      std::copy(source, source + n_features, x_copy_ + i * x_copy_stride_);
      if (x_mask_ != nullptr && epoch >= 0) {
        T* mask = x_mask_ + i * x_copy_stride_;
        dropout_mask(table, dropout * plan.input_dropout, seed, 0, epoch, row, n_features, mask);
        T* to_row = x_copy_ + i * x_copy_stride_;
        table.multiply(to_row, mask, to_row, panels<T>(n_features) * kPanel<T>);
      }
    }
    if (weights != nullptr) weights[i] = rows_.weights == nullptr ? T(1) : rows_.weights[row];
    for (std::size_t l = 0; l < layers.size() && epoch >= 0; ++l) {
      LayerRows<T>& layer = layers[l];
      if (layer.mask == nullptr) continue;
      dropout_mask(table, dropout * plan.layers[l].dropout, seed, static_cast<Index>(l) + 1, epoch,
                   row, plan.layers[l].n_out, layer.mask + i * layer.stride);
    }
  }
}

template <class T>
T Batch<T>::weight_sum(const KernelTable<T>& table) {
  if (weights == nullptr) return static_cast<T>(n);
  for (Index i = 0; i < n; ++i)
    weights[i] = rows_.weights == nullptr ? T(1) : rows_.weights[table_row(i)];
  const Index padded = panels<T>(n) * kPanel<T>;
  std::fill(weights + n, weights + padded, T(0));
  return table.sum_rows(weights, padded);
}

template class Batch<float>;
template class Batch<double>;

}  // namespace chainrule
