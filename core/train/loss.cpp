// SPDX-License-Identifier: Apache-2.0
#include "train/loss.h"

#include <algorithm>

namespace chainrule {

template <class T>
LossConstants<T>::LossConstants(const NetworkPlan& plan)
    : huber_delta(static_cast<T>(plan.huber_delta)),
      quantiles(panels<T>(plan.n_outputs()) * kPanel<T>) {
  for (std::size_t i = 0; i < plan.quantiles.size(); ++i)
    quantiles[static_cast<Index>(i)] = static_cast<T>(plan.quantiles[i]);
}

template <class T>
void loss(const KernelTable<T>& table, const NetworkPlan& plan, const LossConstants<T>& constants,
          Batch<T>& batch, Index from, Index to) {
  LayerRows<T>& head = batch.layers.back();
  const Index at = from * head.stride;
  const bool keep = head.z != nullptr;
  if (keep) std::copy(head.delta + at, head.delta + to * head.stride, head.z + at);
  table.loss_rows({.loss = plan.loss,
                   .activation = plan.layers.back().activation,
                   .huber_delta = constants.huber_delta,
                   .quantiles = constants.quantiles.data(),
                   .rows = to - from,
                   .n_outputs = plan.n_outputs(),
                   .z = head.delta + at,
                   .y = batch.y + from * batch.y_stride,
                   .stride = head.stride,
                   .y_stride = batch.y_stride,
                   .a = keep ? head.a + at : nullptr,
                   .slope = keep ? head.slope + at : nullptr,
                   .losses = batch.losses + from,
                   .delta = head.delta + at});
}

template <class T>
T sum_losses(const KernelTable<T>& table, Batch<T>& batch) {
  const Index padded = panels<T>(batch.n) * kPanel<T>;
  std::fill(batch.losses + batch.n, batch.losses + padded, T(0));
  if (batch.weights != nullptr) table.multiply(batch.losses, batch.weights, batch.losses, padded);
  return table.sum_rows(batch.losses, padded);
}

template struct LossConstants<float>;
template struct LossConstants<double>;
template void loss(const KernelTable<float>&, const NetworkPlan&, const LossConstants<float>&,
                   Batch<float>&, Index, Index);
template void loss(const KernelTable<double>&, const NetworkPlan&, const LossConstants<double>&,
                   Batch<double>&, Index, Index);
template float sum_losses(const KernelTable<float>&, Batch<float>&);
template double sum_losses(const KernelTable<double>&, Batch<double>&);

}  // namespace chainrule
