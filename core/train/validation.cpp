// SPDX-License-Identifier: Apache-2.0
#include "train/validation.h"

#include <algorithm>
#include <cmath>

#include "train/pass.h"
#include "train/refined.h"

namespace chainrule {
namespace {

constexpr Index kRowBlock = 120;

// The row's contribution to a metric: 0 or 1 for error, the mean over outputs of (a - y)^2 or
// |a - y|. Classes by argmax; with one output, by a > 1/2.
template <class T>
double row_metric(Metric metric, const NetworkPlan& plan, const T* a, const T* y) {
  const Index n = plan.n_outputs;
  if (metric == Metric::error) {
    if (!row_of(plan.loss).of_classes) {
      double wrong = 0;
      for (Index j = 0; j < n; ++j) wrong += (a[j] > T(0.5)) != (y[j] > T(0.5));
      return wrong / static_cast<double>(n);
    }
    const Index guess = std::max_element(a, a + n) - a;
    return guess != std::max_element(y, y + n) - y;
  }
  double sum = 0;
  for (Index j = 0; j < n; ++j) {
    const double d = static_cast<double>(a[j]) - static_cast<double>(y[j]);
    sum += metric == Metric::rmse ? d * d : std::fabs(d);
  }
  return sum / static_cast<double>(n);
}

}  // namespace

template <class T>
Predictor<T>::Predictor(const Network<T>& network, int max_threads)
    : network_(network), constants_(network.plan()) {
  for (int t = 0; t < max_threads; ++t)
    lanes_.push_back(std::make_unique<Batch<T>>(network, kRowBlock, false, Use::predict));
}

template <class T>
View<T> Predictor<T>::run_block(const Rows<T>& rows, Batch<T>& lane, Index from, Index to,
                                bool logits, bool with_loss) {
  const Frame<T> frame = network_.frame();
  const Index n = to - from;
  lane.choose(rows, nullptr, from, n);
  lane.gather(frame.table, {}, 0, n);
  connect(network_, lane, false);
  forward(network_, frame, lane, 0, n);
  const View<T> out = lane.rows.back().out;
  if (logits) return out;
  LossArgs<T> args = loss_args(network_.plan(), constants_, lane, 0, n);
  args.a = out.data;
  if (!with_loss) {
    args.y = nullptr;
    args.losses = nullptr;
  }
  frame.table.loss_rows(args);
  return out;
}

template <class T>
void Predictor<T>::predict(const Rows<T>& rows, bool logits, ThreadPool& pool, int active, T* out,
                           Poll& poll) {
  const Index n_outputs = network_.plan().n_outputs;
  const Index blocks = pieces(rows.n, kRowBlock);
  const auto work = [&](int thread) {
    Batch<T>& lane = *lanes_[static_cast<std::size_t>(thread)];
    const Index end = blocks * (thread + 1) / active;
    for (Index b = blocks * thread / active; b < end && !poll.stopped(); ++b) {
      const Index from = b * kRowBlock, to = std::min(rows.n, from + kRowBlock);
      const View<T> made = run_block(rows, lane, from, to, logits, false);
      for (Index i = from; i < to; ++i) {
        const T* a = made.row(i - from);
        std::copy(a, a + n_outputs, out + i * n_outputs);
      }
      if (thread == 0) poll.after_rows(to - from);
    }
  };
  pool.run(active, work);
}

template <class T>
typename Predictor<T>::Score Predictor<T>::score(const Rows<T>& rows, Metric metric, bool mean,
                                                 ThreadPool& pool, int active, T* outputs,
                                                 Poll& poll) {
  const NetworkPlan& plan = network_.plan();
  const Index n_outputs = plan.n_outputs;
  const Index blocks = pieces(rows.n, kRowBlock);
  struct Sums {
    double loss = 0, metric = 0, weight = 0;
  };
  // One entry a block, added up in order: the same bits for any number of threads.
  std::vector<Sums> sums(static_cast<std::size_t>(blocks));
  const auto work = [&](int thread) {
    Batch<T>& lane = *lanes_[static_cast<std::size_t>(thread)];
    const Index end = blocks * (thread + 1) / active;
    for (Index b = blocks * thread / active; b < end && !poll.stopped(); ++b) {
      const Index from = b * kRowBlock, to = std::min(rows.n, from + kRowBlock);
      const View<T> made = run_block(rows, lane, from, to, false, true);
      Sums& sum = sums[static_cast<std::size_t>(b)];
      for (Index i = from; i < to; ++i) {
        const double weight =
            rows.weights == nullptr ? 1.0 : static_cast<double>(rows.weights[rows.at(i)]);
        const T* a = made.row(i - from);
        sum.weight += weight;
        sum.loss += weight * static_cast<double>(lane.losses[i - from]);
        if (metric == Metric::error || metric == Metric::rmse || metric == Metric::mae)
          sum.metric += weight * row_metric(metric, plan, a, lane.y + (i - from) * lane.y_stride);
        if (outputs != nullptr) std::copy(a, a + n_outputs, outputs + i * n_outputs);
      }
      if (thread == 0) poll.after_rows(to - from);
    }
  };
  pool.run(active, work);
  Sums all;
  for (const Sums& part : sums) {
    all.loss += part.loss;
    all.metric += part.metric;
    all.weight += part.weight;
  }
  const double loss = mean ? all.loss / all.weight : all.loss;
  if (metric == Metric::refined) return {loss, refined_log_loss(plan, rows, outputs)};
  const double value = all.metric / all.weight;
  return {loss, metric == Metric::loss ? loss : metric == Metric::rmse ? std::sqrt(value) : value};
}

template class Predictor<float>;
template class Predictor<double>;

}  // namespace chainrule
