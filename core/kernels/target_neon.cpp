// SPDX-License-Identifier: Apache-2.0
// AArch64: 32 registers of 16 bytes, four vectors a panel, so 6 rows x 1 panel keep 24
// accumulators.
#include <arm_neon.h>

#include "kernels/coefficients.h"
#include "kernels/kernels.h"

namespace chainrule::neon {
namespace {

constexpr int kVectorBytes = 16;

// Most rows of a tile of so many panels.
constexpr int tile_rows(int panels) { return panels == 1 ? 6 : 2; }
constexpr int kMainPanels = 1;
constexpr int kMostPanels = 2;

#include "kernels/vec.inl"

inline Floats fma(Floats a, Floats b, Floats c) {
  return Floats(vfmaq_f32(float32x4_t(c), float32x4_t(a), float32x4_t(b)));
}
inline Doubles fma(Doubles a, Doubles b, Doubles c) {
  return Doubles(vfmaq_f64(float64x2_t(c), float64x2_t(a), float64x2_t(b)));
}
inline Floats square_root(Floats v) { return Floats(vsqrtq_f32(float32x4_t(v))); }
inline Doubles square_root(Doubles v) { return Doubles(vsqrtq_f64(float64x2_t(v))); }
inline Floats at_least_zero(Floats v) { return v < 0.0f ? Floats{} : v; }
inline Doubles at_least_zero(Doubles v) { return v < 0.0 ? Doubles{} : v; }
// The product of each 64-bit lane's lower half with a word.
inline Uint64s multiply_low_words(Uint64s v, std::uint32_t factor) {
  return Uint64s(vmull_u32(vmovn_u64(uint64x2_t(v)), vdup_n_u32(factor)));
}
// Whether any bit is set.
inline bool has_bits(Int64s v) { return vmaxvq_u32(vreinterpretq_u32_s64(int64x2_t(v))) != 0; }

#include "kernels/kernels.inl"

constexpr KernelTable<float> kFloatTable = make_table<float>();
constexpr KernelTable<double> kDoubleTable = make_table<double>();

}  // namespace

const KernelTable<float>& float_table() { return kFloatTable; }
const KernelTable<double>& double_table() { return kDoubleTable; }

}  // namespace chainrule::neon
