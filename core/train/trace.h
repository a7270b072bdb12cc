// SPDX-License-Identifier: Apache-2.0
// One step of the plain path: the kernels of training, with every z, a, sigma'(z), delta and
// gradient kept. What is shown is what is trained.
#pragma once

#include "train/loss.h"
#include "train/update.h"

namespace chainrule {

template <class T>
struct Trace {
  Trace(const NetworkPlan& plan, const Rows<T>& rows)
      : batch(plan, rows.n, rows.weights != nullptr, true), losses(rows.n), deltas() {}

  Batch<T> batch;                    // its stem goes on to dl/dscale and dl/dh
  Buffer<T> h;                       // [rows][stride] of what stands before layer 1
  Buffer<T> stem_delta;              // dl/da(0)
  Buffer<T> losses;                  // per row, before weighting
  std::vector<Buffer<T>> residuals;  // per layer, sigma(z) - z, empty without blend
  std::vector<Buffer<T>> deltas;     // per layer [rows][stride], of each row's own loss
  Buffer<T> gradients;               // of the total, laid out like Network::values()
  double loss_sum = 0;               // sum of weight * loss
  double weight_sum = 0;
};

// Computes the trace of all rows; with dropout masks of `dropout_epoch`, off below 0. When
// `update`, also makes the step that `plan` would make, at the learning rate without its schedule.
template <class T>
void trace(State<T>& state, const TrainingPlan& plan, const Rows<T>& rows, Index dropout_epoch,
           bool update, Trace<T>& out);

// Central differences of the reduced data loss by single parameters: flat positions in
// Network::values(), h = 6.06e-6 max(1, |w|). Interrupted when `stop` says so.
void numeric_gradients(const Network<double>& network, const TrainingPlan& plan,
                       const Rows<double>& rows, Index dropout_epoch,
                       const std::vector<Index>& positions, int n_threads,
                       const std::function<bool()>& interrupted, double* out);

}  // namespace chainrule
