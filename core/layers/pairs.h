// SPDX-License-Identifier: Apache-2.0
// The factors of a dense layer's products as pairs of bfloat16, one set of rows a layer: see
// kernels/pairs.inl.
#pragma once

#include "layers/layer.h"

namespace chainrule {

// Where products are pairs: layers narrower than this gain too little.
inline constexpr Index kLeastPaired = 64;

// Of a layer's input and of delta: pairs of units, for the first two products, and of rows. The
// input's rows may lie by unit.
enum Pairs { kInUnits, kInRows, kDeltaUnits, kDeltaRows };

template <class T>
void request_pairs(const PairTable<T>& table, Arena<T>& arena, LayerRows<T>& rows, Index capacity,
                   Index n_in, Index n_out) {
  const auto request = [&](Pairs pairs, Index n_rows, Index width) {
    rows.pairs[pairs].stride = row_stride<T>(width);
    arena.request(&rows.pairs[pairs].data, n_rows, rows.pairs[pairs].stride);
  };
  request(kInUnits, capacity, pairs_of(n_in));
  if (table.by_unit) {
    request(kInRows, n_in, pairs_of(capacity));
  } else {
    request(kInRows, pairs_of(capacity), n_in);
  }
  request(kDeltaUnits, capacity, pairs_of(n_out));
  request(kDeltaRows, pairs_of(capacity), n_out);
}

template <class T>
void pair_inputs(const PairTable<T>& table, const LayerRows<T>& rows, Index n_in, Index from,
                 Index to) {
  const View<T>&units = rows.pairs[kInUnits], &across = rows.pairs[kInRows];
  table.pair_units(rows.in.row(from), rows.in.stride, to - from, n_in, units.row(from),
                   units.stride);
  T* words = table.by_unit ? across.data + from / 2 : across.row(from / 2);
  table.pair_inputs(rows.in.row(from), rows.in.stride, to - from, n_in, words, across.stride);
}

}  // namespace chainrule
