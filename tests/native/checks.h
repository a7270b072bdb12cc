// SPDX-License-Identifier: Apache-2.0
// What the native tests share: counted failures and numbers on the heap.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/types.h"

namespace chainrule {

inline int& failures() {
  static int count = 0;
  return count;
}

inline void check(bool holds, const char* what, const std::string& where) {
  if (holds) return;
  ++failures();
  std::fprintf(stderr, "FAILED %s: %s\n", what, where.c_str());
}

// `count` numbers in an allocation of their own, so that one read too far is seen.
template <class T>
std::vector<T> numbers(Index count, std::uint32_t stream) {
  std::vector<T> out(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Words words = philox({static_cast<std::uint32_t>(i), stream, 0, 0}, 1);
    out[i] = static_cast<T>(2 * uniform(words[0], words[1]) - 1);
  }
  return out;
}

// Every activation gives the same bits within a product's epilogue and in calls of its own.
void activations_in_calls_of_their_own();

}  // namespace chainrule
