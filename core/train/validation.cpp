// SPDX-License-Identifier: Apache-2.0
#include "train/validation.h"

#include <algorithm>
#include <cmath>

#include "layers/dense.h"
#include "train/refined.h"
#include "train/stem.h"

namespace chainrule {
namespace {

constexpr Index kRowBlock = 120;

// The row's contribution to a metric: 0 or 1 for error, the mean over outputs of (a - y)^2 or
// |a - y|. Classes by argmax; with one output, by a > 1/2.
template <class T>
double row_metric(Metric metric, const NetworkPlan& plan, const T* a, const T* y) {
  const Index n = plan.n_outputs();
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
Predictor<T>::Predictor(const NetworkPlan& plan, int max_threads)
    : plan_(plan),
      table_(kernels<T>()),
      constants_(plan),
      lanes_(static_cast<std::size_t>(max_threads)) {
  for (Lane& lane : lanes_) {
    lane.a.resize(plan.layers.size());
    for (std::size_t l = 0; l < plan.layers.size(); ++l)
      lane.arena.request(&lane.a[l], kRowBlock, row_stride<T>(plan.layers[l].n_out));
    lane.arena.request(&lane.x, kRowBlock, plan.n_features);
    if (!plan.stem.empty()) {
      lane.arena.request(&lane.h, kRowBlock, row_stride<T>(plan.n_inputs()));
      lane.arena.request(&lane.a0, plan.stem.scale ? kRowBlock : 0, row_stride<T>(plan.n_inputs()));
    }
    lane.arena.request(&lane.y, kRowBlock, row_stride<T>(plan.n_outputs()));
    lane.arena.request(&lane.losses, kRowBlock + kPanel<T>, 1);
    lane.arena.allocate();
  }
}

template <class T>
void Predictor<T>::run_block(const Network<T>& network, const Rows<T>& rows, Lane& lane, Index from,
                             Index to, bool logits, bool with_loss) {
  const Index n_outputs = plan_.n_outputs(), y_stride = row_stride<T>(n_outputs);
  const T* below = rows.x + from * rows.n_features;
  Index below_stride = rows.n_features;
  if (rows.rows != nullptr) {  // rows that lie apart are brought together
    below = lane.x;
    for (Index i = from; i < to; ++i) {
      const T* source = rows.x + rows.at(i) * rows.n_features;
      std::copy(source, source + rows.n_features, lane.x + (i - from) * below_stride);
    }
  }
  if (lane.h != nullptr) {
    const Index stride = row_stride<T>(plan_.n_inputs());
    stem_forward(table_, network, below, below_stride, to - from, lane.h, lane.a0, stride);
    below = plan_.stem.scale ? lane.a0 : lane.h;
    below_stride = stride;
  }
  for (Index l = 0; l < network.n_layers(); ++l) {
    const Index stride = row_stride<T>(network.layer(l).n_out);
    T* a = lane.a[static_cast<std::size_t>(l)];
    const bool last = l + 1 == network.n_layers();
    dense_forward<T>(table_, network, l, last ? Activation::identity : network.layer(l).activation,
                     below, below_stride, to - from, {a, stride});
    below = a;
    below_stride = stride;
  }
  if (logits) return;
  if (with_loss) {
    for (Index i = from; i < to; ++i) {
      T* target = lane.y + (i - from) * y_stride;
      const Index row = rows.at(i);
      if (rows.classes != nullptr) {
        std::fill(target, target + n_outputs, T(0));
        target[rows.classes[row]] = T(1);
      } else {
        std::copy(rows.y + row * n_outputs, rows.y + (row + 1) * n_outputs, target);
      }
    }
  }
  const Index stride = row_stride<T>(n_outputs);
  table_.loss_rows({.loss = plan_.loss,
                    .activation = plan_.layers.back().activation,
                    .huber_delta = constants_.huber_delta,
                    .quantiles = constants_.quantiles.data(),
                    .rows = to - from,
                    .n_outputs = n_outputs,
                    .z = lane.a.back(),
                    .y = with_loss ? lane.y : nullptr,
                    .stride = stride,
                    .y_stride = y_stride,
                    .a = lane.a.back(),
                    .slope = nullptr,
                    .losses = with_loss ? lane.losses : nullptr,
                    .delta = nullptr});
}

template <class T>
void Predictor<T>::predict(const Network<T>& network, const Rows<T>& rows, bool logits, Team& team,
                           int active, T* out) {
  const Index n_outputs = plan_.n_outputs(), stride = row_stride<T>(n_outputs);
  const Index blocks = (rows.n + kRowBlock - 1) / kRowBlock;
  const auto work = [&](int thread) {
    Lane& lane = lanes_[static_cast<std::size_t>(thread)];
    for (Index b = blocks * thread / active; b < blocks * (thread + 1) / active; ++b) {
      const Index from = b * kRowBlock, to = std::min(rows.n, from + kRowBlock);
      run_block(network, rows, lane, from, to, logits, false);
      for (Index i = from; i < to; ++i) {
        const T* a = lane.a.back() + (i - from) * stride;
        std::copy(a, a + n_outputs, out + i * n_outputs);
      }
    }
  };
  team.run(active, work);
}

template <class T>
typename Predictor<T>::Score Predictor<T>::score(const Network<T>& network, const Rows<T>& rows,
                                                 Metric metric, bool mean, Team& team, int active,
                                                 T* outputs) {
  const Index n_outputs = plan_.n_outputs(), stride = row_stride<T>(n_outputs);
  const Index y_stride = row_stride<T>(n_outputs);
  const Index blocks = (rows.n + kRowBlock - 1) / kRowBlock;
  struct Sums {
    double loss = 0, metric = 0, weight = 0;
  };
  // One entry a block, added up in order: the same bits for any number of threads.
  std::vector<Sums> sums(static_cast<std::size_t>(blocks));
  const auto work = [&](int thread) {
    Lane& lane = lanes_[static_cast<std::size_t>(thread)];
    for (Index b = blocks * thread / active; b < blocks * (thread + 1) / active; ++b) {
      const Index from = b * kRowBlock, to = std::min(rows.n, from + kRowBlock);
      run_block(network, rows, lane, from, to, false, true);
      Sums& sum = sums[static_cast<std::size_t>(b)];
      for (Index i = from; i < to; ++i) {
        const double weight =
            rows.weights == nullptr ? 1.0 : static_cast<double>(rows.weights[rows.at(i)]);
        const T* a = lane.a.back() + (i - from) * stride;
        sum.weight += weight;
        sum.loss += weight * static_cast<double>(lane.losses[i - from]);
        if (metric == Metric::error || metric == Metric::rmse || metric == Metric::mae)
          sum.metric += weight * row_metric(metric, plan_, a, lane.y + (i - from) * y_stride);
        if (outputs != nullptr) std::copy(a, a + n_outputs, outputs + i * n_outputs);
      }
    }
  };
  team.run(active, work);
  Sums all;
  for (const Sums& part : sums) {
    all.loss += part.loss;
    all.metric += part.metric;
    all.weight += part.weight;
  }
  const double loss = mean ? all.loss / all.weight : all.loss;
  if (metric == Metric::refined) return {loss, refined_log_loss(plan_, rows, outputs)};
  const double value = all.metric / all.weight;
  return {loss, metric == Metric::loss ? loss : metric == Metric::rmse ? std::sqrt(value) : value};
}

template class Predictor<float>;
template class Predictor<double>;

}  // namespace chainrule
