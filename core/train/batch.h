// SPDX-License-Identifier: Apache-2.0
// Some rows of a table and everything that a pass computes from them; allocated once.
#pragma once

#include "base/arena.h"
#include "train/network.h"
#include "train/plan.h"

namespace chainrule {

template <class T>
class Batch {
 public:
  Batch(const Network<T>& network, Index capacity, bool weighted, Use use);

  Index capacity() const { return capacity_; }

  // Names the rows of the next step: positions first..first+n-1 of `order` (null: of the table). A
  // batch that trains takes all of them from one table, which stays as it is.
  void choose(const Rows<T>& table, const std::uint32_t* order, Index first, Index n);
  // Copies rows [from, to) of the batch: inputs and targets; draws their dropout masks. Without an
  // epoch (below 0) nothing is dropped.
  void gather(const KernelTable<T>& table, const Draw& draw, Index from, Index to);
  // Copies the rows' weights; their sum, in one order.
  double weight_sum(const KernelTable<T>& table);

  Index n = 0;  // rows in this step
  View<const T> x;
  T* y = nullptr;
  Index y_stride = 0;
  T* weights = nullptr;  // per row, null when all are 1
  T* losses = nullptr;   // per row, then per row times weight
  // The rows of each layer; z(L) is the last one's `out`, and where nobody keeps it, its `delta`.
  std::vector<LayerRows<T>> rows;
  // Of every layer, those inside others included, in the order of Network::leaves().
  std::vector<LayerRows<T>*> leaves;
  // a(L) and sigma'(z(L)) of a trace.
  T* output = nullptr;
  T* output_slope = nullptr;

 private:
  Index table_row(Index i) const;
  void gather_targets(Index from, Index to);

  const Network<T>& network_;
  Index capacity_;
  Rows<T> table_;
  const std::uint32_t* order_ = nullptr;
  Index first_ = 0;
  bool trains_;
  bool same_ = false;  // rows as in the last step, so that nothing but masks has to be made
  std::vector<Index> droppers_;  // of the leaves
  bool unpadded_;                // whether the first layer reads the table's rows as they lie
  View<T> x_copy_;
  Arena<T> arena_;
};

}  // namespace chainrule
