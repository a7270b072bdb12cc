// SPDX-License-Identifier: Apache-2.0
// AVX2 with FMA: 16 registers of 32 bytes. Two vectors a panel, so 6 rows x 1 panel keep
// 6 * 2 = 12 accumulators busy (latency 4 x 2 a cycle needs 8), with 2 loads and 1 broadcast
// beside.
#include <immintrin.h>

#include "kernels/coefficients.h"
#include "kernels/kernels.h"

namespace chainrule::avx2 {
namespace {

constexpr int kVectorBytes = 32;

// Most rows of a tile of so many panels, 0 where there is no such tile: about 12 accumulators stay
// busy.
constexpr int tile_rows(int panels) { return 6 % panels == 0 ? 6 / panels : 0; }
constexpr int kMainPanels = 1;
constexpr int kMostPanels = 6;

#include "kernels/vec.inl"

inline Floats fma(Floats a, Floats b, Floats c) { return Floats(_mm256_fmadd_ps(a, b, c)); }
inline Doubles fma(Doubles a, Doubles b, Doubles c) { return Doubles(_mm256_fmadd_pd(a, b, c)); }
inline Floats square_root(Floats v) { return Floats(_mm256_sqrt_ps(v)); }
inline Doubles square_root(Doubles v) { return Doubles(_mm256_sqrt_pd(v)); }
// max(0, v): x86 returns the second operand when either is NaN, so NaN passes through.
inline Floats at_least_zero(Floats v) { return Floats(_mm256_max_ps(_mm256_setzero_ps(), v)); }
inline Doubles at_least_zero(Doubles v) { return Doubles(_mm256_max_pd(_mm256_setzero_pd(), v)); }
// The product of each 64-bit lane's lower half with a word.
inline Uint64s multiply_low_words(Uint64s v, std::uint32_t factor) {
  return Uint64s(_mm256_mul_epu32(__m256i(v), _mm256_set1_epi64x(factor)));
}
// Whether any bit is set.
inline bool has_bits(Int64s v) { return _mm256_testz_si256(__m256i(v), __m256i(v)) == 0; }

#include "kernels/kernels.inl"

constexpr KernelTable<float> kFloatTable = make_table<float>();
constexpr KernelTable<double> kDoubleTable = make_table<double>();

}  // namespace

const KernelTable<float>& float_table() { return kFloatTable; }
const KernelTable<double>& double_table() { return kDoubleTable; }

}  // namespace chainrule::avx2
