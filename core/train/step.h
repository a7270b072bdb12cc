// SPDX-License-Identifier: Apache-2.0
// One training step on a thread pool: rows are divided for forward, loss and backward; tasks for
// gradient and update. Two barriers, no gradient reduction; threads change no bit.
#pragma once

#include <atomic>
#include <optional>

#include "base/thread_pool.h"
#include "train/loss.h"
#include "train/poll.h"
#include "train/small.h"

namespace chainrule {

template <class T>
class Step {
 public:
  Step(const TrainingPlan& training, Batch<T>& batch, State<T>& state, int max_threads);

  // Runs forward, loss, backward and, if the loss is finite and nobody stopped, the update.
  // Returns the sum over rows of weight * loss; `stop` is set when that is not finite. An epoch
  // below 0 leaves dropout off.
  double run(ThreadPool& pool, int active, const StepFactors& factors, Index epoch);

  // Whether all steps were finite, as update() tells.
  bool is_finite() const { return finite_.load(std::memory_order_relaxed); }

  // Asked between blocks of rows and, in a long step, between gradients: stopped, the step ends
  // without an update.
  Poll poll;
  // Mean weight of all training rows, by which a mini-batch's mean divides besides its rows; 0
  // where it divides by the sum of its own weights.
  double mean_weight = 0;
  // Where somebody wants to see them: the gradients before clipping, laid out like the values.
  T* gradients = nullptr;

 private:
  // Whether a step on so many threads goes through small_.
  bool is_small(int active) const;
  // Tells the layers where this step's rows lie.
  void connect_once(bool dropping);
  void rows_phase(int thread, int active, const Draw& draw);
  // Updates a task, and notes what is not finite.
  void update_task(const StepSize<T>& step, std::size_t k, const Parts& parts, T* block);
  // Gradient, penalty, and with clipping the norm of all of them, then the update.
  void weights_phase(ThreadPool& pool, int thread, int active, const StepSize<T>& step);
  void make_gradient(std::size_t k, const Parts& parts, const StepSize<T>& step, T* block,
                     T* scratch, bool fetches);
  // Calls visit(number of the task, its parts, its block) for a thread's equal share of the work.
  template <class Visit>
  void each_task(int thread, int active, Visit visit);
  bool clips() const { return plan_.clip_norm > 0; }
  // Whether all gradients are made before the first update: clipping needs the norm of them all,
  // and a long step must be able to stop on the way.
  bool gathers() const { return clips() || is_long_; }

  const TrainingPlan& plan_;
  bool is_long_;
  Batch<T>& batch_;
  State<T>& state_;
  Frame<T> frame_;
  View<const T> connected_;  // the features that the layers were told of
  LossConstants<T> constants_;
  std::optional<SmallStep<T>> small_;
  std::atomic<bool> finite_{true};
  std::vector<double> task_norms_;
  std::vector<Index> cost_before_;  // cumulative cost of all tasks, for equal shares
  // Each task's block among the kept ones, or -1: then it is the first part of a thread's scratch.
  std::vector<Index> block_at_;
  Index block_size_ = 0;    // of a thread's block
  Index scratch_size_ = 0;  // of a thread, its block included
  Buffer<T> scratch_;
  Buffer<T> blocks_;
};

}  // namespace chainrule
