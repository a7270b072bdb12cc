// SPDX-License-Identifier: Apache-2.0
#include "train/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/cpu.h"
#include "base/random.h"
#include "train/schedule.h"
#include "train/step.h"
#include "train/stop.h"
#include "train/thread_tuning.h"
#include "train/validation.h"

namespace chainrule {
namespace {

// Forward, backward and gradient.
template <class T>
double multiply_adds(const Network<T>& network) {
  return 3.0 * network.work();
}

// Multiply-adds of a step from which all threads are the first guess, some 30 us on one core, and
// from which even the first step waits for them: they take as long to start.
constexpr double kSharedStep = 3e6, kLongStep = 1.5e7;
// Multiply-adds of a fit, some 2 ms, from which it gains by threads what they take to come and go.
constexpr double kSharedFit = 2e8;

// How good the kept epoch is.
struct Kept {
  double metric;
  double loss;
};

// What the epochs of earlier calls leave to go on from: the plateau, the patience and the kept
// epoch.
template <class T>
Kept remember(const TrainingPlan& plan, State<T>& state, bool validated) {
  const History& past = state.history;
  const std::vector<double>& scores = validated ? past.validation_metric : past.loss;
  const std::vector<double>& losses = validated ? past.validation_loss : past.loss;
  for (std::size_t e = 0; e < losses.size(); ++e) {
    watch_plateau(plan.schedule, losses[e], state.plateau);
    is_patience_over(plan, state, scores[e], e == 0);
  }
  if (past.best_epoch < 0) return {};
  const auto best = static_cast<std::size_t>(past.best_epoch);
  return {.metric = scores[best], .loss = losses[best]};
}

template <class T>
double mean_weight(const Rows<T>& rows) {
  double sum = 0;
  for (Index i = 0; i < rows.n; ++i) sum += static_cast<double>(rows.weights[rows.at(i)]);
  return sum / static_cast<double>(rows.n);
}

template <class T>
void copy_values(const Buffer<T>& from, Buffer<T>& to) {
  if (to.size() == 0) to = Buffer<T>(from.size());
  std::copy(from.data(), from.data() + from.size(), to.data());
}

template <class T>
void copy_moments(const Moments<T>& from, Moments<T>& to) {
  copy_values(from.first, to.first);
  copy_values(from.second, to.second);
  to.n_steps = from.n_steps;
  to.beta1_power = from.beta1_power;
  to.beta2_power = from.beta2_power;
}

// Remembers a state from time to time, so that the way to a fault can be gone again from near.
template <class T>
class Milestones {
 public:
  explicit Milestones(State<T>& state) : state_(state) {}

  // Before an epoch of the plan. All copies together take a hundredth of the time.
  void pass(Index plan_epoch) {
    if (plan_epoch < next_ || state_.network.size() > kMost) return;
    const Clock::time_point now = Clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    const double wait = std::max(kShare * cost_, kSeldom);
    if (since < wait) {
      if (8 * since < wait) stride_ *= 2;  // the clock takes as long as a step of a tiny network
      next_ = plan_epoch + stride_;
      return;
    }
    stride_ = 1;
    Milestone<T>& to = state_.milestone;
    copy_values(state_.network.values(), to.values);
    copy_moments(state_.moments, to.moments);
    to.plan_epoch = plan_epoch;
    to.epoch = state_.epoch;
    to.rate_factor = state_.rate_factor;
    last_ = Clock::now();
    cost_ = std::chrono::duration<double>(last_ - now).count();
  }

