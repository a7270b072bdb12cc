// SPDX-License-Identifier: Apache-2.0
// One training step on a team: rows are divided for forward, loss and backward; blocks of weights
// for gradient and update. Two barriers, no gradient reduction; threads change no bit.
#pragma once

#include <atomic>

#include "base/team.h"
#include "train/loss.h"
#include "train/update.h"

namespace chainrule {

template <class T>
class Step {
 public:
  Step(const NetworkPlan& network, const TrainingPlan& training, Batch<T>& batch, State<T>& state,
       int max_threads);

  // Runs forward, loss, backward and, if the loss is finite and nobody stopped, the update.
  // Returns the sum over rows of weight * loss; `stop` is set when that is not finite.
  T run(Team& team, int active, double schedule, Index epoch);

  // Set from outside, or by poll, between blocks of rows: the step ends without an update.
  std::atomic<bool> stop{false};
  // Called by thread 0 between blocks of rows; may set `stop`.
  void (*poll)(void*, Index n_rows) = nullptr;
  void* poll_context = nullptr;

 private:
  void rows_phase(int thread, int active, Index epoch);
  void weights_phase(int thread, int active, const StepSize<T>& step);
  void clipped_weights_phase(Team& team, int thread, int active, const StepSize<T>& step);
  // First and last task of a thread's equal share of the work.
  std::pair<std::size_t, std::size_t> share(int thread, int active) const;

  const NetworkPlan& network_plan_;
  const TrainingPlan& plan_;
  Batch<T>& batch_;
  State<T>& state_;
  const KernelTable<T>& table_;
  LossConstants<T> constants_;
  std::vector<GradientTask> tasks_;
  std::vector<double> task_norms_;
  std::vector<Index> cost_before_;  // cumulative cost of tasks_, for equal shares
  Buffer<T> scratch_;               // one block a thread
  Buffer<T> gradients_;             // with clipping: all blocks, laid out like Network::values()
};

}  // namespace chainrule
