// SPDX-License-Identifier: Apache-2.0
// Sums over the rows of a batch. A chain of n additions in float may lose n * 3e-8 of its value
// where rows are alike. So such a sum is made of chains of about kChain rows, which are added up
// over a block of rows (block_depth), and the blocks are added in double: 1e-6 at worst, however
// many rows. The order depends on the number of rows alone. In double one chain is as good.

// Most summed indices of a PC block: one panel block of 256 x 64 bytes fills half of a 32 KiB L1.
inline constexpr Index kKC = 256;

// Summed indices of the next PC block, when so many are left.
inline Index block_depth(Index left, Index most = kKC) {
  return left < most + most / 2 ? left : most;
}

template <class T>
inline constexpr bool kChained = sizeof(T) == sizeof(float);
inline constexpr Index kChain = 48;

// Rows of the next chain, when so many are left in the block.
inline Index chain_depth(Index left) { return left <= kChain + kChunk ? left : kChain; }

// The next vector of numbers in double.
inline Doubles load_wide(const double* from) { return load<double>(from); }
inline Doubles load_wide(const float* from) {
  HalfFloats half;
  __builtin_memcpy(&half, from, sizeof(half));
  return __builtin_convertvector(half, Doubles);
}

// A vector of floats in double.
struct Wide {
  static constexpr int kHalf = kLanes<float> / 2;
  Doubles lower, upper;

  static Wide load_from(const double* from) {
    return {load<double>(from), load<double>(from + kHalf)};
  }
  static Wide of(Floats v) {
    return {__builtin_convertvector(shuffle_lanes<LanesFrom<0>>(v, v, Upto<kHalf>{}), Doubles),
            __builtin_convertvector(shuffle_lanes<LanesFrom<kHalf>>(v, v, Upto<kHalf>{}), Doubles)};
  }
  void store_to(double* to) const {
    store<double>(to, lower);
    store<double>(to + kHalf, upper);
  }
  Wide operator+(const Wide& other) const { return {lower + other.lower, upper + other.upper}; }
  Floats narrow() const {
    return shuffle_lanes<EveryLane>(__builtin_convertvector(lower, HalfFloats),
                                    __builtin_convertvector(upper, HalfFloats),
                                    Upto<kLanes<float>>{});
  }
};

// Adds the sums of a block to the totals of those before it. The first block begins them, the last
// one brings them back.
[[gnu::noinline]] void carry(float* sums, double* totals, Index count, bool first, bool last) {
  for (Index i = 0; i < count; i += kLanes<float>) {
    Wide total = Wide::of(load<float>(sums + i));
    if (!first) total = Wide::load_from(totals + i) + total;
    if (last) {
      store<float>(sums + i, total.narrow());
    } else {
      total.store_to(totals + i);
    }
  }
}

// Sum of one vector of columns over rows, as the weights' gradient with x = 1.
inline Doubles column_sum(const double* delta, Index stride, Index batch) {
  Doubles sum{};
  for (Index b = 0; b < batch; ++b) sum += load<double>(delta + b * stride);
  return sum;
}

inline Floats column_sum(const float* delta, Index stride, Index batch) {
  Wide total{};
  for (Index start = 0;;) {
    const Index depth = block_depth(batch - start);
    Floats block{};
    const Index end = start + depth;
    while (start < end) {
      Floats chain{};
      const Index last = start + chain_depth(end - start);
      for (; start < last; ++start) chain += load<float>(delta + start * stride);
      block += chain;
    }
    if (depth == batch) return block;
    total = total + Wide::of(block);
    if (start == batch) return total.narrow();
  }
}

// Bias gradients.
template <class T>
void column_sums(const T* delta, Index stride, Index batch, Index n_panels, T scale, T* out) {
  for (Index j = 0; j < n_panels * kPanel<T>; j += kLanes<T>)
    store<T>(out + j, column_sum(delta + j, stride, batch) * scale);
}

// In kPanel lanes and one tree: halves added until one is left.
template <class T>
double sum_rows(const T* x, Index count) {
  constexpr int kWideParts = static_cast<int>(kPanel<T>) / kLanes<double>;
  Doubles parts[kWideParts]{};
  for (Index i = 0; i < count; i += kPanel<T>)
#pragma GCC unroll 8
    for (int j = 0; j < kWideParts; ++j) parts[j] += load_wide(x + i + j * kLanes<double>);
  return sum_lanes<double>(fold_parts<double, kWideParts>(parts));
}
