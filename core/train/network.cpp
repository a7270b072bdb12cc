// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <algorithm>
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
Index Network<T>::element_of(const Tensor& tensor, Index row, Index column) const {
  if (tensor.layer >= 0) return element(tensor.layer, row, column);
  return tensor.start + row * tensor.stride + column;
}

template <class T>
template <class Part>
void Network<T>::each_row_part(const Tensor& tensor, Part part) const {
  constexpr Index P = kPanel<T>;
  const bool narrow = tensor.layer >= 0;  // a W in panels of inputs, which cut its rows
  for (Index row = 0; row < tensor.rows; ++row)
    for (Index from = 0; from < tensor.width; from += narrow ? P : tensor.width)
      part(row * tensor.width + from, element_of(tensor, row, from),
           narrow ? std::min(P, tensor.width - from) : tensor.width);
}

template <class T>
bool Network<T>::in_panels_of_outputs(const Tensor& tensor) const {
  return tensor.layer >= 0 && !place(tensor.layer).narrow;
}

template <class T>
void Network<T>::pack(const std::vector<const T*>& named, T* flat) const {
  constexpr Index P = kPanel<T>;
  for (std::size_t k = 0; k < tensors_.size(); ++k) {
    const Tensor& tensor = tensors_[k];
    const T* from = named[k];
    if (!in_panels_of_outputs(tensor)) {
      each_row_part(tensor, [&](Index at, Index to, Index count) {
        std::copy(from + at, from + at + count, flat + to);
      });
      continue;
    }
    for (Index j = 0; j < tensor.rows; j += P)
      kernels<T>().transpose(from + j * tensor.width, tensor.width, std::min(P, tensor.rows - j),
                             tensor.width, flat + element(tensor.layer, j, 0), P);
  }
}

template <class T>
void Network<T>::unpack(const T* flat, const std::vector<T*>& named) const {
  constexpr Index P = kPanel<T>;
  for (std::size_t k = 0; k < tensors_.size(); ++k) {
    const Tensor& tensor = tensors_[k];
    T* to = named[k];
    if (!in_panels_of_outputs(tensor)) {
      each_row_part(tensor, [&](Index at, Index from, Index count) {
        std::copy(flat + from, flat + from + count, to + at);
      });
      continue;
    }
    for (Index j = 0; j < tensor.rows; j += P)
      kernels<T>().transpose(flat + element(tensor.layer, j, 0), P, tensor.width,
                             std::min(P, tensor.rows - j), to + j * tensor.width, tensor.width);
  }
}

template <class T>
Index Network<T>::position(Index k, Index index) const {
  if (k < 0 || k >= static_cast<Index>(tensors_.size()) || index < 0 || index >= tensor(k).size())
    throw std::out_of_range("no such parameter");
  return element_of(tensor(k), index / tensor(k).width, index % tensor(k).width);
}

template <class T>
void Network<T>::transpose_all() {
  constexpr Index P = kPanel<T>;
  for (Index l = 0; l < n_layers(); ++l) {
    if (!has_transpose(l)) continue;
    const LayerPlace& at = place(l);
    for (Index j = 0; j < at.out_panels; ++j)
      for (Index i = 0; i < at.in_panels; ++i)
        kernels<T>().transpose(weights(l) + (j * at.rows + i * P) * P, P, P, P,
                               weights_t(l) + (i * at.out_panels + j) * P * P, P);
  }
}

template class Network<float>;
template class Network<double>;

}  // namespace chainrule
