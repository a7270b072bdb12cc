// SPDX-License-Identifier: Apache-2.0
// The rows of one step and everything the step computes from them; allocated once per fit.
#pragma once

#include "base/arena.h"
#include "train/network.h"
#include "train/plan.h"

namespace chainrule {

// What stands before layer 1, rows x its inputs; all null where nothing does. Backward, h becomes
// dl/dscale of each row and delta becomes dl/dh.
template <class T>
struct StemRows {
  T* h = nullptr;
  T* a = nullptr;      // a(0) = scale * h, or h itself
  T* delta = nullptr;  // dl/da(0)
  Index stride = 0;
};

// Per layer, rows x units. `input` is what the next layer multiplies: a, or a * mask.
template <class T>
struct LayerRows {
  T* a = nullptr;
  T* delta = nullptr;
  T* mask = nullptr;      // with dropout
  T* input = nullptr;     // a, or the dropped copy
  T* residual = nullptr;  // with blend: sigma(z) - z, backward its product with dl/da
  T* z = nullptr;         // when kept for a trace
  T* slope = nullptr;     // when kept for a trace
  Index stride = 0;
};

template <class T>
class Batch {
 public:
  // `keep` also stores every z and sigma'(z).
  Batch(const NetworkPlan& plan, Index capacity, bool weighted, bool keep);

  Index capacity() const { return capacity_; }

  // Names the rows of the next step: positions first..first+n-1 of `order` (null: of the table).
  void choose(const Rows<T>& table, const std::uint32_t* order, Index first, Index n);
  // Copies rows [from, to) of the batch: inputs, targets, weights; draws their dropout masks, with
  // every rate times `dropout`. epoch < 0 leaves dropout off.
  void gather(const KernelTable<T>& table, const NetworkPlan& plan, std::uint64_t seed, Index epoch,
              double dropout, Index from, Index to);
  const T* x_mask() const { return x_mask_; }
  // Sum of the rows' weights, in one order.
  T weight_sum(const KernelTable<T>& table);

  Index n = 0;           // rows in this step
  const T* x = nullptr;  // features
  Index x_stride = 0;
  StemRows<T> stem;
  // The input of layer 1: the features, or what stands before layer 1 makes of them.
  const T* inputs() const { return stem.h == nullptr ? x : stem.a; }
  Index inputs_stride() const { return stem.h == nullptr ? x_stride : stem.stride; }
  T* y = nullptr;
  Index y_stride = 0;
  T* weights = nullptr;  // per row, null when all are 1
  T* losses = nullptr;   // per row, then per row times weight
  std::vector<LayerRows<T>> layers;

 private:
  Index table_row(Index i) const;
  void gather_targets(Index n_outputs, Index from, Index to);

  Index capacity_;
  Rows<T> rows_;
  const std::uint32_t* order_ = nullptr;
  Index first_ = 0;
  bool same_ = false;  // rows as in the last step, so that nothing but masks has to be made
  T* x_copy_ = nullptr;
  T* x_mask_ = nullptr;
  Index x_copy_stride_ = 0;
  Arena<T> arena_;
};

}  // namespace chainrule
