// SPDX-License-Identifier: Apache-2.0
// Between Python's plain dictionaries and arrays and the core's structs. Shapes and values were
// checked by engine.py, the only caller; lengths are checked here once more, since memory depends
// on them.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

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

NetworkPlan network_plan(const nb::dict& form);
TrainingPlan training_plan(const nb::dict& form, const NetworkPlan& network);

// A NumPy array that owns its memory.
template <class T>
nb::object new_array(std::initializer_list<std::size_t> shape, T** data) {
  std::size_t count = 1;
  for (const std::size_t n : shape) count *= n;
  T* memory = new T[count > 0 ? count : 1]();
  nb::capsule owner(memory, [](void* p) noexcept { delete[] static_cast<T*>(p); });
  *data = memory;
  return nb::cast(nb::ndarray<nb::numpy, T>(memory, shape.size(), shape.begin(), owner));
}

// Pointers to the named arrays, in the order of tensors(); their lengths must be the network's.
template <class T, class Array>
std::vector<T*> parameter_pointers(const std::vector<Tensor>& tensors, std::vector<Array>& arrays) {
  if (arrays.size() != tensors.size()) throw std::invalid_argument("parameters missing");
  std::vector<T*> pointers;
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    if (static_cast<Index>(arrays[k].size()) != tensors[k].size())
      throw std::invalid_argument("a parameter has the wrong size");
    pointers.push_back(arrays[k].data());
  }
  return pointers;
}

void register_training(nb::module_& module);
void register_numbers(nb::module_& module);
void register_predictor(nb::module_& module);

}  // namespace chainrule
