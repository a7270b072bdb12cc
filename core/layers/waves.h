// SPDX-License-Identifier: Apache-2.0
// The periodic embedding of the first features, each column with parameters of its own:
//
//   forward    u = 2 pi freq x + phase, e = [mix cos u + shift ; x]
//   backward   dl/dmix = delta cos(u)^T, dl/dshift = delta, g = mix^T delta,
//              dl/dphase = -g sin u, dl/dfreq = -2 pi x g sin u
#pragma once

#include "train/network.h"

namespace chainrule {

// Where column c's parameters lie among the values or gradients of a network.
template <class T>
PeriodicColumn<T> wave_places(const Network<T>& network, Index c) {
  const StemPlan& plan = network.plan().stem;
  const StemPlace& at = network.stem();
  const Index stride = network.tensor(at.mix).stride;
  return {.frequencies = plan.frequencies,
          .outputs = plan.outputs,
          .frequency = network.values_of(at.freq) + c * network.tensor(at.freq).stride,
          .phase = network.values_of(at.phase) + c * network.tensor(at.phase).stride,
          .weight = network.values_of(at.mix) + c * plan.outputs * stride,
          .weight_stride = stride,
          .bias = network.values_of(at.shift) + c * network.tensor(at.shift).stride};
}

// All columns of `rows` rows; column c takes outputs + 1 places of a row of h.
template <class T>
void waves_forward(const KernelTable<T>& table, const Network<T>& network, const T* x,
                   Index x_stride, Index rows, T* h, Index h_stride) {
  const StemPlan& plan = network.plan().stem;
  for (Index c = 0; c < plan.columns; ++c) {
    table.periodic_forward({.column = wave_places(network, c),
                            .x = x + c,
                            .x_stride = x_stride,
                            .rows = rows,
                            .out = h + c * (plan.outputs + 1),
                            .out_stride = h_stride});
  }
}

// Gradients of column c over the batch, into a buffer laid out like Network::values().
template <class T>
void wave_backward(const KernelTable<T>& table, const Network<T>& network, Index c, const T* x,
                   Index x_stride, Index batch, const T* delta, Index delta_stride, T scale,
                   T* scratch, T* gradients) {
  const PeriodicColumn<T> column = wave_places(network, c);
  const T* values = network.values().data();
  const auto gradient_of = [&](const T* value) { return gradients + (value - values); };
  table.periodic_gradient({.column = column,
                           .x = x + c,
                           .x_stride = x_stride,
                           .batch = batch,
                           .delta = delta + c * (column.outputs + 1),
                           .delta_stride = delta_stride,
                           .scale = scale,
                           .scratch = scratch,
                           .frequency = gradient_of(column.frequency),
                           .phase = gradient_of(column.phase),
                           .weight = gradient_of(column.weight),
                           .bias = gradient_of(column.bias)});
}

}  // namespace chainrule
