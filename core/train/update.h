// SPDX-License-Identifier: Apache-2.0
// Step 4, update: w <- w - eta dL/dw, or one of its descendants, block by block. The thread that
// computed a block's gradient updates it while it lies in L1, and writes the transposed copy.
#pragma once

#include "train/backward.h"
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

// Adds the penalty's gradient to a block's: l2 w + l1 sign(w).
template <class T>
void penalize_block(const KernelTable<T>& table, const Network<T>& network, const StepSize<T>& step,
                    const GradientTask& task, T* block);

// l1 sum |W| + l2/2 sum W^2 over all layers.
template <class T>
double penalty(const KernelTable<T>& table, const Network<T>& network, const TrainingPlan& plan);

// The rule for a group's parameters; the arrays and their length are still to be set.
template <class T>
UpdateArgs<T> update_args(const TrainingPlan& plan, const StepSize<T>& step,
                          const GroupPlan& group);

// Updates `count` numbers (whole panels) at `at` of Network::values() from their gradients, which
// it may overwrite.
template <class T>
void update_values(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                   State<T>& state, const GroupPlan& group, Index at, T* gradients, Index count);

// What update_block will read and write, where that has to come from memory; else nothing. Kept in
// `runs`, which holds kMostRuns.
template <class T>
std::span<const Run> update_runs(const State<T>& state, const GradientTask& task, Run* runs);

// Updates the block's parameters and their transposed copy from its gradient, which it may
// overwrite.
template <class T>
void update_block(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                  State<T>& state, const GradientTask& task, T* block);

}  // namespace chainrule
