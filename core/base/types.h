// SPDX-License-Identifier: Apache-2.0
// The two words every file uses: Index for sizes and positions, kPanel for the width of a panel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chainrule {

using Index = std::int64_t;

inline constexpr Index kCacheLine = 64;

// A panel is 64 bytes wide: 16 floats or 8 doubles. Rows and weights are padded to whole panels.
template <class T>
inline constexpr Index kPanel = kCacheLine / static_cast<Index>(sizeof(T));

// Pieces of at most so many each that n make.
constexpr Index pieces(Index n, Index most) { return (n + most - 1) / most; }

template <class T>
constexpr Index panels(Index n) {
  return pieces(n, kPanel<T>);
}

// Distance between rows of an (n_rows, n) array: whole cache lines, and an odd number of them,
// since a power of two would put one column of all rows into a few sets of the L1 cache.
template <class T>
constexpr Index row_stride(Index n) {
  return (panels<T>(n) | 1) * kPanel<T>;
}

}  // namespace chainrule
