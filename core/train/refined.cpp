// SPDX-License-Identifier: Apache-2.0
#include "train/refined.h"

#include <algorithm>
#include <cmath>

namespace chainrule {
namespace {

constexpr int kSteps = 14;  // log beta to 0.002, which moves the loss by its square
constexpr double kLogRange = 16;
constexpr Index kRows = 10'000;
constexpr double kTiny = 1e-38;

// Rows of logits in double, with their targets and weights.
template <class T>
class Logits {
 public:
  Logits(const NetworkPlan& plan, const Rows<T>& rows, const T* outputs)
      : rows_(rows),
        n_outputs_(plan.n_outputs),
        multilabel_(!row_of(plan.loss).of_classes),
        z_(static_cast<std::size_t>(rows.n * n_outputs_)),
        scratch_(static_cast<std::size_t>(n_outputs_)) {
    const Index count = rows.n * n_outputs_;
    for (std::size_t i = 0; i < z_.size(); ++i) {
      const auto p = static_cast<double>(outputs[i]);
      z_[i] = std::max(p, kTiny);
      if (multilabel_) z_[i] /= std::max(1 - p, kTiny);
    }
    kernels<double>().evaluate(Function::log, z_.data(), z_.data(), count);
  }

  double weight(Index i) const {
    return rows_.weights == nullptr ? 1.0 : static_cast<double>(rows_.weights[rows_.at(i)]);
  }

  // Derivative by beta of row i's loss against its smoothed target.
  double slope(Index i, double beta, double smoothing) {
    const double* z = row(i);
    const double* p = link(i, beta);
    double sum = 0;
    for (Index j = 0; j < n_outputs_; ++j) {
      const double any = multilabel_ ? 0.5 : 1.0 / static_cast<double>(n_outputs_);
      const double wanted = (1 - smoothing) * target(i, j) + smoothing * any;
      sum += z[j] * (p[j] - wanted);
    }
    return sum;
  }

  double loss(Index i, double beta) {
    const double* p = link(i, beta);
    double sum = 0;
    for (Index j = 0; j < n_outputs_; ++j) {
      const double y = target(i, j);
      if (y > 0) sum -= y * std::log(std::max(p[j], kTiny));
      if (multilabel_ && y < 1) sum -= (1 - y) * std::log(std::max(1 - p[j], kTiny));
    }
    return sum;
  }

 private:
  const double* row(Index i) const { return z_.data() + i * n_outputs_; }

  double target(Index i, Index j) const {
    const Index at = rows_.at(i);
    if (rows_.classes != nullptr) return rows_.classes[at] == j ? 1.0 : 0.0;
    return static_cast<double>(rows_.y[at * n_outputs_ + j]);
  }

  // Probabilities of row i at beta.
  const double* link(Index i, double beta) {
    const double* z = row(i);
    double* p = scratch_.data();
    const double top = beta * *std::max_element(z, z + n_outputs_);
    for (Index j = 0; j < n_outputs_; ++j)
      p[j] = multilabel_ ? -std::fabs(beta * z[j]) : beta * z[j] - top;
    kernels<double>().evaluate(Function::exp, p, p, n_outputs_);
    double sum = 0;
    for (Index j = 0; j < n_outputs_; ++j) sum += p[j];
    for (Index j = 0; j < n_outputs_; ++j)
      p[j] = multilabel_ ? (z[j] >= 0 ? 1.0 : p[j]) / (1 + p[j]) : p[j] / sum;
    return p;
  }

  const Rows<T>& rows_;
  Index n_outputs_;
  bool multilabel_;
  std::vector<double> z_;  // [n][n_outputs]
  std::vector<double> scratch_;
};

}  // namespace

template <class T>
double refined_log_loss(const NetworkPlan& plan, const Rows<T>& rows, const T* outputs) {
  Logits<T> logits(plan, rows, outputs);
  Index every = std::max<Index>(1, rows.n / kRows);
  // So many rows of equal weight tell as much: (sum s)^2 / sum s^2, whatever the weights' unit.
  const auto row_count = [&] {
    double sum = 0, squares = 0;
    for (Index i = 0; i < rows.n; i += every) {
      sum += logits.weight(i);
      squares += logits.weight(i) * logits.weight(i);
    }
    return squares > 0 ? sum * sum / squares : 0.0;
  };
  if (row_count() == 0) every = 1;
  const double smoothing = 1.0 / (row_count() + 1);
  double low = -kLogRange, high = kLogRange;
  for (int step = 0; step < kSteps; ++step) {  // convex in beta: the slope changes sign once
    const double middle = 0.5 * (low + high), beta = std::exp(middle);
    double slope = 0;
    for (Index i = 0; i < rows.n; i += every)
      slope += logits.weight(i) * logits.slope(i, beta, smoothing);
    (slope > 0 ? high : low) = middle;
  }
  const double beta = std::exp(0.5 * (low + high));
  double loss = 0, weight = 0;
  for (Index i = 0; i < rows.n; ++i) {
    loss += logits.weight(i) * logits.loss(i, beta);
    weight += logits.weight(i);
  }
  return loss / weight;
}

template double refined_log_loss(const NetworkPlan&, const Rows<float>&, const float*);
template double refined_log_loss(const NetworkPlan&, const Rows<double>&, const double*);

}  // namespace chainrule
