// SPDX-License-Identifier: Apache-2.0
// The dense layer: forward and backward side by side. Shapes: x, a_below (rows, n_in); z, a, delta
// (rows, n_out); W (n_out, n_in).
#pragma once

#include "train/network.h"

namespace chainrule {

// Where a layer's rows are written; all but a only when somebody wants to see them.
template <class T>
struct DenseOutput {
  T* a;
  Index stride;
  T* z = nullptr;
  T* slope = nullptr;
  T* residual = nullptr;
};

// z = alpha W a_below + b, a = sigma(z) or z + blend (sigma(z) - z)
template <class T>
ForwardArgs<T> forward_args(const Network<T>& network, Index l, Activation activation,
                            const T* below, Index below_stride, Index rows,
                            const DenseOutput<T>& out) {
  const LayerPlace& place = network.place(l);
  return {.x = below,
          .x_stride = below_stride,
          .rows = rows,
          .n_in = network.layer(l).n_in,
          .weights = network.weights(l),
          .panel_stride = place.rows * kPanel<T>,
          .n_panels = place.narrow ? place.in_panels : place.out_panels,
          .bias = network.bias(l),
          .alpha = network.alpha(l),
          .activation = activation,
          .blend = network.blend(l),
          .a = out.a,
          .z = out.z,
          .slope = out.slope,
          .residual = out.residual,
          .stride = out.stride};
}

template <class T>
void dense_forward(const KernelTable<T>& table, const Network<T>& network, Index l,
                   Activation activation, const T* below, Index below_stride, Index rows,
                   const DenseOutput<T>& out) {
  const ForwardArgs<T> args = forward_args(network, l, activation, below, below_stride, rows, out);
  if (network.place(l).narrow) {
    table.narrow_forward_product(args, network.layer(l).n_out);
  } else {
    table.forward_product(args);
  }
}

// The rows of the layer below, or of what stands before layer 1: there a' = 1.
template <class T>
struct BelowRows {
  const T* a;
  const T* mask;
  T* delta;
  T* residual;
  Index stride;
};

// z(l) = alpha W a_below + b  ->  delta_below = (alpha W^T delta) * mask * da/dz below
template <class T>
BackwardArgs<T> backward_args(const Network<T>& network, Index l, const T* delta,
                              Index delta_stride, Index rows, const BelowRows<T>& below) {
  const LayerPlace& place = network.place(l);
  return {.delta = delta,
          .delta_stride = delta_stride,
          .rows = rows,
          .n_out = network.layer(l).n_out,
          .weights_t = place.narrow ? network.weights(l) : network.weights_t(l),
          .panel_stride = (place.narrow ? place.rows : place.out_panels * kPanel<T>)*kPanel<T>,
          .n_panels = place.in_panels,
          .alpha = network.alpha(l),
          .activation = l > 0 ? network.layer(l - 1).activation : Activation::identity,
          .stored = l > 0 && slope_is_stored(network.layer(l - 1)),
          .a = below.a,
          .mask = below.mask,
          .below = below.delta,
          .residual = below.residual,
          .stride = below.stride};
}

template <class T>
void dense_backward(const KernelTable<T>& table, const Network<T>& network, Index l, const T* delta,
                    Index delta_stride, Index rows, const BelowRows<T>& below) {
  table.backward_data_product(backward_args(network, l, delta, delta_stride, rows, below));
}

}  // namespace chainrule
