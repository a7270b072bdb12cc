// SPDX-License-Identifier: Apache-2.0
// The embedding of categories, whose codes are the last features:
//
//   forward    e = levels[code]          backward   dl/dlevels[code] = sum of delta over its rows
#pragma once

#include <algorithm>

#include "train/network.h"

namespace chainrule {

// The row of a feature's levels; what is no code 0..known counts as unknown, code 0.
template <class T>
Index level_of(T code, Index known) {
  return code >= T(0) && code <= static_cast<T>(known) ? static_cast<Index>(code) : 0;
}

// Calls visit(row of levels, place in h) for every embedded feature of one row of X.
template <class T, class Visit>
void each_level(const NetworkPlan& plan, const T* x, Visit visit) {
  const StemPlan& stem = plan.stem;
  Index first = 0, place = plan.n_inputs() - stem.categories() * stem.units;
  const T* code = x + plan.n_features - stem.categories();
  for (const Index known : stem.levels) {
    visit(first + level_of(*code++, known), place);
    first += known + 1;
    place += stem.units;
  }
}

template <class T>
void categories_forward(const Network<T>& network, const T* x, Index x_stride, Index rows, T* h,
                        Index h_stride) {
  if (network.stem().levels < 0) return;
  const Index units = network.plan().stem.units;
  const T* levels = network.values_of(network.stem().levels);
  for (Index i = 0; i < rows; ++i) {
    each_level(network.plan(), x + i * x_stride, [&](Index level, Index place) {
      std::copy(levels + level * units, levels + (level + 1) * units, h + i * h_stride + place);
    });
  }
}

// Gradients of all levels over the batch, row after row: one order for any number of threads.
template <class T>
void categories_backward(const Network<T>& network, const T* x, Index x_stride, Index batch,
                         const T* delta, Index delta_stride, T scale, T* gradients) {
  const Tensor& tensor = network.tensor(network.stem().levels);
  const Index units = tensor.width;
  T* levels = gradients + tensor.start;
  std::fill(levels, levels + tensor.size(), T(0));
  for (Index b = 0; b < batch; ++b) {
    each_level(network.plan(), x + b * x_stride, [&](Index level, Index place) {
      for (Index u = 0; u < units; ++u)
        levels[level * units + u] += delta[b * delta_stride + place + u];
    });
  }
  for (Index i = 0; i < tensor.size(); ++i) levels[i] *= scale;
}

}  // namespace chainrule
