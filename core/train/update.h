// SPDX-License-Identifier: Apache-2.0
// Step 4, update: w <- w - eta dL/dw, or one of its descendants, task by task. The thread that
// computed a task's gradient updates it while it lies in L1.
#pragma once

#include "train/state.h"

namespace chainrule {

// Schedules' factors of one step on the learning rate, the weight decay and the dropout rates.
struct StepFactors {
  double rate = 1;
  double decay = 1;
  double dropout = 1;
};

// The numbers of one step that all blocks share.
template <class T>
struct StepSize {
  double rate;    // learning rate * schedule
  double decay;   // weight decay * schedule
  double scale;   // 1 / sum of row weights, or 1
  T correction1;  // 1 / (1 - beta1^t)
  T correction2;
  T l1;
  T l2;
  T epsilon;
};

// Advances the step counter and the bias corrections. With epsilon_hat, sqrt(v') + epsilon becomes
// (sqrt(v) + epsilon) / sqrt(1 - beta2^t), v' being v without its bias.
template <class T>
StepSize<T> next_step(const TrainingPlan& plan, Moments<T>& moments, const StepFactors& factors,
                      double weight_sum);

// The rule for a group's parameters; the arrays and their length are still to be set.
template <class T>
UpdateArgs<T> update_args(const TrainingPlan& plan, const StepSize<T>& step,
                          const GroupPlan& group);

// Adds the penalty's gradient to a task's block: l2 w + l1 sign(w), of weights only.
template <class T>
void penalize(const State<T>& state, const StepSize<T>& step, const Parts& parts, T* block);

// l1 sum |W| + l2/2 sum W^2 over all layers.
template <class T>
double penalty(const Network<T>& network, const TrainingPlan& plan);

// Updates a task's parameters and their copies from its block of gradients, which it may overwrite.
// Returns whether they, but for frozen ones, and their second moments are finite.
template <class T>
bool update(State<T>& state, const TrainingPlan& plan, const StepSize<T>& step, const Task& task,
            const Parts& parts, T* block);

}  // namespace chainrule
