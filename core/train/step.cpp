// SPDX-License-Identifier: Apache-2.0
#include "train/step.h"

#include <algorithm>
#include <cmath>

#include "train/forward.h"

namespace chainrule {
namespace {

// Most rows that run through all layers at once. Each block reads all weights once, so that wide
// layers want few; a PC block of so many rows' activations stays in L2.
constexpr Index kRowBlock = 264;

}  // namespace

template <class T>
Step<T>::Step(const NetworkPlan& network, const TrainingPlan& training, Batch<T>& batch,
              State<T>& state, int max_threads)
    : network_plan_(network),
      plan_(training),
      batch_(batch),
      state_(state),
      table_(kernels<T>()),
      constants_(network),
      tasks_(gradient_tasks(network, kPanel<T>)),
      parts_(stem_tasks(network)),
      task_norms_(tasks_.size() + parts_.size()),
      scratch_size_(std::max(task_size<T>(), stem_scratch<T>(network, batch.capacity()))),
      scratch_(checked_multiply(max_threads, scratch_size_)),
      gradients_(training.clip_norm > 0 ? state.network.size() : state.network.stem_size()) {
  if (SmallStep<T>::suits(network, training)) small_.emplace(training, constants_, batch, state);
  Index cost = 0;
  for (const GradientTask& task : tasks_) {
    cost_before_.push_back(cost);
    cost += task.n_panels * (task.last - task.first);
  }
  for (const StemTask& part : parts_) {
    cost_before_.push_back(cost);
    cost += part.cost;
  }
  cost_before_.push_back(cost);
}

template <class T>
std::pair<std::size_t, std::size_t> Step<T>::share(int thread, int active) const {
  const auto edge = [&](int t) {
    const Index cost = cost_before_.back() * t / active;
    return static_cast<std::size_t>(
        std::lower_bound(cost_before_.begin(), cost_before_.end(), cost) - cost_before_.begin());
  };
  return {edge(thread), edge(thread + 1)};
}

template <class T>
template <class Block, class Part>
void Step<T>::each_task(int thread, int active, Block block, Part part) {
  T* scratch = scratch_.data() + thread * scratch_size_;
  const auto [first, last] = share(thread, active);
  for (std::size_t k = first; k < last; ++k) {
    if (k < tasks_.size()) {
      block(tasks_[k], k, scratch);
    } else {
      part(parts_[k - tasks_.size()], k, scratch);
    }
  }
}

template <class T>
bool Step<T>::is_small(int active) const {
  return small_.has_value() && active == 1 && batch_.n <= kRowBlock;
}

template <class T>
void Step<T>::rows_phase(int thread, int active, double dropout, Index epoch) {
  const bool dropping = epoch >= 0;
  if (is_small(active)) {
    batch_.gather(table_, network_plan_, plan_.seed, epoch, dropout, 0, batch_.n);
    small_->rows(table_, batch_);
    weigh_deltas(table_, batch_, 0, batch_.n);
    if (poll != nullptr) poll(poll_context, batch_.n);
    return;
  }
  const Index from = batch_.n * thread / active, to = batch_.n * (thread + 1) / active;
  const Index n_blocks = (to - from + kRowBlock - 1) / kRowBlock;
  for (Index b = 0; b < n_blocks && !stop.load(std::memory_order_relaxed); ++b) {
    const Index row = from + (to - from) * b / n_blocks;
    const Index end = from + (to - from) * (b + 1) / n_blocks;
    batch_.gather(table_, network_plan_, plan_.seed, epoch, dropout, row, end);
    forward(table_, state_.network, batch_, dropping, row, end);
    loss(table_, network_plan_, constants_, batch_, row, end);
    backward(table_, state_.network, batch_, dropping, row, end);
    weigh_deltas(table_, batch_, row, end);
    stem_backward(table_, state_.network, batch_, row, end);
    if (thread == 0 && poll != nullptr) poll(poll_context, end - row);
  }
  // With fewer tiles than threads the first one has no rows of its own.
  if (thread == 0 && from >= to && poll != nullptr) poll(poll_context, batch_.n);
}

template <class T>
void Step<T>::weights_phase(int thread, int active, const StepSize<T>& step) {
  if (is_small(active)) return small_->weights(table_, step);
  const T scale = static_cast<T>(step.scale);
  each_task(
      thread, active,
      [&](const GradientTask& task, std::size_t, T* block) {
        Run runs[kMostRuns];
        gradient_block(table_, state_.network, batch_, true, task, scale, block,
                       update_runs(state_, task, runs));
        penalize_block(table_, state_.network, step, task, block);
        update_block(table_, plan_, step, state_, task, block);
      },
      [&](const StemTask& part, std::size_t, T* scratch) {
        stem_gradient(table_, state_.network, batch_, part, scale, scratch, gradients_.data());
        update_stem(table_, plan_, step, state_, part, T(1), gradients_.data());
      });
}

// Clipping needs the norm of all gradients before the first update: one barrier more.
template <class T>
void Step<T>::clipped_weights_phase(Team& team, int thread, int active, const StepSize<T>& step) {
  const T scale = static_cast<T>(step.scale);
  each_task(
      thread, active,
      [&](const GradientTask& task, std::size_t k, T* block) {
        gradient_block(table_, state_.network, batch_, true, task, scale, block);
        penalize_block(table_, state_.network, step, task, block);
        store_block(state_.network, task, block, gradients_.data());
        task_norms_[k] = block_norm(table_, state_.network, task, block);
      },
      [&](const StemTask& part, std::size_t k, T* scratch) {
        stem_gradient(table_, state_.network, batch_, part, scale, scratch, gradients_.data());
        task_norms_[k] = stem_norm(table_, state_.network, part, gradients_.data());
      });
  team.barrier();
  double norm = 0;
  for (const double part : task_norms_) norm += part;
  norm = std::sqrt(norm);
  const T factor = norm > plan_.clip_norm ? static_cast<T>(plan_.clip_norm / norm) : T(1);
  each_task(
      thread, active,
      [&](const GradientTask& task, std::size_t, T* block) {
        load_block(state_.network, task, gradients_.data(), block);
        table_.scale_rows(block, task_size<T>(), 1, task_size<T>(), &factor);
        update_block(table_, plan_, step, state_, task, block);
      },
      [&](const StemTask& part, std::size_t, T*) {
        update_stem(table_, plan_, step, state_, part, factor, gradients_.data());
      });
}

template <class T>
T Step<T>::run(Team& team, int active, const StepFactors& factors, Index epoch) {
  const T weight_sum = batch_.weight_sum(table_);
  if (!(weight_sum > T(0))) return T(0);  // all weights zero: no step
  StepSize<T> step{};
  T total = T(0);
  const auto work = [&](int thread) {
    rows_phase(thread, active, factors.dropout, epoch);
    team.barrier();
    if (thread == 0 && !stop.load(std::memory_order_relaxed)) {
      total = sum_losses(table_, batch_);
      if (std::isfinite(total)) {
        step = next_step<T>(plan_, state_.moments, factors, static_cast<double>(weight_sum));
      } else {  // stops here, before any weight changes
        stop.store(true, std::memory_order_relaxed);
      }
    }
    team.barrier();
    if (stop.load(std::memory_order_relaxed)) return;
    if (plan_.clip_norm > 0) {
      clipped_weights_phase(team, thread, active, step);
    } else {
      weights_phase(thread, active, step);
    }
  };
  team.run(active, work);
  return total;
}

template class Step<float>;
template class Step<double>;

}  // namespace chainrule
