// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC'11). A draw is a function of
// (seed, stream, layer, epoch, row, unit), so no order of work and no number of threads changes it.
#pragma once

#include <array>
#include <cstdint>

#include "base/types.h"

namespace chainrule {

enum class Stream : std::uint32_t { init = 0, shuffle = 1, split = 2, dropout = 3 };

using Words = std::array<std::uint32_t, 4>;

inline Words philox(Words counter, std::uint64_t key) {
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {
        static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ k0, static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return counter;
}

// The counter's word of a stream and a layer.
inline std::uint32_t stream_word(Stream stream, Index layer) {
  return (static_cast<std::uint32_t>(stream) << 16) + static_cast<std::uint32_t>(layer);
}

inline Words draw(std::uint64_t seed, Stream stream, std::uint32_t layer, std::uint32_t epoch,
                  std::uint32_t row, std::uint32_t unit) {
  return philox({row, unit, stream_word(stream, layer), epoch}, seed);
}

// 53 random bits as a number in [0, 1).
inline double uniform(std::uint32_t high, std::uint32_t low) {
  return (static_cast<double>(high >> 5) * 67108864.0 + static_cast<double>(low >> 6)) * 0x1p-53;
}

// Fisher-Yates on `order`, which the caller fills; one word a position.
inline void shuffle(std::uint32_t* order, Index n, std::uint64_t seed, Stream stream,
                    std::uint32_t epoch) {
  Words words{};
  Index drawn = -1;
  for (Index i = n - 1; i > 0; --i) {
    if (i / 4 != drawn) {
      drawn = i / 4;
      words = draw(seed, stream, 0, epoch, static_cast<std::uint32_t>(drawn), 0);
    }
    const auto j = static_cast<Index>((std::uint64_t{words[static_cast<std::size_t>(i % 4)]} *
                                       static_cast<std::uint64_t>(i + 1)) >>
                                      32);
    const std::uint32_t held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
}

}  // namespace chainrule
