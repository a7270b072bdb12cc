// SPDX-License-Identifier: Apache-2.0
// The list of layers over one parameter buffer, so that a snapshot is one copy and the moments of
// an optimizer lie beside in the same layout.
#pragma once

#include <vector>

#include "base/arena.h"
#include "train/plan.h"

namespace chainrule {

template <class T>
class Network {
 public:
  // Unfused, every layer of the description keeps rows of its own; the bits are the same.
  explicit Network(const NetworkPlan& plan, bool fused = true);

  const NetworkPlan& plan() const { return plan_; }
  const std::vector<LayerPtr<T>>& layers() const { return layers_; }
  std::size_t last() const { return layers_.size() - 1; }
  // The first layer with parameters, below which nothing is handed back.
  std::size_t lowest() const { return lowest_; }
  // The layer, among layers(), in which layer 1 lies: below it deltas carry the rows' weights.
  std::size_t first_dense() const { return first_dense_; }
  // Multiply-adds a row of the forward products.
  double work() const { return work_; }

  // Layers inside others included, in the order of their outputs: what Task::layer counts.
  const std::vector<const Layer<T>*>& leaves() const { return leaves_; }
  // The first of them in layers()[first_dense()].
  std::size_t first_dense_leaf() const { return first_dense_leaf_; }
  // All tasks, in an order that depends on the network alone: from layer 1 up, then what stands
  // before it.
  const std::vector<Task>& tasks() const { return tasks_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor& tensor(Index k) const { return tensors_[static_cast<std::size_t>(k)]; }

  Buffer<T>& values() { return values_; }
  const Buffer<T>& values() const { return values_; }
  const T* transposed() const { return transposed_.data(); }
  Index size() const { return values_.size(); }

  // What a call over rows has at hand; forward and backward leave the parameters as they are.
  Frame<T> frame(bool dropping = false) const {
    return {kernels<T>(), const_cast<T*>(values_.data()), const_cast<T*>(transposed_.data()),
            dropping};
  }

  // The same for a training step and its trace, where the plan may say bfloat16; predictions are
  // made of the parameters as they are.
  Frame<T> training_frame(bool dropping = false) const {
    Frame<T> frame = this->frame(dropping);
    frame.pairs = pairs_;
    return frame;
  }

  // Between the named arrays and a flat buffer.
  void pack(const std::vector<const T*>& named, T* flat) const;
  void unpack(const T* flat, const std::vector<T*>& named) const;
  // Where element `index` of the k-th named array lies in a flat buffer; throws std::out_of_range.
  Index position(Index k, Index index) const;
  // Makes the layers' copies of parameters anew.
  void refresh();

 private:
  NetworkPlan plan_;
  const PairTable<T>* pairs_ = nullptr;
  std::vector<LayerPtr<T>> layers_;
  std::vector<const Layer<T>*> leaves_;
  std::vector<Task> tasks_;
  std::vector<Tensor> tensors_;
  std::size_t lowest_ = 0;
  std::size_t first_dense_ = 0;
  std::size_t first_dense_leaf_ = 0;
  double work_ = 0;
  Buffer<T> values_;
  Buffer<T> transposed_;
};

}  // namespace chainrule
