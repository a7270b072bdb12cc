// SPDX-License-Identifier: Apache-2.0
// Step 3, backward: delta(l-1) = (W(l)^T delta(l)) * sigma'(z(l-1)) from the output down, then
// dL/dW(l) = delta(l) a(l-1)^T and dL/db(l) = delta(l), summed over the batch.
#pragma once

#include <span>

#include "train/batch.h"

namespace chainrule {

// Every delta of rows [from, to). Layer 1 hands further down only to what has parameters there.
template <class T>
void backward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch, bool dropout,
              Index from, Index to);

// Multiplies each row's deltas by its weight, which enters the gradients here and nowhere else.
template <class T>
void weigh_deltas(const KernelTable<T>& table, Batch<T>& batch, Index from, Index to);

// A block of one layer's gradient: rows first..last-1 of a group of panels of its weights. Rows are
// input units and panels output units; in a narrow layer it is the other way round.
struct GradientTask {
  Index layer;
  Index panel;
  Index n_panels;
  Index first;
  Index last;
  Index bias_panel;   // panels of outputs whose bias and blend gradients this block also sums,
  Index bias_panels;  // or 0
};

// Input units of a block: a multiple of every tile's rows and of the panel width.
inline constexpr Index kTaskInputs = 96;
inline constexpr Index kTaskPanels = 2;
// Panels of a narrow layer's block, which has as many numbers.
inline constexpr Index kNarrowPanels = kTaskPanels * kTaskInputs / kSkinnyOutputs;

// All blocks of all layers, in an order that depends on the network alone.
std::vector<GradientTask> gradient_tasks(const NetworkPlan& plan, Index panel_width);

// One block holds at most [panels][inputs][P] for weights, then [panels][P] for biases, then as
// many for blends.
template <class T>
inline constexpr Index kBlockBias = kTaskPanels * kTaskInputs * kPanel<T>;
template <class T>
inline constexpr Index kBlockBlend = kBlockBias<T> + kTaskPanels * kPanel<T>;
template <class T>
constexpr Index task_size() {
  return kBlockBlend<T> + kTaskPanels * kPanel<T>;
}

// Calls visit(named array, place in Network::values(), place in the block, count) for the runs of
// numbers that a block holds: each panel of weights, then the biases and the blends.
template <class T, class Visit>
void each_block_part(const Network<T>& network, const GradientTask& task, Visit visit) {
  const LayerPlace& place = network.place(task.layer);
  const Index count = (task.last - task.first) * kPanel<T>;
  for (Index p = 0; p < task.n_panels; ++p) {
    const Index at = ((task.panel + p) * place.rows + task.first) * kPanel<T>;
    visit(place.tensor, place.weights + at, p * count, count);
  }
  if (task.bias_panels == 0) return;
  const Index at = task.bias_panel * kPanel<T>, outputs = task.bias_panels * kPanel<T>;
  visit(place.tensor + 1, place.bias + at, kBlockBias<T>, outputs);
  if (place.blend >= 0) visit(place.tensor + 2, place.blend + at, kBlockBlend<T>, outputs);
}

// scale * gradient of one block over the whole batch; `runs` are fetched meanwhile.
template <class T>
void gradient_block(const KernelTable<T>& table, const Network<T>& network, const Batch<T>& batch,
                    bool dropout, const GradientTask& task, T scale, T* block,
                    std::span<const Run> runs = {});

// Sum of the squares of a block's gradients.
template <class T>
double block_norm(const KernelTable<T>& table, const Network<T>& network, const GradientTask& task,
                  const T* block);

// Between a block and a flat buffer laid out like Network::values().
template <class T>
void store_block(const Network<T>& network, const GradientTask& task, const T* block, T* flat);
template <class T>
void load_block(const Network<T>& network, const GradientTask& task, const T* flat, T* block);

}  // namespace chainrule
