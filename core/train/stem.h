// SPDX-License-Identifier: Apache-2.0
// What stands before layer 1, as part of the loop: a(0) = scale * h with h from the embeddings, and
// backward from delta(0) = dl/da(0) to their parameters.
#pragma once

#include "train/update.h"

namespace chainrule {

// h and a(0) of `rows` rows of features; without a scale a(0) is h, and `a` is not touched.
template <class T>
void stem_forward(const KernelTable<T>& table, const Network<T>& network, const T* x,
                  Index x_stride, Index rows, T* h, T* a, Index stride);

// a(0) of rows [from, to) of a batch.
template <class T>
void stem_forward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch,
                  Index from, Index to);

// From delta(0), which carries the rows' weights: dl/dscale_j of each row into h, dl/dh into delta.
template <class T>
void stem_backward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch,
                   Index from, Index to);

// A part whose gradient and update one thread makes: a column of waves, all categories, the scale.
struct StemTask {
  enum class Kind : int { waves, categories, scale } kind;
  Index column;
  Index cost;  // in the unit of a GradientTask's panels x inputs
};

std::vector<StemTask> stem_tasks(const NetworkPlan& plan);

// Numbers of scratch that a task needs.
template <class T>
Index stem_scratch(const NetworkPlan& plan, Index batch);

// scale * gradient of a task over the whole batch, into a buffer laid out like Network::values().
template <class T>
void stem_gradient(const KernelTable<T>& table, const Network<T>& network, const Batch<T>& batch,
                   const StemTask& task, T scale, T* scratch, T* gradients);

// Calls visit(named array, first number, count) for what a task updates, in whole panels.
template <class T, class Visit>
void each_stem_part(const Network<T>& network, const StemTask& task, Visit visit) {
  const StemPlace& at = network.stem();
  const auto whole = [](Index count) { return panels<T>(count) * kPanel<T>; };
  if (task.kind != StemTask::Kind::waves) {
    const Index k = task.kind == StemTask::Kind::scale ? at.scale : at.levels;
    return visit(k, network.tensor(k).start, whole(network.tensor(k).size()));
  }
  for (const auto& [k, rows] : {std::pair{at.freq, Index{1}},
                                {at.phase, Index{1}},
                                {at.mix, network.plan().stem.outputs},
                                {at.shift, Index{1}}}) {
    const Index count = rows * network.tensor(k).stride;
    visit(k, network.tensor(k).start + task.column * count, count);
  }
}

// Sum of the squares of a task's gradients.
template <class T>
double stem_norm(const KernelTable<T>& table, const Network<T>& network, const StemTask& task,
                 const T* gradients);

// Updates a task's parameters from their gradients, times `factor`, which it may overwrite.
template <class T>
void update_stem(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                 State<T>& state, const StemTask& task, T factor, T* gradients);

}  // namespace chainrule
