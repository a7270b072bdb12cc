// SPDX-License-Identifier: Apache-2.0
#include "train/forward.h"

#include "layers/dense.h"
#include "train/stem.h"

namespace chainrule {

template <class T>
void forward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch, bool dropout,
             Index from, Index to) {
  stem_forward(table, network, batch, from, to);
  const T* below = batch.inputs() + from * batch.inputs_stride();
  Index below_stride = batch.inputs_stride();
  const Index last = network.n_layers() - 1;
  for (Index l = 0; l <= last; ++l) {
    LayerRows<T>& layer = batch.layers[static_cast<std::size_t>(l)];
    const Index at = from * layer.stride;
    if (l == last) {  // its activation belongs to the loss
      dense_forward<T>(table, network, l, Activation::identity, below, below_stride, to - from,
                       {layer.delta + at, layer.stride});
      return;
    }
    const Activation activation = network.layer(l).activation;
    // Where da/dz cannot be had from a, it waits in the still unused delta.
    T* slope = slope_is_stored(network.layer(l)) ? layer.delta : layer.slope;
    const auto rows_of = [at](T* rows) { return rows == nullptr ? nullptr : rows + at; };
    const DenseOutput<T> out{layer.a + at, layer.stride, rows_of(slope), rows_of(layer.residual)};
    if (layer.z == nullptr) {
      dense_forward<T>(table, network, l, activation, below, below_stride, to - from, out);
    } else {  // somebody wants to see z
      ForwardArgs<T> args =
          forward_args(network, l, activation, below, below_stride, to - from, out);
      const Epilogue<T> rest = args.out;
      args.out = {.a = layer.z + at, .stride = layer.stride};
      dense_product(table, network, l, args);
      table.activation_forward({.z = layer.z + at,
                                .rows = to - from,
                                .width = panels<T>(network.layer(l).n_out) * kPanel<T>,
                                .out = rest});
    }
    below = layer.a + at;
    below_stride = layer.stride;
    if (dropout && layer.mask != nullptr) {
      table.multiply(layer.a + at, layer.mask + at, layer.input + at, (to - from) * layer.stride);
      below = layer.input + at;
    }
  }
}

template void forward(const KernelTable<float>&, const Network<float>&, Batch<float>&, bool, Index,
                      Index);
template void forward(const KernelTable<double>&, const Network<double>&, Batch<double>&, bool,
                      Index, Index);

}  // namespace chainrule
