// SPDX-License-Identifier: Apache-2.0
// The factors of the three products where they are numbers of the sums' own type; pairs.inl has
// those that are pairs of bfloat16.

// Whether a product of one tile, and a sum over rows in one chain, have code of their own.
inline constexpr bool kServesSmall = true;

template <class T>
[[gnu::always_inline]] inline Vector<T> every_lane(T factor) {
  return broadcast<T>(factor);
}

template <class V>
[[gnu::always_inline]] inline V add_product(V factor, V row, V sum) {
  return fma(factor, row, sum);
}
