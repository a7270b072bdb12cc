// SPDX-License-Identifier: Apache-2.0
#include "train/step.h"

#include <algorithm>
#include <cmath>

#include "train/pass.h"

namespace chainrule {
namespace {

// Most rows that run through all layers at once. Each block reads all weights once, so that wide
// layers want few; a PC block of so many rows' activations stays in L2.
constexpr Index kRowBlock = 264;
// Multiply-adds of a step, some 50 ms on one core, from which it asks for a stop among its
// gradients.
constexpr double kLongStep = 2e9;
// Where part k of n rows begins; parts but the last have pairs of rows, as bfloat16 wants them.
constexpr Index edge(Index n, Index k, Index parts) {
  return k == parts ? n : n * k / parts / 2 * 2;
}

// Numbers of a block from which it is not each thread's own: 256 KiB of floats.
constexpr Index kLargeBlock = Index{1} << 16;

}  // namespace

template <class T>
Step<T>::Step(const TrainingPlan& training, Batch<T>& batch, State<T>& state, int max_threads)
    : plan_(training),
      is_long_(3 * state.network.work() * static_cast<double>(batch.capacity()) > kLongStep),
      batch_(batch),
      state_(state),
      frame_(state.network.training_frame()),
      constants_(state.network.plan()),
      task_norms_(state.network.tasks().size()) {
  const Network<T>& network = state.network;
  Index cost = 0, kept = 0;
  for (const Task& task : network.tasks()) {
    cost_before_.push_back(cost);
    cost += task.cost;
    const bool is_kept = gathers() || task.size > kLargeBlock;
    block_at_.push_back(is_kept ? kept : -1);
    if (is_kept) kept = checked_add(kept, task.size);
    if (!is_kept) block_size_ = std::max(block_size_, task.size);
  }
  cost_before_.push_back(cost);
  Index scratch = 0;
  for (const Layer<T>* layer : network.leaves())
    scratch = std::max(scratch, layer->scratch(batch.capacity()));
  scratch_size_ = checked_add(block_size_, scratch);
  scratch_ = Buffer<T>(checked_multiply(max_threads, scratch_size_));
  blocks_ = Buffer<T>(kept);
  if (SmallStep<T>::suits(training, batch, state))
    small_.emplace(training, constants_, batch, state);
}

template <class T>
template <class Visit>
void Step<T>::each_task(int thread, int active, Visit visit) {
  const std::vector<Task>& tasks = state_.network.tasks();
  const auto edge = [&](int t) {
    const Index cost = cost_before_.back() * t / active;
    return static_cast<std::size_t>(
        std::lower_bound(cost_before_.begin(), cost_before_.end(), cost) - cost_before_.begin());
  };
  T* own = scratch_.data() + thread * scratch_size_;
  const std::size_t last = edge(thread + 1);
  for (std::size_t k = edge(thread); k < last; ++k) {
    Parts parts;
    state_.network.leaves()[static_cast<std::size_t>(tasks[k].layer)]->parts(tasks[k], parts);
    visit(k, parts, block_at_[k] < 0 ? own : blocks_.data() + block_at_[k]);
  }
}

template <class T>
bool Step<T>::is_small(int active) const {
  return small_.has_value() && active == 1 && batch_.n <= kRowBlock && gradients == nullptr;
}

// What stays as it was is not written again: other threads would lose it from their caches.
template <class T>
void Step<T>::connect_once(bool dropping) {
  const bool same = batch_.x.data == connected_.data && batch_.x.stride == connected_.stride;
  if (same && frame_.dropping == dropping) return;
  connected_ = batch_.x;
  frame_.dropping = dropping;
  connect(state_.network, batch_, dropping);
}

template <class T>
void Step<T>::rows_phase(int thread, int active, const Draw& draw) {
  const Network<T>& network = state_.network;
  if (is_small(active)) {
    batch_.gather(frame_.table, draw, 0, batch_.n);
    small_->rows(frame_.table, batch_);
    weigh(network, frame_, batch_, 0, batch_.n);
    poll.after_rows(batch_.n);
    return;
  }
  const Index from = edge(batch_.n, thread, active), to = edge(batch_.n, thread + 1, active);
  const Index n_blocks = pieces(to - from, kRowBlock);
  for (Index b = 0; b < n_blocks && !poll.stopped(); ++b) {
    const Index row = from + edge(to - from, b, n_blocks);
    const Index end = from + edge(to - from, b + 1, n_blocks);
    batch_.gather(frame_.table, draw, row, end);
    forward(network, frame_, batch_, row, end);
    loss(frame_.table, network.plan(), constants_, batch_, row, end);
    backward(network, frame_, batch_, true, row, end);
    if (thread == 0) poll.after_rows(end - row);
  }
  // With fewer tiles than threads the first one has no rows of its own.
  if (thread == 0 && from >= to) poll.after_rows(batch_.n);
}

template <class T>
void Step<T>::make_gradient(std::size_t k, const Parts& parts, const StepSize<T>& step, T* block,
                            T* scratch, bool fetches) {
  const Network<T>& network = state_.network;
  const Task& task = network.tasks()[k];
  const auto leaf = static_cast<std::size_t>(task.layer);
  const Layer<T>& layer = *network.leaves()[leaf];
  Runs runs;
  if (fetches) {
    const T* flats[3] = {frame_.values};
    std::size_t n = 1;
    for (const Buffer<T>* moments : {&state_.moments.first, &state_.moments.second})
      if (moments->size() > 0) flats[n++] = moments->data();
    layer.fetch(task, {flats, n}, network.transposed(), runs);
  }
  layer.gradient(frame_, *batch_.leaves[leaf], task, batch_.n, static_cast<T>(step.scale), block,
                 scratch, runs.all());
  penalize(state_, step, parts, block);
  for (const Part& part : parts) {
    if (gradients == nullptr) break;
    std::copy(block + part.from, block + part.from + part.count, gradients + part.at);
  }
}

template <class T>
void Step<T>::update_task(const StepSize<T>& step, std::size_t k, const Parts& parts, T* block) {
  if (!update(state_, plan_, step, state_.network.tasks()[k], parts, block))
    finite_.store(false, std::memory_order_relaxed);
}

template <class T>
void Step<T>::weights_phase(ThreadPool& pool, int thread, int active, const StepSize<T>& step) {
  if (is_small(active)) {
    if (!small_->weights(frame_.table, step)) finite_.store(false, std::memory_order_relaxed);
    return;
  }
  const std::vector<Task>& tasks = state_.network.tasks();
  T* scratch = scratch_.data() + thread * scratch_size_ + block_size_;
  if (!gathers()) {
    each_task(thread, active, [&](std::size_t k, const Parts& parts, T* block) {
      make_gradient(k, parts, step, block, scratch, true);
      update_task(step, k, parts, block);
    });
    return;
  }
  const Index rows_each = batch_.n / static_cast<Index>(tasks.size());  // as so much work
  each_task(thread, active, [&](std::size_t k, const Parts& parts, T* block) {
    if (poll.stopped()) return;
    make_gradient(k, parts, step, block, scratch, false);
    if (is_long_ && thread == 0) poll.after_rows(rows_each);
    if (!clips()) return;
    task_norms_[k] = 0;
    for (const Part& part : parts)
      task_norms_[k] += frame_.table.sum_of_squares(block + part.from, part.count);
  });
  pool.barrier();
  if (poll.stopped()) return;
  double norm = 0;
  for (const double part : task_norms_) norm += part;
  norm = std::sqrt(norm);
  const T factor =
      clips() && norm > plan_.clip_norm ? static_cast<T>(plan_.clip_norm / norm) : T(1);
  each_task(thread, active, [&](std::size_t k, const Parts& parts, T* block) {
    if (factor != T(1)) frame_.table.scale_rows(block, tasks[k].size, 1, tasks[k].size, &factor);
    update_task(step, k, parts, block);
  });
}

template <class T>
double Step<T>::run(ThreadPool& pool, int active, const StepFactors& factors, Index epoch) {
  const double own = batch_.weight_sum(frame_.table);
  const double weight_sum = mean_weight > 0 ? static_cast<double>(batch_.n) * mean_weight : own;
  if (!(weight_sum > 0)) return 0;  // all weights zero: no step
  const Draw draw{plan_.seed, epoch, factors.dropout};
  if (!is_small(active)) connect_once(epoch >= 0);
  StepSize<T> step{};
  double total = 0;
  Moments<T>& moments = state_.moments;
  const Index n_steps = moments.n_steps;
  const double powers[] = {moments.beta1_power, moments.beta2_power};
  const auto work = [&](int thread) {
    rows_phase(thread, active, draw);
    pool.barrier();
    if (thread == 0 && !poll.stopped()) {
      total = sum_losses(frame_.table, batch_);
      if (std::isfinite(total)) {
        step = next_step<T>(plan_, moments, factors, weight_sum);
      } else {  // stops here, before any weight changes
        poll.stop.store(true, std::memory_order_relaxed);
      }
    }
    pool.barrier();
    if (!poll.stopped()) weights_phase(pool, thread, active, step);
  };
  pool.run(active, work);
  if (poll.stopped()) {  // no update was made
    moments.n_steps = n_steps;
    moments.beta1_power = powers[0];
    moments.beta2_power = powers[1];
  }
  return total;
}

template class Step<float>;
template class Step<double>;

}  // namespace chainrule
