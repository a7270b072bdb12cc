// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <stdexcept>

namespace chainrule {

template <class T>
Index Network<T>::add(Index rows, Index width, Index stride) {
  tensors_.push_back({rows, width, -1, flat_, stride});
  const Index padded = panels<T>(checked_multiply(rows, stride)) * kPanel<T>;
  flat_ = checked_add(flat_, padded);
  return static_cast<Index>(tensors_.size()) - 1;
}

template <class T>
Network<T>::Network(const NetworkPlan& plan) : plan_(plan) {
  constexpr Index P = kPanel<T>;
  const StemPlan& stem = plan.stem;
  if (stem.columns > 0) {
    // Whole panels a column, so that a column is updated by itself.
    const Index waves = panels<T>(stem.frequencies) * P;
    stem_.freq = add(stem.columns, stem.frequencies, waves);
    stem_.phase = add(stem.columns, stem.frequencies, waves);
    stem_.mix = add(checked_multiply(stem.columns, stem.outputs), stem.frequencies, waves);
    stem_.shift = add(stem.columns, stem.outputs, panels<T>(stem.outputs) * P);
  }
  if (!stem.levels.empty()) stem_.levels = add(stem.level_rows(), stem.units, stem.units);
  if (stem.scale) stem_.scale = add(1, plan.n_inputs(), plan.n_inputs());
  stem_size_ = flat_;

  Index transposed = 0;
  for (std::size_t l = 0; l < plan.layers.size(); ++l) {
    const LayerPlan& layer = plan.layers[l];
    LayerPlace place{};
    place.narrow = is_narrow(static_cast<Index>(l), layer);
    place.out_panels = panels<T>(layer.n_out);
    place.in_panels = panels<T>(layer.n_in);
    place.rows = place.narrow ? layer.n_out : place.in_panels * P;
    place.count =
        checked_multiply(place.rows * P, place.narrow ? place.in_panels : place.out_panels);
    place.weights = flat_;
    place.tensor = static_cast<Index>(tensors_.size());
    tensors_.push_back({layer.n_out, layer.n_in, static_cast<Index>(l), flat_, 0});
    flat_ = checked_add(flat_, place.count);
    place.bias = tensor(add(1, layer.n_out, layer.n_out)).start;
    place.blend = layer.blend ? tensor(add(1, layer.n_out, layer.n_out)).start : -1;
    place.weights_t = -1;
    if ((l > 0 || !stem.empty()) && !place.narrow) {
      place.weights_t = transposed;
      transposed = checked_add(transposed, place.count);
    }
    places_.push_back(place);
  }
  values_ = Buffer<T>(flat_);
  transposed_ = Buffer<T>(transposed);
}

template <class T>
Index Network<T>::element_of(const Tensor& tensor, Index index) const {
  const auto [row, column] = std::pair{index / tensor.width, index % tensor.width};
  if (tensor.layer >= 0) return element(tensor.layer, row, column);
  return tensor.start + row * tensor.stride + column;
}

template <class T>
void Network<T>::pack(const std::vector<const T*>& named, T* flat) const {
  for (std::size_t k = 0; k < tensors_.size(); ++k)
    for (Index i = 0; i < tensors_[k].size(); ++i) flat[element_of(tensors_[k], i)] = named[k][i];
}

template <class T>
void Network<T>::unpack(const T* flat, const std::vector<T*>& named) const {
  for (std::size_t k = 0; k < tensors_.size(); ++k)
    for (Index i = 0; i < tensors_[k].size(); ++i) named[k][i] = flat[element_of(tensors_[k], i)];
}

template <class T>
Index Network<T>::position(Index k, Index index) const {
  if (k < 0 || k >= static_cast<Index>(tensors_.size()) || index < 0 || index >= tensor(k).size())
    throw std::out_of_range("no such parameter");
  return element_of(tensor(k), index);
}

template <class T>
void Network<T>::transpose_all() {
  constexpr Index P = kPanel<T>;
  for (Index l = 0; l < n_layers(); ++l) {
    if (!has_transpose(l)) continue;
    const auto [n_in, n_out] = std::pair{layer(l).n_in, layer(l).n_out};
    const Index out = place(l).out_panels * P;
    for (Index j = 0; j < n_out; ++j)
      for (Index i = 0; i < n_in; ++i)
        weights_t(l)[(i / P) * out * P + j * P + i % P] = values_[element(l, j, i)];
  }
}

template class Network<float>;
template class Network<double>;

}  // namespace chainrule
