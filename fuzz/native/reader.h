// SPDX-License-Identifier: Apache-2.0
// Choices and numbers from the fuzzer's bytes; behind their end every choice is the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.h"
#include "base/types.h"

namespace chainrule {

class Reader {
 public:
  Reader(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}

  std::uint8_t byte() { return at_ == end_ ? std::uint8_t{0} : *at_++; }
  // One of 0..most.
  Index upto(Index most) {
    Index value = byte();
    if (most > 255) value = value << 8 | byte();
    return value % (most + 1);
  }
  // True for one byte in so many, never for 0.
  bool once_in(int times) { return byte() % times == times - 1; }

  template <class Value, std::size_t kCount>
  Value one_of(const Value (&values)[kCount]) {
    return values[byte() % kCount];
  }

  // `count` numbers, each an allocation's own: most of them small, some at the limits.
  template <class T>
  std::vector<T> numbers(Index count, bool finite) {
    using Limits = std::numeric_limits<T>;
    const T special[] = {T(0),
                         -T(0),
                         T(1),
                         Limits::max(),
                         Limits::lowest(),
                         Limits::min(),
                         Limits::denorm_min(),
                         T(1e18),
                         Limits::infinity(),
                         Limits::quiet_NaN()};
    const auto key = static_cast<std::uint64_t>(byte());
    const std::uint8_t rate = byte();  // of the special ones: most often none
    std::vector<T> out(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Words words = philox({static_cast<std::uint32_t>(i), 0, 0, 0}, key);
      out[i] = static_cast<T>(2 * uniform(words[0], words[1]) - 1);
      if (rate >= 192 && words[2] % 256 < rate - 191u)
        out[i] = special[words[3] % (finite ? 8 : 10)];
    }
    return out;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace chainrule
