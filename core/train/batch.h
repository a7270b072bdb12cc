// SPDX-License-Identifier: Apache-2.0
// The rows of one step and everything the step computes from them; allocated once per fit.
#pragma once

#include "base/arena.h"
#include "train/network.h"
#include "train/plan.h"

namespace chainrule {

// Per layer, rows x units. `input` is what the next layer multiplies: a, or a * mask.
template <class T>
struct LayerRows {
  T* a = nullptr;
  T* delta = nullptr;
  T* mask = nullptr;   // with dropout
  T* input = nullptr;  // a, or the dropped copy
  T* z = nullptr;      // when kept for a trace
  T* slope = nullptr;  // when kept for a trace
  Index stride = 0;
};

template <class T>
class Batch {
 public:
  // `keep` also stores every z and sigma'(z).
  Batch(const NetworkPlan& plan, Index capacity, bool weighted, bool keep);

  // Names the rows of the next step: positions first..first+n-1 of `order` (null: of the table).
  void choose(const Rows<T>& table, const std::uint32_t* order, Index first, Index n);
  // Copies rows [from, to) of the batch: inputs, targets, weights; draws their dropout masks.
  // epoch < 0 leaves dropout off.
  void gather(const KernelTable<T>& table, const NetworkPlan& plan, std::uint64_t seed, Index epoch,
              Index from, Index to);
  const T* x_mask() const { return x_mask_; }
  // Sum of the rows' weights, in one order.
  T weight_sum(const KernelTable<T>& table);

  Index n = 0;           // rows in this step
  const T* x = nullptr;  // input of layer 1
  Index x_stride = 0;
  T* y = nullptr;
  Index y_stride = 0;
  T* weights = nullptr;  // per row, null when all are 1
  T* losses = nullptr;   // per row, then per row times weight
  std::vector<LayerRows<T>> layers;

 private:
  Index table_row(Index i) const;

  Rows<T> rows_;
  const std::uint32_t* order_ = nullptr;
  Index first_ = 0;
  T* x_copy_ = nullptr;
  T* x_mask_ = nullptr;
  Index x_copy_stride_ = 0;
  Arena<T> arena_;
};

}  // namespace chainrule
