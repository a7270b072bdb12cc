// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <algorithm>
#include <stdexcept>

#include "layers/fuse.h"

namespace chainrule {

template <class T>
Network<T>::Network(const NetworkPlan& plan, bool fused) : plan_(plan) {
  Places<T> places;
  places.fused = fused;
  if (plan.bfloat16) pairs_ = pair_kernels<T>();
  places.pairs = pairs_;
  layers_ = make_layers<T>(plan.layers, plan.n_features, places);
  tensors_ = std::move(places.tensors);
  values_ = Buffer<T>(places.flat);
  transposed_ = Buffer<T>(places.transposed);

  LayerRows<T> none;
  Arena<T> nothing;
  std::vector<Task> before;
  lowest_ = layers_.size();
  first_dense_ = layers_.size();
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l]->request(nothing, none, 0, Use::predict);  // makes room for the rows inside
    const std::size_t first_leaf = leaves_.size();
    layers_[l]->walk(none, [&](const Layer<T>& layer, LayerRows<T>&) {
      std::vector<Task>& tasks = layer.number() > 0 ? tasks_ : before;
      layer.tasks(tasks, static_cast<Index>(leaves_.size()));
      leaves_.push_back(&layer);
      work_ += layer.work();
      if (layer.number() > 0 && first_dense_ > l) {
        first_dense_ = l;
        first_dense_leaf_ = first_leaf;
      }
    });
    if (!tasks_.empty() || !before.empty()) lowest_ = std::min(lowest_, l);
  }
  tasks_.insert(tasks_.end(), before.begin(), before.end());
  if (first_dense_ == layers_.size()) throw std::invalid_argument("a network needs a dense layer");
}

template <class T>
void Network<T>::pack(const std::vector<const T*>& named, T* flat) const {
  for (std::size_t k = 0; k < tensors_.size(); ++k) chainrule::pack<T>(tensors_[k], named[k], flat);
}

template <class T>
void Network<T>::unpack(const T* flat, const std::vector<T*>& named) const {
  for (std::size_t k = 0; k < tensors_.size(); ++k)
    chainrule::unpack<T>(tensors_[k], flat, named[k]);
}

template <class T>
Index Network<T>::position(Index k, Index index) const {
  if (k < 0 || k >= static_cast<Index>(tensors_.size()) || index < 0 || index >= tensor(k).size())
    throw std::out_of_range("no such parameter");
  return element<T>(tensor(k), index / tensor(k).width, index % tensor(k).width);
}

template <class T>
void Network<T>::refresh() {
  for (const Layer<T>* layer : leaves_) layer->refresh(training_frame());
}

template class Network<float>;
template class Network<double>;

}  // namespace chainrule
