// SPDX-License-Identifier: Apache-2.0
// The factors of a dense layer's products as pairs of bfloat16, one set of rows a layer: see
// kernels/pairs.inl.
#pragma once

#include "layers/layer.h"

namespace chainrule {

// Where products are pairs: layers narrower than this gain too little.
inline constexpr Index kLeastPaired = 64;

// Of a layer's input and of delta: pairs of units, for the first two products, and of rows.
enum Pairs { kInUnits, kInRows, kDeltaUnits, kDeltaRows };

template <class T>
void request_pairs(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Index n_in, Index n_out) {
  const auto request = [&](Pairs pairs, Index n_rows, Index width) {
    rows.pairs[pairs].stride = row_stride<T>(width);
    arena.request(&rows.pairs[pairs].data, n_rows, rows.pairs[pairs].stride);
  };
  request(kInUnits, capacity, pairs_of(n_in));
  request(kInRows, pairs_of(capacity), n_in);
  request(kDeltaUnits, capacity, pairs_of(n_out));
  request(kDeltaRows, pairs_of(capacity), n_out);
}

template <class T>
void pair_inputs(const PairTable<T>& table, const LayerRows<T>& rows, Index n_in, Index from,
                 Index to) {
  const View<T>&units = rows.pairs[kInUnits], &across = rows.pairs[kInRows];
  table.pair_units(rows.in.row(from), rows.in.stride, to - from, n_in, units.row(from),
                   units.stride);
  table.pair_rows(rows.in.row(from), rows.in.stride, to - from, n_in, across.row(from / 2),
                  across.stride);
}

}  // namespace chainrule
