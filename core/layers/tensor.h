// SPDX-License-Identifier: Apache-2.0
// Named arrays and where they lie in a network's flat buffers.
#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace chainrule {

// How an array lies in a flat buffer: by rows that are `stride` apart, or as a weight matrix in
// panels of outputs, or of inputs (see kernels.h).
enum class Order : int { rows, output_panels, input_panels };

struct Tensor {
  std::string name;
  Index rows;
  Index width;
  Index start;
  Index stride;  // between rows; of panels, between a panel's rows times their number
  Index count;   // numbers in the flat buffer
  Order order = Order::rows;
  bool is_weight = false;

  Index size() const { return rows * width; }
};

// Where element (row, column) of an array lies in a flat buffer.
template <class T>
Index element(const Tensor& tensor, Index row, Index column) {
  constexpr Index P = kPanel<T>;
  switch (tensor.order) {
    case Order::output_panels: return tensor.start + row / P * tensor.stride + column * P + row % P;
    case Order::input_panels:
      return tensor.start + column / P * tensor.stride + row * P + column % P;
    default: return tensor.start + row * tensor.stride + column;
  }
}

// Between a named array, row after row, and a flat buffer.
template <class T>
void pack(const Tensor& tensor, const T* named, T* flat);
template <class T>
void unpack(const Tensor& tensor, const T* flat, T* named);

// Hands out places in the flat buffers while a network is built.
template <class T>
struct Places {
  bool fused = true;                    // whether neighbours may run as one: see fuse.cpp
  const PairTable<T>* pairs = nullptr;  // with which wide layers multiply pairs of bfloat16
  Index number = 0;                     // dense layers so far
  Index flat = 0;                       // numbers so far
  Index transposed = 0;
  std::vector<Tensor> tensors;

  // The name of an array of the layer that stands here: "W2", "scale".
  std::string name(const char* family) const {
    return number > 0 ? family + std::to_string(number) : family;
  }
  // A new array of rows that are `stride` apart, padded to whole panels as one; returns its number.
  Index add(std::string name, Index rows, Index width, Index stride);
  // A weight matrix (n_out, n_in) in panels of `panel_rows` rows.
  Index add_weights(std::string name, Index n_out, Index n_in, Order order, Index panel_rows,
                    Index n_panels);
};

}  // namespace chainrule
