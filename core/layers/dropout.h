// SPDX-License-Identifier: Apache-2.0
// Dropout after layer l (0 is the input): mask m = 0 with probability p, else 1 / (1 - p), drawn
// from (seed, layer, epoch, row of the table, unit).
//
//   forward   the next layer receives m a          backward   delta_below carries the factor m
#pragma once

#include "base/random.h"
#include "kernels/kernels.h"

namespace chainrule {

// One row's mask, in whole panels.
template <class T>
void dropout_mask(const KernelTable<T>& table, double rate, std::uint64_t seed, Index layer,
                  Index epoch, Index table_row, Index n_units, T* mask) {
  table.dropout_mask({.seed = seed,
                      .stream_layer = stream_word(Stream::dropout, layer),
                      .epoch = static_cast<std::uint32_t>(epoch),
                      .row = static_cast<std::uint32_t>(table_row),
                      .threshold = static_cast<std::uint32_t>(rate * 4294967296.0),
                      .kept = static_cast<T>(1.0 / (1.0 - rate)),
                      .n_units = n_units,
                      .mask = mask});
}

}  // namespace chainrule
