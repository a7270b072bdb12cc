// SPDX-License-Identifier: Apache-2.0
// Between NumPy's arrays and the core's pointers. Shapes and values were checked by engine/, the
// only caller; lengths are checked here once more, since memory depends on them.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "train/network.h"

namespace chainrule {

namespace nb = nanobind;

template <class T>
using Matrix = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T>
using Column = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Writable = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
// Named arrays in the order of tensors(), of either number type.
using AnyArray = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Arrays = std::vector<AnyArray>;

// Calls call<T>() for the number type of the arrays.
template <class Call>
auto with_type(const Arrays& values, Call call) {
  if (values.empty()) throw std::invalid_argument("a network has parameters");
  const nb::dlpack::dtype type = values.front().dtype();
  if (type == nb::dtype<float>()) return call.template operator()<float>();
  if (type == nb::dtype<double>()) return call.template operator()<double>();
  throw std::invalid_argument("parameters must be float32 or float64");
}

// A NumPy array that owns its memory, in huge pages where it is large.
template <class T>
nb::object new_array(std::initializer_list<std::size_t> shape, T** data) {
  Index count = 1;
  for (const std::size_t n : shape) count = checked_multiply(count, static_cast<Index>(n));
  auto memory = std::make_unique<Buffer<T>>(std::max(count, Index{1}));
  *data = memory->data();
  nb::capsule owner(memory.get(), [](void* p) noexcept { delete static_cast<Buffer<T>*>(p); });
  memory.release();
  return nb::cast(nb::ndarray<nb::numpy, T>(*data, shape.size(), shape.begin(), owner));
}

// A copy of `width` columns of some rows.
template <class T>
nb::object copy_rows(View<const T> rows, Index n, Index width) {
  T* data = nullptr;
  nb::object array =
      new_array<T>({static_cast<std::size_t>(n), static_cast<std::size_t>(width)}, &data);
  for (Index i = 0; i < n; ++i) std::copy(rows.row(i), rows.row(i) + width, data + i * width);
  return array;
}

// From the named arrays into a flat buffer; their number type and lengths must be the network's.
template <class T>
void load_arrays(const Network<T>& network, const Arrays& arrays, Buffer<T>& flat) {
  const std::vector<Tensor>& tensors = network.tensors();
  if (arrays.size() != tensors.size()) throw std::invalid_argument("parameters are missing");
  std::vector<const T*> pointers;
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    if (static_cast<Index>(arrays[k].size()) != tensors[k].size() ||
        arrays[k].dtype() != nb::dtype<T>())
      throw std::invalid_argument("parameter " + tensors[k].name + " has the wrong size or type");
    pointers.push_back(static_cast<const T*>(arrays[k].data()));
  }
  network.pack(pointers, flat.data());
}

// New arrays of a flat buffer; an empty list for an empty buffer.
template <class T>
nb::list save_arrays(const Network<T>& network, const Buffer<T>& flat) {
  nb::list arrays;
  std::vector<T*> pointers;
  for (const Tensor& tensor : network.tensors()) {
    if (flat.size() == 0) return arrays;
    T* data = nullptr;
    arrays.append(new_array<T>(
        {static_cast<std::size_t>(tensor.rows), static_cast<std::size_t>(tensor.width)}, &data));
    pointers.push_back(data);
  }
  network.unpack(flat.data(), pointers);
  return arrays;
}

void register_plans(nb::module_& module);
void register_numbers(nb::module_& module);
void register_predictor(nb::module_& module);
void register_pullback(nb::module_& module);
void register_training(nb::module_& module);
void register_trace(nb::module_& module);

}  // namespace chainrule
