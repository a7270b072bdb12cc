// SPDX-License-Identifier: Apache-2.0
// The stopping rules, asked after each epoch.
#pragma once

#include <cmath>

#include "train/state.h"
#include "train/thread_tuning.h"

namespace chainrule {

// Keeps the best score for patience; whether that is at its end. `score` is the validation metric,
// or the training loss where there are no validation rows.
template <class T>
bool is_patience_over(const TrainingPlan& plan, State<T>& state, double score, bool first) {
  if (plan.patience == 0) return false;
  if (first || score < state.best_score - plan.tol) {
    state.best_score = score;
    state.waited = 0;
    return false;
  }
  return ++state.waited >= plan.patience;
}

// The reason to stop after the last epoch of the history, or null.
template <class T>
const char* stop_reason(const TrainingPlan& plan, State<T>& state, double score,
                        Clock::time_point start) {
  const std::vector<double>& losses = state.history.loss;
  if (plan.patience > 0) {
    if (is_patience_over(plan, state, score, losses.size() == 1)) return "patience";
  } else if (plan.tol > 0 && losses.size() > 1 &&
             losses[losses.size() - 2] - losses.back() < plan.tol) {
    return "tol";
  }
  if (plan.time_limit > 0 && seconds_since(start) >= plan.time_limit) return "time_limit";
  return nullptr;
}

}  // namespace chainrule
