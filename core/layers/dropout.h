// SPDX-License-Identifier: Apache-2.0
// Dropout after layer l (0 is the input): mask m = 0 with probability p, else 1 / (1 - p), drawn
// from (seed, layer, epoch, row of the table, unit).
//
//   forward   the next layer receives m a          backward   delta_below carries the factor m
#pragma once

#include "base/random.h"
#include "base/types.h"

namespace chainrule {

template <class T>
void dropout_mask(double rate, std::uint64_t seed, Index layer, Index epoch, Index table_row,
                  Index n_units, T* mask) {
  const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
  const T kept = static_cast<T>(1.0 / (1.0 - rate));
  for (Index unit = 0; unit < n_units; unit += 4) {
    const Words words = draw(
        seed, Stream::dropout, static_cast<std::uint32_t>(layer), static_cast<std::uint32_t>(epoch),
        static_cast<std::uint32_t>(table_row), static_cast<std::uint32_t>(unit / 4));
    const Index n = n_units - unit < 4 ? n_units - unit : 4;
    for (Index i = 0; i < n; ++i)
      mask[unit + i] = words[static_cast<std::size_t>(i)] >= threshold ? kept : T(0);
  }
}

}  // namespace chainrule
