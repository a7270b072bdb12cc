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
  T* slope = nullptr;
  T* residual = nullptr;
};

// z = alpha W a_below + b, then what the activation makes of z
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
          .out = {.activation = activation,
                  .activation_weight = network.blend(l),
                  .a = out.a,
                  .slope = out.slope,
                  .residual = out.residual,
                  .stride = out.stride}};
}

template <class T>
void dense_product(const KernelTable<T>& table, const Network<T>& network, Index l,
                   const ForwardArgs<T>& args) {
  if (network.place(l).narrow) {
    table.skinny_forward_product(args, network.layer(l).n_out);
  } else {
    table.forward_product(args);
  }
}

template <class T>
void dense_forward(const KernelTable<T>& table, const Network<T>& network, Index l,
                   Activation activation, const T* below, Index below_stride, Index rows,
                   const DenseOutput<T>& out) {
  dense_product(table, network, l,
                forward_args(network, l, activation, below, below_stride, rows, out));
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
          .below = {.activation = l > 0 ? network.layer(l - 1).activation : Activation::identity,
                    .a = below.a,
                    .slope = l > 0 && slope_is_stored(network.layer(l - 1)) ? below.delta : nullptr,
                    .mask = below.mask,
                    .delta = below.delta,
                    .residual = below.residual,
                    .stride = below.stride}};
}

template <class T>
void dense_backward(const KernelTable<T>& table, const Network<T>& network, Index l, const T* delta,
                    Index delta_stride, Index rows, const BelowRows<T>& below) {
  table.backward_data_product(backward_args(network, l, delta, delta_stride, rows, below));
}

}  // namespace chainrule
