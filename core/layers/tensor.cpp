// SPDX-License-Identifier: Apache-2.0
#include "layers/tensor.h"

#include <algorithm>

#include "base/arena.h"

namespace chainrule {

template <class T>
Index Places<T>::add(std::string name, Index rows, Index width, Index stride) {
  const Index count = panels<T>(checked_multiply(rows, stride)) * kPanel<T>;
  tensors.push_back({std::move(name), rows, width, flat, stride, count});
  flat = checked_add(flat, count);
  return static_cast<Index>(tensors.size()) - 1;
}

template <class T>
Index Places<T>::add_weights(std::string name, Index n_out, Index n_in, Order order,
                             Index panel_rows, Index n_panels) {
  const Index stride = checked_multiply(panel_rows, kPanel<T>);
  const Index count = checked_multiply(stride, n_panels);
  tensors.push_back({std::move(name), n_out, n_in, flat, stride, count, order, true});
  flat = checked_add(flat, count);
  return static_cast<Index>(tensors.size()) - 1;
}

namespace {

// Calls part(place in the array, place in the flat buffer, count) for the runs of an array that lie
// by rows in both, or that panels of inputs cut into pieces.
template <class T, class Visit>
void each_row_part(const Tensor& tensor, Visit part) {
  const bool cut = tensor.order == Order::input_panels;
  const Index step = cut ? kPanel<T> : tensor.width;
  for (Index row = 0; row < tensor.rows; ++row)
    for (Index column = 0; column < tensor.width; column += step)
      part(row * tensor.width + column, element<T>(tensor, row, column),
           std::min(step, tensor.width - column));
}

}  // namespace

template <class T>
void pack(const Tensor& tensor, const T* named, T* flat) {
  constexpr Index P = kPanel<T>;
  if (tensor.order != Order::output_panels) {
    each_row_part<T>(tensor, [&](Index at, Index to, Index count) {
      std::copy(named + at, named + at + count, flat + to);
    });
    return;
  }
  for (Index j = 0; j < tensor.rows; j += P)
    kernels<T>().transpose(named + j * tensor.width, tensor.width, std::min(P, tensor.rows - j),
                           tensor.width, flat + element<T>(tensor, j, 0), P);
}

template <class T>
void unpack(const Tensor& tensor, const T* flat, T* named) {
  constexpr Index P = kPanel<T>;
  if (tensor.order != Order::output_panels) {
    each_row_part<T>(tensor, [&](Index at, Index from, Index count) {
      std::copy(flat + from, flat + from + count, named + at);
    });
    return;
  }
  for (Index j = 0; j < tensor.rows; j += P)
    kernels<T>().transpose(flat + element<T>(tensor, j, 0), P, tensor.width,
                           std::min(P, tensor.rows - j), named + j * tensor.width, tensor.width);
}

template struct Places<float>;
template struct Places<double>;
template void pack(const Tensor&, const float*, float*);
template void pack(const Tensor&, const double*, double*);
template void unpack(const Tensor&, const float*, float*);
template void unpack(const Tensor&, const double*, double*);

}  // namespace chainrule
