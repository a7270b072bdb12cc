// SPDX-License-Identifier: Apache-2.0
#include "train/loss.h"

#include <algorithm>

namespace chainrule {

template <class T>
LossConstants<T>::LossConstants(const NetworkPlan& plan)
    : huber_delta(static_cast<T>(plan.huber_delta)),
      quantiles(panels<T>(plan.n_outputs) * kPanel<T>) {
  for (std::size_t i = 0; i < plan.quantiles.size(); ++i)
    quantiles[static_cast<Index>(i)] = static_cast<T>(plan.quantiles[i]);
}

template <class T>
LossArgs<T> loss_args(const NetworkPlan& plan, const LossConstants<T>& constants,
                      const Batch<T>& batch, Index from, Index n) {
  const LayerRows<T>& head = batch.rows.back();
  const auto part = [&](T* rows) {
    return rows == nullptr ? nullptr : rows + from * head.out.stride;
  };
  return {.loss = plan.loss,
          .activation = plan.output_activation,
          .huber_delta = constants.huber_delta,
          .quantiles = constants.quantiles.data(),
          .rows = n,
          .n_outputs = plan.n_outputs,
          .z = head.out.row(from),
          .y = batch.y + from * batch.y_stride,
          .stride = head.out.stride,
          .y_stride = batch.y_stride,
          .a = part(batch.output),
          .slope = part(batch.output_slope),
          .losses = batch.losses + from,
          .delta = part(head.delta.data)};
}

template <class T>
void loss(const KernelTable<T>& table, const NetworkPlan& plan, const LossConstants<T>& constants,
          Batch<T>& batch, Index from, Index to) {
  table.loss_rows(loss_args(plan, constants, batch, from, to - from));
}

template <class T>
double sum_losses(const KernelTable<T>& table, Batch<T>& batch) {
  const Index padded = panels<T>(batch.n) * kPanel<T>;
  std::fill(batch.losses + batch.n, batch.losses + padded, T(0));
  if (batch.weights != nullptr) table.multiply(batch.losses, batch.weights, batch.losses, padded);
  return table.sum_rows(batch.losses, padded);
}

#define CHAINRULE_LOSS(T)                                                                      \
  template struct LossConstants<T>;                                                            \
  template LossArgs<T> loss_args(const NetworkPlan&, const LossConstants<T>&, const Batch<T>&, \
                                 Index, Index);                                                \
  template void loss(const KernelTable<T>&, const NetworkPlan&, const LossConstants<T>&,       \
                     Batch<T>&, Index, Index);                                                 \
  template double sum_losses(const KernelTable<T>&, Batch<T>&);
CHAINRULE_LOSS(float)
CHAINRULE_LOSS(double)
#undef CHAINRULE_LOSS

}  // namespace chainrule
