// SPDX-License-Identifier: Apache-2.0
#include "train/batch.h"

#include <algorithm>
#include <cstring>

namespace chainrule {

template <class T>
Batch<T>::Batch(const Network<T>& network, Index capacity, bool weighted, Use use)
    : rows(network.layers().size()),
      network_(network),
      capacity_(capacity),
      trains_(use == Use::train),
      unpadded_(network.layers().front()->reads_unpadded()) {
  const NetworkPlan& plan = network.plan();
  x_copy_.stride = row_stride<T>(plan.n_features);
  y_stride = row_stride<T>(plan.n_outputs);
  arena_.request(&x_copy_.data, capacity, x_copy_.stride);
  arena_.request(&y, capacity, y_stride);
  arena_.request(&losses, capacity + kPanel<T>, 1);
  if (weighted) arena_.request(&weights, capacity + kPanel<T>, 1);
  for (std::size_t l = 0; l < rows.size(); ++l) {
    LayerRows<T>& layer = rows[l];
    layer.out.stride = layer.delta.stride = row_stride<T>(network.layers()[l]->n_out());
    const bool is_head = l == network.last();
    if (!is_head || use != Use::train) arena_.request(&layer.out.data, capacity, layer.out.stride);
    if (use != Use::predict) arena_.request(&layer.delta.data, capacity, layer.delta.stride);
    network.layers()[l]->request(arena_, layer, capacity, use);
  }
  if (use == Use::trace) {
    arena_.request(&output, capacity, y_stride);
    arena_.request(&output_slope, capacity, y_stride);
  }
  arena_.allocate();
  if (use == Use::train) rows.back().out = rows.back().delta;
  for (std::size_t l = 0; l < rows.size(); ++l) {
    network.layers()[l]->walk(rows[l], [&](const Layer<T>& layer, LayerRows<T>& leaf) {
      if (layer.drops() && use != Use::predict)
        droppers_.push_back(static_cast<Index>(leaves.size()));
      leaves.push_back(&leaf);
    });
  }
}

template <class T>
void Batch<T>::choose(const Rows<T>& table, const std::uint32_t* order, Index first, Index count) {
  same_ = trains_ && order == nullptr && first == first_ && count == n;
  table_ = table;
  order_ = order;
  first_ = first;
  n = count;
  // Consecutive rows need no copy: the products read whole rows of the table as they lie.
  const bool in_place = order == nullptr && table.rows == nullptr && unpadded_;
  x = in_place ? View<const T>{table.x + first * table.n_features, table.n_features}
               : View<const T>(x_copy_);
}

template <class T>
Index Batch<T>::table_row(Index i) const {
  return table_.at(order_ == nullptr ? first_ + i : static_cast<Index>(order_[first_ + i]));
}

template <class T>
void Batch<T>::gather_targets(Index from, Index to) {
  const Index n_outputs = network_.plan().n_outputs;
  for (Index i = from; i < to && table_.classes != nullptr; ++i) {
    T* target = y + i * y_stride;
    for (Index j = 0; j < n_outputs; j += kPanel<T>)  // whole panels, without a call
      std::memset(target + j, 0, kCacheLine);
    target[table_.classes[table_row(i)]] = T(1);
  }
  for (Index i = from; i < to && table_.y != nullptr; ++i) {
    const T* source = table_.y + table_row(i) * n_outputs;
    T* target = y + i * y_stride;
    target[0] = source[0];  // most often all there is
    if (n_outputs > 1) std::copy(source + 1, source + n_outputs, target + 1);
  }
}

template <class T>
void Batch<T>::gather(const KernelTable<T>& table, const Draw& draw, Index from, Index to) {
  const bool masked = draw.epoch >= 0 && !droppers_.empty();
  if (same_ && !masked) return;
  gather_targets(from, to);
  const bool copied = x.data == x_copy_.data;
  if (!copied && !masked) return;
  const Index n_features = network_.plan().n_features;
  for (Index i = from; i < to; ++i) {
    const Index row = table_row(i);
    if (copied) {
      const T* source = table_.x + row * n_features;
      std::copy(source, source + n_features, x_copy_.row(i));
    }
    if (!masked) continue;
    for (const Index k : droppers_) {
      const auto leaf = static_cast<std::size_t>(k);
      network_.leaves()[leaf]->draw_mask(table, *leaves[leaf], draw, i, row);
    }
  }
}

template <class T>
double Batch<T>::weight_sum(const KernelTable<T>& table) {
  if (weights == nullptr) return static_cast<double>(n);
  for (Index i = 0; i < n; ++i) weights[i] = table_.weights[table_row(i)];
  const Index padded = panels<T>(n) * kPanel<T>;
  std::fill(weights + n, weights + padded, T(0));
  return table.sum_rows(weights, padded);
}

template class Batch<float>;
template class Batch<double>;

}  // namespace chainrule
