// SPDX-License-Identifier: Apache-2.0
// One step with all its numbers. The layers run one by one, so that each has rows of its own; the
// gradients and the update are those of the training step itself. Fused or not, the bits are equal:
// what is shown is what is trained.
#pragma once

#include "train/loss.h"
#include "train/update.h"

namespace chainrule {

template <class T>
struct Trace {
  Trace(const NetworkPlan& plan, const Rows<T>& rows)
      : network(plan, false), batch(network, rows.n, false, Use::trace) {}

  Network<T> network;   // unfused
  Batch<T> batch;       // outputs and deltas of each row's own loss, by layer
  Buffer<T> losses;     // per row, before weighting
  Buffer<T> gradients;  // of the total, laid out like the values of `State::network`
  double loss_sum = 0;  // sum of weight * loss
  double weight_sum = 0;
};

// The trace of all rows from the state's parameters, with dropout masks of `dropout_epoch` (off
// below 0); then the state makes the step that `plan` would make, at the learning rate without its
// schedule.
template <class T>
void trace(State<T>& state, const TrainingPlan& plan, const Rows<T>& rows, Index dropout_epoch,
           Trace<T>& out);

// Central differences of the reduced data loss by single parameters: flat positions in
// Network::values(), h = 6.06e-6 max(1, |w|). Interrupted when `interrupted` says so.
void numeric_gradients(const Network<double>& network, const TrainingPlan& plan,
                       const Rows<double>& rows, Index dropout_epoch,
                       const std::vector<Index>& positions, int n_threads,
                       const std::function<bool()>& interrupted, double* out);

}  // namespace chainrule
