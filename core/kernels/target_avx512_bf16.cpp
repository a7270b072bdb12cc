// SPDX-License-Identifier: Apache-2.0
// AVX512_BF16: the three products of pairs of bfloat16, whose tiles are those of AVX-512, and what
// makes the pairs. All else is that target's own.
#include <immintrin.h>

#include "kernels/coefficients.h"
#include "kernels/kernels.h"

namespace chainrule::avx512_bf16 {
namespace {

#include "kernels/avx512.inl"

#include "kernels/math.inl"
#include "kernels/lanes.inl"
#include "kernels/activations.inl"
#include "kernels/prefetch.inl"
#include "kernels/sums.inl"
#include "kernels/pairs.inl"
#include "kernels/tiles.inl"
#include "kernels/groups.inl"
#include "kernels/products.inl"

constexpr PairTable<float> kPairTable{
    .forward_product = forward_product<float>,
    .backward_data_product = backward_data_product<float>,
    .weight_gradient_product = weight_gradient_product<float>,
    .pair_units = pair_units,
    .pair_rows = pair_rows,
    .pair_inputs = pair_rows,
    .pair_weights = pair_weights,
    .by_unit = false,
};

}  // namespace

const PairTable<float>& pair_table() { return kPairTable; }

}  // namespace chainrule::avx512_bf16
