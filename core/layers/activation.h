// SPDX-License-Identifier: Apache-2.0
// The activation where no product comes before it, and its learned factor a unit wherever it runs.
//
//   forward    out = sigma(in), or in + w (sigma(in) - in)
//   backward   dl/d(in) = dl/d(out) sigma'(in), or dl/d(out) (1 + w (sigma'(in) - 1))
//   gradient   dL/dw = dl/d(out) (sigma(in) - in)
#pragma once

#include "kernels/names.h"
#include "layers/layer.h"

namespace chainrule {

struct ActivationPlan : LayerPlan {
  ActivationPlan() = default;
  ActivationPlan(std::string_view function, bool parametric_)
      : activation(activation_named(function)), parametric(parametric_) {}
  CHAINRULE_MAKES_LAYER

  Activation activation = Activation::identity;
  bool parametric = false;

  // Whether its slope is kept from forward to backward.
  bool keeps_slope() const { return parametric || !row_of(activation).slope_from_value; }
};

// The array of learned factors, one a unit; or -1.
template <class T>
Index add_activation_weight(const ActivationPlan& plan, Index units, Places<T>& places) {
  if (!plan.parametric) return -1;
  return places.add(places.name("activation_weight"), 1, units, units);
}

}  // namespace chainrule
