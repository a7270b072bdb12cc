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

// Blocks of P x P touch as many cache lines in rows as in panels.
template <class T>
template <class Visit>
void Network<T>::each_element(const Tensor& tensor, Visit visit) const {
  constexpr Index P = kPanel<T>;
  for (Index top = 0; top < tensor.rows; top += P)
    for (Index left = 0; left < tensor.width; left += P)
      for (Index row = top; row < std::min(top + P, tensor.rows); ++row)
        for (Index column = left; column < std::min(left + P, tensor.width); ++column)
          visit(row, column, element_of(tensor, row, column));
}

template <class T>
void Network<T>::pack(const std::vector<const T*>& named, T* flat) const {
  for (std::size_t k = 0; k < tensors_.size(); ++k)
    each_element(tensors_[k],
                 [&, from = named[k], width = tensors_[k].width](
                     Index row, Index column, Index at) { flat[at] = from[row * width + column]; });
}

template <class T>
void Network<T>::unpack(const T* flat, const std::vector<T*>& named) const {
  for (std::size_t k = 0; k < tensors_.size(); ++k)
    each_element(tensors_[k],
                 [&, to = named[k], width = tensors_[k].width](Index row, Index column, Index at) {
                   to[row * width + column] = flat[at];
                 });
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
    const Index out = place(l).out_panels * P;
    each_element(tensor(place(l).tensor), [&, to = weights_t(l)](Index j, Index i, Index at) {
      to[(i / P) * out * P + j * P + i % P] = values_[at];
    });
  }
}

template class Network<float>;
template class Network<double>;

}  // namespace chainrule
