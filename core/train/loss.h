// SPDX-License-Identifier: Apache-2.0
// Step 2, loss: from z(L) and y to a(L), each row's loss and delta(L) = dloss/dz(L).
#pragma once

#include "train/batch.h"

namespace chainrule {

// The constants of a loss in the number type of the network, quantiles padded to whole panels.
template <class T>
struct LossConstants {
  explicit LossConstants(const NetworkPlan& plan);
  T huber_delta;
  Buffer<T> quantiles;
};

// The call that makes losses and delta(L) of rows from..from+n-1 of a batch from z(L); a(L) and
// sigma'(z(L)) too where the batch keeps them.
template <class T>
LossArgs<T> loss_args(const NetworkPlan& plan, const LossConstants<T>& constants,
                      const Batch<T>& batch, Index from, Index n);

// Rows [from, to) of the batch: delta(L) into the last layer's delta, losses into batch.losses.
template <class T>
void loss(const KernelTable<T>& table, const NetworkPlan& plan, const LossConstants<T>& constants,
          Batch<T>& batch, Index from, Index to);

// Sum over the batch of weight * loss; the same order for any number of threads.
template <class T>
double sum_losses(const KernelTable<T>& table, Batch<T>& batch);

}  // namespace chainrule
