// SPDX-License-Identifier: Apache-2.0
// One training step on a team: rows are divided for forward, loss and backward; blocks of weights
// for gradient and update. Two barriers, no gradient reduction; threads change no bit.
#pragma once

#include <atomic>
#include <optional>

#include "base/team.h"
#include "train/loss.h"
#include "train/small.h"
#include "train/stem.h"

namespace chainrule {

template <class T>
class Step {
 public:
  Step(const NetworkPlan& network, const TrainingPlan& training, Batch<T>& batch, State<T>& state,
       int max_threads);

  // Runs forward, loss, backward and, if the loss is finite and nobody stopped, the update.
  // Returns the sum over rows of weight * loss; `stop` is set when that is not finite.
  T run(Team& team, int active, const StepFactors& factors, Index epoch);

  // Set from outside, or by poll, between blocks of rows: the step ends without an update.
  std::atomic<bool> stop{false};
  // Called by thread 0 between blocks of rows; may set `stop`.
  void (*poll)(void*, Index n_rows) = nullptr;
  void* poll_context = nullptr;

 private:
  // Whether a step on so many threads goes through small_.
  bool is_small(int active) const;
  void rows_phase(int thread, int active, double dropout, Index epoch);
  void weights_phase(int thread, int active, const StepSize<T>& step);
  void clipped_weights_phase(Team& team, int thread, int active, const StepSize<T>& step);
  // The tasks of a thread's equal share of the work: first..last-1 of blocks and stem parts, which
  // are numbered after the blocks.
  std::pair<std::size_t, std::size_t> share(int thread, int active) const;
  // Calls block(task, its number, scratch) and part(task, its number, scratch) for a thread's
  // share.
  template <class Block, class Part>
  void each_task(int thread, int active, Block block, Part part);

  const NetworkPlan& network_plan_;
  const TrainingPlan& plan_;
  Batch<T>& batch_;
  State<T>& state_;
  const KernelTable<T>& table_;
  LossConstants<T> constants_;
  std::optional<SmallStep<T>> small_;
  std::vector<GradientTask> tasks_;
  std::vector<StemTask> parts_;
  std::vector<double> task_norms_;
  std::vector<Index> cost_before_;  // cumulative cost of all tasks, for equal shares
  Index scratch_size_;
  Buffer<T> scratch_;    // one block, or what a part needs, a thread
  Buffer<T> gradients_;  // of the stem, and with clipping of all: laid out like Network::values()
};

}  // namespace chainrule
