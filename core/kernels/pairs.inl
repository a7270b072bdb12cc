// SPDX-License-Identifier: Apache-2.0
// The factors of the three products where they are pairs of bfloat16: two neighbours of the summed
// index in one word as large as a float, the earlier one in its lower half. So pairs lie wherever
// floats may, and every loop over floats serves them. A number is rounded to the nearest, of two
// equally near ones to the even; numbers below 2^-126 are 0, as everywhere in the engine.
//
//   units     of one row                      left factors of forward and backward data
//   rows      of one column, across rows      both factors of the weights' gradient, and weights

// The layers that are paired are too wide for it.
inline constexpr bool kServesSmall = false;

template <class T>
inline Floats every_lane(T word) {
  return Floats(_mm512_set1_ps(word));
}

// sum + the products of both halves, in float.
inline Floats add_product(Floats factor, Floats row, Floats sum) {
  return Floats(_mm512_dpbf16_ps(__m512(sum), (__m512bh)factor, (__m512bh)row));
}

// Of the next 16 numbers those before `n`, then zeros.
inline __m512 load_some(const float* from, Index n) {
  if (n >= kLanes<float>) return _mm512_loadu_ps(from);
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << (n > 0 ? n : 0)) - 1), from);
}

// The 32 numbers of two vectors, those of `low` first.
inline __m512i rounded(__m512 low, __m512 high) { return (__m512i)_mm512_cvtne2ps_pbh(high, low); }

// Halves of 32 numbers side by side: 0, 16, 1, 17, ...
inline __m512i side_by_side(__m512i numbers) {
  const __m512i order =
      _mm512_set_epi32(0x001f000f, 0x001e000e, 0x001d000d, 0x001c000c, 0x001b000b, 0x001a000a,
                       0x00190009, 0x00180008, 0x00170007, 0x00160006, 0x00150005, 0x00140004,
                       0x00130003, 0x00120002, 0x00110001, 0x00100000);
  return _mm512_permutexvar_epi16(order, numbers);
}

inline void store_words(float* to, __m512i words) { _mm512_storeu_si512(to, words); }

// to[r][k] = (from[r][2k], from[r][2k + 1]), whole vectors of words.
void pair_units(const float* from, Index stride, Index rows, Index width, float* to,
                Index to_stride) {
  constexpr Index P = kPanel<float>;
  for (Index row = 0; row < rows; ++row) {
    const float* x = from + row * stride;
    float* words = to + row * to_stride;
    for (Index j = 0; j < width; j += 2 * P)
      store_words(words + j / 2,
                  rounded(load_some(x + j, width - j), load_some(x + j + P, width - j - P)));
  }
}

// to[r][j] = (from[2r][j], from[2r + 1][j]), whole vectors of words.
void pair_rows(const float* from, Index stride, Index rows, Index width, float* to,
               Index to_stride) {
  constexpr Index P = kPanel<float>;
  for (Index row = 0; row < rows; row += 2) {
    const float* x = from + row * stride;
    const bool both = row + 1 < rows;
    float* words = to + row / 2 * to_stride;
    for (Index j = 0; j < width; j += P) {
      const __m512 first = load_some(x + j, width - j);
      const __m512 second = both ? load_some(x + stride + j, width - j) : _mm512_setzero_ps();
      store_words(words + j, side_by_side(rounded(first, second)));
    }
  }
}

// Both copies of `rows` rows of a panel of weights: pairs of input units for the forward product,
// and of output units, P input units at a time `apart`, for the way back, where that is not null.
void pair_weights(const float* weights, Index rows, float* forward, float* back, Index apart) {
  constexpr Index P = kPanel<float>;
  for (Index i = 0; i < rows; i += P) {
    const Index n = rows - i < P ? rows - i : P;
    alignas(64) float by_input[P * P / 2];
    for (Index k = 0; k < P; k += 2) {
      const auto row = [&](Index r) {
        return r < n ? _mm512_loadu_ps(weights + (i + r) * P) : _mm512_setzero_ps();
      };
      const __m512i numbers = rounded(row(k), row(k + 1));
      if (k < n) store_words(forward + (i + k) / 2 * P, side_by_side(numbers));
      store_words(by_input + k * P / 2, numbers);
    }
    if (back != nullptr)
      gather_some<float, true>(by_input, P / 2, P, P / 2, back + i / P * apart, P);
  }
}
