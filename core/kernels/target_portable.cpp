// SPDX-License-Identifier: Apache-2.0
// Any machine: 16-byte vectors of the compiler, a product and a sum where the others have one FMA,
// so its bits differ from theirs in the last place.
#include "kernels/coefficients.h"
#include "kernels/kernels.h"

namespace chainrule::portable {
namespace {

constexpr int kVectorBytes = 16;

// Most rows of a tile of one panel, which is all that there are.
constexpr int tile_rows(int) { return 2; }
constexpr int kMainPanels = 1;
constexpr int kMostPanels = 1;

#include "kernels/vec.inl"

inline Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
inline Doubles fma(Doubles a, Doubles b, Doubles c) { return a * b + c; }
inline Floats square_root(Floats v) {
  for (int i = 0; i < kLanes<float>; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
}
inline Doubles square_root(Doubles v) {
  for (int i = 0; i < kLanes<double>; ++i) v[i] = __builtin_sqrt(v[i]);
  return v;
}
inline Floats at_least_zero(Floats v) { return v < 0.0f ? Floats{} : v; }
inline Doubles at_least_zero(Doubles v) { return v < 0.0 ? Doubles{} : v; }
// The product of each 64-bit lane's lower half with a word.
inline Uint64s multiply_low_words(Uint64s v, std::uint32_t factor) {
  return (v & 0xFFFFFFFFu) * factor;
}
// Whether any bit is set.
inline bool has_bits(Int64s v) { return (v[0] | v[1]) != 0; }

#include "kernels/kernels.inl"

constexpr KernelTable<float> kFloatTable = make_table<float>();
constexpr KernelTable<double> kDoubleTable = make_table<double>();

}  // namespace

const KernelTable<float>& float_table() { return kFloatTable; }
const KernelTable<double>& double_table() { return kDoubleTable; }

}  // namespace chainrule::portable
