// SPDX-License-Identifier: Apache-2.0
// The dense layer: forward and backward side by side. Shapes: x, a_below (rows, n_in); z, a, delta
// (rows, n_out); W (n_out, n_in).
#pragma once

#include "train/network.h"

namespace chainrule {

// Where a layer's rows are written; z and slope only when somebody wants to see them.
template <class T>
struct DenseOutput {
  T* a;
  T* z;
  T* slope;
  Index stride;
};

// z = alpha W a_below + b, a = sigma(z)
template <class T>
void dense_forward(const KernelTable<T>& table, const Network<T>& network, Index l,
                   Activation activation, const T* below, Index below_stride, Index rows,
                   const DenseOutput<T>& out) {
  const LayerPlace& place = network.place(l);
  const ForwardArgs<T> args{.x = below,
                            .x_stride = below_stride,
                            .rows = rows,
                            .n_in = network.layer(l).n_in,
                            .weights = network.weights(l),
                            .panel_stride = place.rows * kPanel<T>,
                            .n_panels = place.narrow ? place.in_panels : place.out_panels,
                            .bias = network.bias(l),
                            .alpha = network.alpha(l),
                            .activation = activation,
                            .a = out.a,
                            .z = out.z,
                            .slope = out.slope,
                            .stride = out.stride};
  if (place.narrow) {
    table.narrow_forward_product(args, network.layer(l).n_out);
  } else {
    table.forward_product(args);
  }
}

// z(l) = alpha W a_below + b  ->  delta_below = (alpha W^T delta) * mask * sigma'(z_below)
template <class T>
void dense_backward(const KernelTable<T>& table, const Network<T>& network, Index l, const T* delta,
                    Index delta_stride, Index rows, const T* a_below, const T* mask_below,
                    T* delta_below, Index below_stride) {
  const LayerPlace& place = network.place(l);
  table.backward_data_product(
      {.delta = delta,
       .delta_stride = delta_stride,
       .rows = rows,
       .n_out = network.layer(l).n_out,
       .weights_t = place.narrow ? network.weights(l) : network.weights_t(l),
       .panel_stride = (place.narrow ? place.rows : place.out_panels * kPanel<T>)*kPanel<T>,
       .n_panels = place.in_panels,
       .alpha = network.alpha(l),
       .activation = network.layer(l - 1).activation,
       .a = a_below,
       .mask = mask_below,
       .below = delta_below,
       .stride = below_stride});
}

}  // namespace chainrule
