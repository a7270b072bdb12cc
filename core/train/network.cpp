// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <stdexcept>

namespace chainrule {

template <class T>
Network<T>::Network(const NetworkPlan& plan) : plan_(plan) {
  constexpr Index P = kPanel<T>;
  Index flat = 0, transposed = 0;
  for (std::size_t l = 0; l < plan.layers.size(); ++l) {
    const LayerPlan& layer = plan.layers[l];
    LayerPlace place{};
    place.narrow = is_narrow(static_cast<Index>(l), layer);
    place.out_panels = panels<T>(layer.n_out);
    place.in_panels = panels<T>(layer.n_in);
    place.rows = place.narrow ? layer.n_out : place.in_panels * P;
    place.count =
        checked_multiply(place.rows * P, place.narrow ? place.in_panels : place.out_panels);
    place.weights = flat;
    flat = checked_add(flat, place.count);
    place.bias = flat;
    flat = checked_add(flat, place.out_panels * P);
    place.weights_t = transposed;
    if (l > 0 && !place.narrow) transposed = checked_add(transposed, place.count);
    places_.push_back(place);
  }
  values_ = Buffer<T>(flat);
  transposed_ = Buffer<T>(transposed);
}

template <class T>
void Network<T>::pack(const std::vector<const T*>& named, T* flat) const {
  for (Index l = 0; l < n_layers(); ++l) {
    const auto [n_in, n_out] = std::pair{layer(l).n_in, layer(l).n_out};
    const T* w = named[static_cast<std::size_t>(2 * l)];      // (n_out, n_in)
    const T* b = named[static_cast<std::size_t>(2 * l + 1)];  // (n_out,)
    for (Index j = 0; j < n_out; ++j) {
      for (Index i = 0; i < n_in; ++i) flat[element(l, j, i)] = w[j * n_in + i];
      flat[place(l).bias + j] = b[j];
    }
  }
}

template <class T>
void Network<T>::unpack(const T* flat, const std::vector<T*>& named) const {
  for (Index l = 0; l < n_layers(); ++l) {
    const auto [n_in, n_out] = std::pair{layer(l).n_in, layer(l).n_out};
    T* w = named[static_cast<std::size_t>(2 * l)];
    T* b = named[static_cast<std::size_t>(2 * l + 1)];
    for (Index j = 0; j < n_out; ++j) {
      for (Index i = 0; i < n_in; ++i) w[j * n_in + i] = flat[element(l, j, i)];
      b[j] = flat[place(l).bias + j];
    }
  }
}

template <class T>
Index Network<T>::position(Index k, Index index) const {
  if (k < 0 || k >= 2 * n_layers() || index < 0) throw std::out_of_range("no such parameter");
  const auto [n_in, n_out] = std::pair{layer(k / 2).n_in, layer(k / 2).n_out};
  if (index >= (k % 2 == 0 ? n_in * n_out : n_out)) throw std::out_of_range("no such parameter");
  if (k % 2 == 1) return place(k / 2).bias + index;
  return element(k / 2, index / n_in, index % n_in);
}

template <class T>
void Network<T>::transpose_all() {
  constexpr Index P = kPanel<T>;
  for (Index l = 1; l < n_layers(); ++l) {
    const auto [n_in, n_out] = std::pair{layer(l).n_in, layer(l).n_out};
    if (place(l).narrow) continue;
    const Index out = place(l).out_panels * P;
    for (Index j = 0; j < n_out; ++j)
      for (Index i = 0; i < n_in; ++i)
        weights_t(l)[(i / P) * out * P + j * P + i % P] = values_[element(l, j, i)];
  }
}

template class Network<float>;
template class Network<double>;

}  // namespace chainrule
