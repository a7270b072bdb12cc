// SPDX-License-Identifier: Apache-2.0
// The step of a small network on one thread: the layers' calls are prepared once a fit, and two
// calls run them all. Every bit is that of the step in blocks, so either may serve any step.
#pragma once

#include "train/batch.h"
#include "train/loss.h"
#include "train/update.h"

namespace chainrule {

template <class T>
class SmallStep {
 public:
  // Whether calls would cost as much as arithmetic, and there is nothing that only blocks can do.
  static bool suits(const TrainingPlan& training, Batch<T>& batch, State<T>& state);

  SmallStep(const TrainingPlan& training, const LossConstants<T>& constants, Batch<T>& batch,
            State<T>& state);

  // Forward, loss and backward of all the batch's rows.
  void rows(const KernelTable<T>& table, const Batch<T>& batch);
  // Gradients and updates, and whether all is finite as update() tells.
  bool weights(const KernelTable<T>& table, const StepSize<T>& step);

 private:
  const TrainingPlan& plan_;
  std::vector<SmallLayer<T>> layers_;
  LossArgs<T> loss_;
  Buffer<T> gradients_;
  double rate_ = -1;  // of the last step
  double decay_ = -1;
};

}  // namespace chainrule
