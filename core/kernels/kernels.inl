// SPDX-License-Identifier: Apache-2.0
// The kernels in reading order, and the table that hands them out. Included by each target inside
// its own unnamed namespace.

#include "kernels/math.inl"
#include "kernels/lanes.inl"
#include "kernels/activations.inl"
#include "kernels/prefetch.inl"
#include "kernels/sums.inl"
#include "kernels/numbers.inl"
#include "kernels/tiles.inl"
#include "kernels/groups.inl"
#include "kernels/products.inl"
#include "kernels/losses.inl"
#include "kernels/skinny.inl"
#include "kernels/periodic.inl"
#include "kernels/masks.inl"
#include "kernels/updates.inl"
#include "kernels/small.inl"
#include "kernels/peak.inl"

template <class Row, int kCount>
constexpr List<Row> list_of(const Row (&rows)[kCount]) {
  return {rows, kCount};
}

template <class T>
constexpr KernelTable<T> make_table() {
  return KernelTable<T>{
      list_of(kActivationRows),
      list_of(kLossRows),
      list_of(kOptimizerRows),
      forward_product<T>,
      skinny_forward_product<T>,
      backward_data_product<T>,
      activation_forward<T>,
      activation_backward<T>,
      weight_gradient_product<T>,
      column_sums<T>,
      loss_rows<T>,
      periodic_forward<T>,
      periodic_gradient<T>,
      dropout_mask<T>,
      penalize<T>,
      update_parameters<T>,
      transpose<T>,
      sum_of_squares<T>,
      scale_rows<T>,
      multiply<T>,
      sum_rows<T>,
      sum_units<T>,
      small_rows<T>,
      small_weights<T>,
      evaluate<T>,
      multiply_add_chains<T>,
      waiting_chain<T>,
  };
}
