// SPDX-License-Identifier: Apache-2.0
// AVX-512.
#include <immintrin.h>

#include "kernels/coefficients.h"
#include "kernels/kernels.h"

namespace chainrule::avx512 {
namespace {

#include "kernels/avx512.inl"
#include "kernels/kernels.inl"

constexpr KernelTable<float> kFloatTable = make_table<float>();
constexpr KernelTable<double> kDoubleTable = make_table<double>();

}  // namespace

const KernelTable<float>& float_table() { return kFloatTable; }
const KernelTable<double>& double_table() { return kDoubleTable; }

}  // namespace chainrule::avx512
