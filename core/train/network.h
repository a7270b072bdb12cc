// SPDX-License-Identifier: Apache-2.0
// A network's parameters as the kernels want them: those before layer 1 as they are, W in panels,
// its transpose for the backward product, b padded; all in one flat buffer, so that a snapshot is
// one copy and the moments of an optimizer lie beside in the same layout.
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
  Index blend;      // [out_panels * P], or -1
  Index weights_t;  // [in_panels][out_panels * P][P], or -1: only what the backward product needs
  Index out_panels;
  Index in_panels;
  Index tensor;  // number of W among the named arrays; b and blend follow
};

// A named array: (rows, width), in the order freq, phase, mix, shift, levels, scale, then W, b and
// blend of each layer.
struct Tensor {
  Index rows;
  Index width;
  Index layer;   // whose W this is, or -1
  Index start;   // in the flat buffer, unless it is a W
  Index stride;  // between its rows there

  Index size() const { return rows * width; }
};

// Which named arrays stand before layer 1, or -1, and where: see StemPlan.
struct StemPlace {
  Index freq = -1;
  Index phase = -1;
  Index mix = -1;
  Index shift = -1;
  Index levels = -1;
  Index scale = -1;
};

template <class T>
class Network {
 public:
  explicit Network(const NetworkPlan& plan);

  const NetworkPlan& plan() const { return plan_; }
  Index n_layers() const { return static_cast<Index>(plan_.layers.size()); }
  const LayerPlan& layer(Index l) const { return plan_.layers[static_cast<std::size_t>(l)]; }
  const LayerPlace& place(Index l) const { return places_[static_cast<std::size_t>(l)]; }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor& tensor(Index k) const { return tensors_[static_cast<std::size_t>(k)]; }
  const StemPlace& stem() const { return stem_; }
  // Numbers of the flat buffer that stand before layer 1.
  Index stem_size() const { return stem_size_; }
  T alpha(Index l) const {
    return layer(l).ntk ? T(1) / std::sqrt(static_cast<T>(layer(l).n_in)) : T(1);
  }

  T* weights(Index l) { return values_.data() + place(l).weights; }
  const T* weights(Index l) const { return values_.data() + place(l).weights; }
  T* bias(Index l) { return values_.data() + place(l).bias; }
  const T* bias(Index l) const { return values_.data() + place(l).bias; }
  const T* blend(Index l) const {
    return place(l).blend < 0 ? nullptr : values_.data() + place(l).blend;
  }
  // The k-th named array, which must not be a W.
  const T* values_of(Index k) const { return values_.data() + tensor(k).start; }
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

  // Between the named arrays and a flat buffer.
  void pack(const std::vector<const T*>& named, T* flat) const;
  void unpack(const T* flat, const std::vector<T*>& named) const;
  // Where element `index` of the k-th named array lies in a flat buffer; throws std::out_of_range.
  Index position(Index k, Index index) const;
  bool has_transpose(Index l) const { return place(l).weights_t >= 0; }
  // Writes every WT from its W.
  void transpose_all();

 private:
  Index element_of(const Tensor& tensor, Index row, Index column) const;
  // Whether this is a W whose rows, the output units, lie in lanes.
  bool in_panels_of_outputs(const Tensor& tensor) const;
  // Any other named array lies by rows: calls part(place in the array, place in a flat buffer,
  // count).
  template <class Part>
  void each_row_part(const Tensor& tensor, Part part) const;
  // A new named array of rows that are `stride` apart; returns its number.
  Index add(Index rows, Index width, Index stride);

  NetworkPlan plan_;
  std::vector<LayerPlace> places_;
  std::vector<Tensor> tensors_;
  StemPlace stem_;
  Index stem_size_ = 0;
  Index flat_ = 0;
  Buffer<T> values_;
  Buffer<T> transposed_;
};

}  // namespace chainrule
