// SPDX-License-Identifier: Apache-2.0
// The registers of AVX-512: 32 of 64 bytes, one vector a panel, so 6 rows x 4 panels keep 24
// accumulators, with 4 loads and a broadcast from memory beside; 12 rows x 2 panels load more.

constexpr int kVectorBytes = 64;

// Most rows of a tile of so many panels, 0 where there is no such tile; panels of the main one.
constexpr int tile_rows(int panels) {
  return panels == 6 ? 3 : panels == 4 ? 6 : panels <= 2 ? 12 : 0;
}
constexpr int kMainPanels = 4;
constexpr int kMostPanels = 6;

#include "kernels/vec.inl"

inline Floats fma(Floats a, Floats b, Floats c) { return Floats(_mm512_fmadd_ps(a, b, c)); }
inline Doubles fma(Doubles a, Doubles b, Doubles c) { return Doubles(_mm512_fmadd_pd(a, b, c)); }
inline Floats square_root(Floats v) { return Floats(_mm512_sqrt_ps(v)); }
inline Doubles square_root(Doubles v) { return Doubles(_mm512_sqrt_pd(v)); }
inline Floats at_least_zero(Floats v) { return Floats(_mm512_max_ps(_mm512_setzero_ps(), v)); }
inline Doubles at_least_zero(Doubles v) { return Doubles(_mm512_max_pd(_mm512_setzero_pd(), v)); }
// The product of each 64-bit lane's lower half with a word.
inline Uint64s multiply_low_words(Uint64s v, std::uint32_t factor) {
  return Uint64s(_mm512_mul_epu32(__m512i(v), _mm512_set1_epi64(factor)));
}
// Whether any bit is set.
inline bool has_bits(Int64s v) { return _mm512_test_epi64_mask(__m512i(v), __m512i(v)) != 0; }
