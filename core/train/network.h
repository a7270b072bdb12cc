// SPDX-License-Identifier: Apache-2.0
// A network's parameters as the kernels want them: W in panels, its transpose for the backward
// product, b padded; all in one flat buffer, so that a snapshot is one copy and the moments of an
// optimizer lie beside in the same layout.
#pragma once

#include <cmath>
#include <tuple>
#include <vector>

#include "base/arena.h"
#include "train/plan.h"

namespace chainrule {

// One layer's place in the flat buffers. Both copies of W hold whole P x P blocks, zero beyond n_in
// and n_out, so that blocks can be transposed whole. A narrow layer has one copy, in panels of
// inputs.
struct LayerPlace {
  bool narrow;
  Index weights;    // [out_panels][in_panels * P][P], or narrow [in_panels][n_out][P]
  Index rows;       // of a panel of weights: in_panels * P, or narrow n_out
  Index count;      // numbers in weights
  Index bias;       // [out_panels * P]
  Index weights_t;  // [in_panels][out_panels * P][P]; layer 1 and narrow layers have none
  Index out_panels;
  Index in_panels;
};

template <class T>
class Network {
 public:
  explicit Network(const NetworkPlan& plan);

  const NetworkPlan& plan() const { return plan_; }
  Index n_layers() const { return static_cast<Index>(plan_.layers.size()); }
  const LayerPlan& layer(Index l) const { return plan_.layers[static_cast<std::size_t>(l)]; }
  const LayerPlace& place(Index l) const { return places_[static_cast<std::size_t>(l)]; }
  T alpha(Index l) const {
    return layer(l).ntk ? T(1) / std::sqrt(static_cast<T>(layer(l).n_in)) : T(1);
  }

  T* weights(Index l) { return values_.data() + place(l).weights; }
  const T* weights(Index l) const { return values_.data() + place(l).weights; }
  T* bias(Index l) { return values_.data() + place(l).bias; }
  const T* bias(Index l) const { return values_.data() + place(l).bias; }
  // Where w_ji of layer l lies in a flat buffer.
  Index element(Index l, Index j, Index i) const {
    constexpr Index P = kPanel<T>;
    const LayerPlace& at = place(l);
    const auto [panel, row, lane] =
        at.narrow ? std::tuple{i / P, j, i % P} : std::tuple{j / P, i, j % P};
    return at.weights + (panel * at.rows + row) * P + lane;
  }

  T* weights_t(Index l) { return transposed_.data() + place(l).weights_t; }
  const T* weights_t(Index l) const { return transposed_.data() + place(l).weights_t; }

  Buffer<T>& values() { return values_; }
  const Buffer<T>& values() const { return values_; }
  Index size() const { return values_.size(); }

  // Between named arrays, W (n_out, n_in) and b (n_out,) per layer, and a flat buffer.
  void pack(const std::vector<const T*>& named, T* flat) const;
  void unpack(const T* flat, const std::vector<T*>& named) const;
  // Where element `index` of the k-th named array lies in a flat buffer; throws std::out_of_range.
  Index position(Index k, Index index) const;
  // Writes every WT from its W.
  void transpose_all();

 private:
  NetworkPlan plan_;
  std::vector<LayerPlace> places_;
  Buffer<T> values_;
  Buffer<T> transposed_;
};

}  // namespace chainrule
