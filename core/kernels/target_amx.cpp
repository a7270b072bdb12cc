// SPDX-License-Identifier: Apache-2.0
// AMX: the three products of pairs of bfloat16 in tiles. All else is AVX-512's.
#include <immintrin.h>

#include "kernels/coefficients.h"
#include "kernels/kernels.h"

namespace chainrule::amx {
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
#include "kernels/amx.inl"

constexpr PairTable<float> kPairTable{
    .forward_product = forward_in_tiles,
    .backward_data_product = backward_data_in_tiles,
    .weight_gradient_product = weight_gradient_in_tiles,
    .pair_units = pair_units,
    .pair_rows = pair_rows,
    .pair_inputs = pair_rows_by_unit,
    .pair_weights = pair_weights,
    .by_unit = true,
};

}  // namespace

const PairTable<float>& pair_table() { return kPairTable; }

}  // namespace chainrule::amx