 private:
  static constexpr Index kMost = Index{1} << 24;  // parameters
  static constexpr double kShare = 100;
  static constexpr double kSeldom = 0.1;  // seconds
  State<T>& state_;
  Clock::time_point last_ = Clock::now();
  double cost_ = 0;
  Index next_ = 0, stride_ = 1;  // epochs
};

}  // namespace

template <class T>
int useful_threads(const Network<T>& network, Index rows) {
  // Below about 15 us of work on one core (2e5 multiply-adds at half the peak) a barrier costs more
  // than it gives; a thread wants at least 6 rows.
  const double work = multiply_adds(network) * static_cast<double>(rows);
  const auto by_work = static_cast<int>(std::min(work / 2e5, 1024.0));
  const auto by_rows = static_cast<int>(std::min<Index>(rows / 6, 1024));
  const int useful = std::min(by_work, by_rows);
  return useful <= 1 ? 1 : std::min(useful, available_threads());  // to ask takes 8 us
}

template <class T>
void fit(State<T>& state, const TrainingPlan& plan, const Rows<T>& rows, const Rows<T>& validation,
         Metric metric, const Hooks<T>& hooks) {
  const Clock::time_point start = Clock::now();
  const FlushSubnormals flush;
  const Network<T>& network = state.network;
  const KernelTable<T>& table = kernels<T>();
  History& history = state.history;

  const Index batch_size = plan.batch_size == 0 ? rows.n : std::min(plan.batch_size, rows.n);
  const Index n_batches = pieces(rows.n, batch_size);
  Index total_steps;
  if (__builtin_mul_overflow(n_batches, plan.epochs, &total_steps))
    total_steps = std::numeric_limits<Index>::max();
  const bool shuffled = plan.shuffle && n_batches > 1;
  const bool validated = validation.n > 0;

  const bool fixed = plan.n_threads > 0;
  const double work = multiply_adds(network) * static_cast<double>(batch_size);
  ThreadPool pool(fixed ? plan.n_threads : useful_threads(network, batch_size),
                  fixed ? ThreadPool::Start::now : ThreadPool::Start::later);
  ThreadTuning tuning(pool.size(), fixed,
                      work > kSharedStep && work * static_cast<double>(total_steps) > kSharedFit);
  // Threads for the next step: a fit that chooses them itself starts them when it first wants them,
  // and goes on alone until they have come.
  const auto next_threads = [&] {
    if (tuning.threads() == 1) return 1;
    pool.start();
    return fixed || work > kLongStep || pool.is_complete() ? pool.size() : 1;
  };
  Batch<T> batch(network, batch_size, rows.weights != nullptr, Use::train);
  Step<T> step(plan, batch, state, pool.size());
  Poll& poll = step.poll;
  Interrupts interrupts(poll, hooks.interrupted, multiply_adds(network), pool.size() == 1);
  // Its own weights' sum would cancel the weights of a mini-batch, of one row entirely; with the
  // mean of all rows a step is an unbiased estimate of the full batch's.
  if (n_batches > 1 && rows.weights != nullptr && !plan.penalty_per_batch)
    step.mean_weight = mean_weight(rows);
  Predictor<T> predictor(network, validated ? pool.size() : 0);
  const bool keeps_outputs = hooks.metric || hooks.outputs || metric == Metric::refined;
  Buffer<T> outputs(keeps_outputs ? checked_multiply(validation.n, network.plan().n_outputs) : 0);
  if (shuffled) state.order.resize(static_cast<std::size_t>(rows.n));

  // The values to fall back on: the best epoch's, or the last completed one's.
  if (state.best.size() == 0) copy_values(state.network.values(), state.best);
  Kept best = remember(plan, state, validated);

  Milestones<T> milestones(state);
  Buffer<T> values_before;
  Moments<T> moments_before;

  history.stop_reason = "epochs";
  const Index updates_before = state.moments.n_steps;
  // Those without an update included, where all rows weigh nothing.
  Index steps_done = state.first_epoch * n_batches;
  for (Index e = state.first_epoch; e < plan.epochs; ++e) {
    if (e > state.first_epoch) milestones.pass(e);
    if (shuffled) {
      std::iota(state.order.begin(), state.order.end(), 0u);
      shuffle(state.order.data(), rows.n, plan.seed, Stream::shuffle,
              static_cast<std::uint32_t>(state.epoch));
    }
    double epoch_loss = 0, epoch_weight = 0, epoch_penalty = 0;
    for (Index b = 0; b < n_batches; ++b) {
      const Index first = b * batch_size, n = std::min(batch_size, rows.n - first);
      batch.choose(rows, shuffled ? state.order.data() : nullptr, first, n);
      const auto factor = [&](const SchedulePlan& schedule) {
        return schedule_factor(schedule, steps_done, total_steps, e, state.plateau);
      };
      const StepFactors factors{.rate = state.rate_factor * factor(plan.schedule),
                                .decay = factor(plan.decay_schedule),
                                .dropout = factor(plan.dropout_schedule)};
      const double batch_penalty = plan.penalty_per_batch ? penalty(network, plan) : 0.0;
      const Clock::time_point step_start = tuning.measures() ? Clock::now() : start;
      if (plan.careful) {
        copy_values(state.network.values(), values_before);
        copy_moments(state.moments, moments_before);
      }
      const int active = next_threads();
      const double batch_loss = step.run(pool, active, factors, state.epoch);
      if (tuning.measures() && n == batch_size) {  // an epoch's last batch may take less
        const double seconds = seconds_since(step_start);
        if ((active > 1) == (tuning.threads() > 1)) {
          tuning.record(seconds);
        } else {
          tuning.record_alone(seconds);
        }
      }
      if (!step.is_finite()) poll.stop.store(true);  // the loss may be, and a gradient not
      if (poll.stopped()) {
        if (!interrupts.seen()) {
          history.diverged_epoch = e;
          history.diverged_step = b;
          if (plan.careful) {
            copy_values(values_before, state.failed);
            copy_moments(moments_before, state.moments);
          } else if (step.is_finite()) {  // the loss is not, which is seen before anything changes
            copy_values(state.network.values(), state.failed);
          }
        }
        break;
      }
      const double batch_weight = batch.weight_sum(table);
      // A batch whose penalty is its own counts by its rows, else by their weights.
      const double share = !plan.penalty_per_batch ? 1
                           : batch_weight > 0      ? static_cast<double>(n) / batch_weight
                                                   : 0;
      epoch_loss += batch_loss * share;
      epoch_weight += batch_weight * share;
      epoch_penalty += batch_penalty * share;
      ++steps_done;
    }
    typename Predictor<T>::Score result{};
    if (validated && !poll.stopped())
      result = predictor.score(validation, metric, plan.mean, pool, next_threads(),
                               outputs.size() > 0 ? outputs.data() : nullptr, poll);
    if (poll.stopped()) {
      copy_values(state.best, state.network.values());
      history.stop_reason = interrupts.seen() ? "interrupted" : "diverged";
      break;
    }
    // Some row of an epoch has a weight: rows of which none has are refused before.
    history.loss.push_back(plan.mean ? epoch_loss / epoch_weight : epoch_loss);
    if (plan.penalty_per_batch) history.penalty.push_back(epoch_penalty / epoch_weight);
    ++state.epoch;

    double score = history.loss.back();
    if (validated) {
      score = hooks.metric ? hooks.metric(outputs.data()) : result.metric;
      if (hooks.outputs) hooks.outputs(outputs.data());
      history.validation_loss.push_back(result.loss);
      history.validation_metric.push_back(score);
      // Of ties the lower loss, of those the last: a class error often ties on few rows.
      const bool better =
          history.best_epoch < 0
              ? std::isfinite(score)
              : score < best.metric || (score == best.metric && !(result.loss > best.loss));
      if (better) {
        best = {.metric = score, .loss = result.loss};
        history.best_epoch = e;
        copy_values(state.network.values(), state.best);
      }
    } else {
      copy_values(state.network.values(), state.best);
    }
    watch_plateau(plan.schedule, validated ? result.loss : score, state.plateau);
    const char* reason = stop_reason(plan, state, score, start);
    state.ending = e + 1 < plan.epochs ? reason : "epochs";
    if (hooks.epoch_done && hooks.epoch_done(e, history.loss.back(), result.loss, score))
      reason = "callback";
    if (reason != nullptr && e + 1 < plan.epochs) {
      history.stop_reason = reason;
      break;
    }
  }
  history.n_steps = state.moments.n_steps - updates_before;
  if (history.best_epoch >= 0) copy_values(state.best, state.network.values());
}

#define CHAINRULE_FIT(T)                                                                    \
  template int useful_threads(const Network<T>&, Index);                                    \
  template void fit(State<T>&, const TrainingPlan&, const Rows<T>&, const Rows<T>&, Metric, \
                    const Hooks<T>&);
CHAINRULE_FIT(float)
CHAINRULE_FIT(double)
#undef CHAINRULE_FIT

}  // namespace chainrule
