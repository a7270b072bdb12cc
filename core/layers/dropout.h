// SPDX-License-Identifier: Apache-2.0
// Dropout behind layer l (0 is the input): mask m = 0 with probability p, else 1 / (1 - p), drawn
// from (seed, l, epoch, row of the table, unit).
//
//   forward   out = m in          backward   dl/d(in) = m dl/d(out)
#pragma once

#include "base/random.h"
#include "layers/layer.h"

namespace chainrule {

struct DropoutPlan : LayerPlan {
  DropoutPlan() = default;
  explicit DropoutPlan(double rate_) : rate(rate_) {}
  CHAINRULE_MAKES_LAYER

  double rate = 0;
};

// One row's mask, in whole panels.
template <class T>
void draw_dropout_mask(const KernelTable<T>& table, const DropoutPlan& plan, const Draw& draw,
                       Index layer, Index table_row, Index n_units, T* mask) {
  const double rate = draw.factor * plan.rate;
  table.dropout_mask({.seed = draw.seed,
                      .stream_layer = stream_word(Stream::dropout, layer),
                      .epoch = static_cast<std::uint32_t>(draw.epoch),
                      .row = static_cast<std::uint32_t>(table_row),
                      .threshold = static_cast<std::uint32_t>(rate * 4294967296.0),
                      .kept = static_cast<T>(1.0 / (1.0 - rate)),
                      .n_units = n_units,
                      .mask = mask});
}

}  // namespace chainrule
