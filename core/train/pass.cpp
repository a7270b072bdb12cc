// SPDX-License-Identifier: Apache-2.0
#include "train/pass.h"

namespace chainrule {

template <class T>
void connect(const Network<T>& network, Batch<T>& batch, bool dropping) {
  View<const T> in = batch.x;
  for (std::size_t l = 0; l < batch.rows.size(); ++l)
    in = batch.rows[l].read = network.layers()[l]->connect(batch.rows[l], in, dropping);
}

template <class T>
void forward(const Network<T>& network, const Frame<T>& frame, Batch<T>& batch, Index from,
             Index to, std::size_t first) {
  for (std::size_t l = first; l < batch.rows.size(); ++l)
    run_forward(frame, *network.layers()[l], batch.rows[l], from, to);
}

template <class T>
void backward(const Network<T>& network, const Frame<T>& frame, Batch<T>& batch, bool weighted,
              Index from, Index to) {
  for (std::size_t l = network.last();; --l) {
    const bool lowest = l == network.lowest();
    Tail<T> below;
    if (!lowest) below = network.layers()[l - 1]->tail(batch.rows[l - 1], frame.dropping);
    network.layers()[l]->backward(frame, batch.rows[l], lowest ? nullptr : &below, from, to);
    if (weighted && l == network.first_dense()) weigh(network, frame, batch, from, to);
    if (lowest) return;
  }
}

template <class T>
void weigh(const Network<T>& network, const Frame<T>& frame, Batch<T>& batch, Index from,
           Index to) {
  if (batch.weights == nullptr && frame.pairs == nullptr) return;
  for (std::size_t k = network.first_dense_leaf(); k < batch.leaves.size(); ++k)
    network.leaves()[k]->weigh(frame, *batch.leaves[k], batch.weights, from, to);
  if (batch.weights == nullptr || network.first_dense() == network.lowest()) return;
  const View<T> delta = batch.rows[network.first_dense() - 1].delta;
  frame.table.scale_rows(delta.row(from), delta.stride, to - from, delta.stride,
                         batch.weights + from);
}

#define CHAINRULE_PASS(T)                                                                          \
  template void connect(const Network<T>&, Batch<T>&, bool);                                       \
  template void forward(const Network<T>&, const Frame<T>&, Batch<T>&, Index, Index, std::size_t); \
  template void backward(const Network<T>&, const Frame<T>&, Batch<T>&, bool, Index, Index);       \
  template void weigh(const Network<T>&, const Frame<T>&, Batch<T>&, Index, Index);
CHAINRULE_PASS(float)
CHAINRULE_PASS(double)
#undef CHAINRULE_PASS

}  // namespace chainrule
