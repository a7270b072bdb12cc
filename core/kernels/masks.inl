// SPDX-License-Identifier: Apache-2.0
// Dropout masks from Philox4x32-10 (see base/random.h), one counter a lane. Of each 64 units, word
// i of 16 counters belongs to units 16 i to 16 i + 15, so that no lane has to move.

typedef std::uint32_t Words __attribute__((vector_size(kVectorBytes)));
inline constexpr int kWordLanes = kVectorBytes / 4;

inline Words all_words(std::uint32_t word) { return word - Words{}; }

// The high and low halves of word * factor, from the even and the odd lanes' products.
inline void wide_product(Words word, std::uint32_t factor, Words* high, Words* low) {
  const Uint64s pairs = reinterpret_cast<Uint64s>(word);
  const Uint64s lower = (std::uint64_t{1} << 32) - 1 - Uint64s{};
  const Uint64s even = multiply_low_words(pairs, factor);
  const Uint64s odd = multiply_low_words(pairs >> 32, factor);
  *high = reinterpret_cast<Words>((even >> 32) | (odd & ~lower));
  *low = reinterpret_cast<Words>((even & lower) | (odd << 32));
}

inline void philox_lanes(Words (&counter)[4], std::uint64_t key) {
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    Words high0, low0, high1, low1;
    wide_product(counter[0], 0xD2511F53u, &high0, &low0);
    wide_product(counter[2], 0xCD9E8D57u, &high1, &low1);
    counter[0] = high1 ^ counter[1] ^ k0;
    counter[1] = low1;
    counter[2] = high0 ^ counter[3] ^ k1;
    counter[3] = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

// One lane's mask each, of at most `n` lanes; whole vectors of floats always fit.
inline void store_mask(Words word, const MaskArgs<float>& args, float* mask, Index) {
  store<float>(mask, word >= all_words(args.threshold) ? broadcast<float>(args.kept) : Floats{});
}

inline void store_mask(Words word, const MaskArgs<double>& args, double* mask, Index n) {
  for (int i = 0; i < kWordLanes && i < n; ++i)
    mask[i] = word[i] >= args.threshold ? args.kept : 0.0;
}

template <class T>
void dropout_mask(const MaskArgs<T>& args) {
  constexpr Index kCounters = 16;
  const Index width = panels<T>(args.n_units) * kPanel<T>;
  Words lane{};
#pragma GCC unroll 16
  for (int i = 0; i < kWordLanes; ++i) lane[i] = static_cast<std::uint32_t>(i);
  for (Index unit = 0; unit < width; unit += 4 * kCounters) {
    for (Index first = 0; first < kCounters; first += kWordLanes) {
      Words word[4] = {all_words(args.row), lane + static_cast<std::uint32_t>(unit / 4 + first),
                       all_words(args.stream_layer), all_words(args.epoch)};
      philox_lanes(word, args.seed);
#pragma GCC unroll 4
      for (Index i = 0; i < 4; ++i) {
        const Index at = unit + i * kCounters + first;
        if (at < width) store_mask(word[i], args, args.mask + at, width - at);
      }
    }
  }
}
