// SPDX-License-Identifier: Apache-2.0
// Step 3, backward: delta(l-1) = (W(l)^T delta(l)) * sigma'(z(l-1)) from the output down, then
// dL/dW(l) = delta(l) a(l-1)^T and dL/db(l) = delta(l), summed over the batch.
#pragma once

#include "train/batch.h"

namespace chainrule {

// Every delta of rows [from, to). Layer 1 hands nothing further down.
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
  Index bias_panel;   // panels of outputs whose bias gradient this block also sums,
  Index bias_panels;  // or 0
};

// Input units of a block: a multiple of every tile's rows and of the panel width.
inline constexpr Index kTaskInputs = 96;
inline constexpr Index kTaskPanels = 2;
// Panels of a narrow layer's block, which has as many numbers.
inline constexpr Index kNarrowPanels = kTaskPanels * kTaskInputs / kNarrowOutputs;

// All blocks of all layers, in an order that depends on the network alone.
std::vector<GradientTask> gradient_tasks(const NetworkPlan& plan, Index panel_width);

// Numbers one block needs at most: [panels][inputs][P], then [panels][P] for the bias.
template <class T>
constexpr Index task_size() {
  return kTaskPanels * (kTaskInputs + 1) * kPanel<T>;
}

// scale * gradient of one block over the whole batch: weights in block, biases in block_bias.
template <class T>
void gradient_block(const KernelTable<T>& table, const Network<T>& network, const Batch<T>& batch,
                    bool dropout, const GradientTask& task, T scale, T* block, T* block_bias);

// Between a block and a flat buffer laid out like Network::values().
template <class T>
void store_block(const Network<T>& network, const GradientTask& task, const T* block,
                 const T* block_bias, T* flat);
template <class T>
void load_block(const Network<T>& network, const GradientTask& task, const T* flat, T* block,
                T* block_bias);

}  // namespace chainrule
