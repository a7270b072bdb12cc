// SPDX-License-Identifier: Apache-2.0
// The activation, where no product comes before it, and as a part of the layer that does; with its
// learned factor w a unit in the parametric form.
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
};

// What every layer with an activation shares: the factors as parameters, and the kernels' words.
template <class T>
class ActivationPart {
 public:
  ActivationPart(const ActivationPlan& plan, Index units, Places<T>& places) : plan_(plan) {
    if (!plan.parametric) return;
    tensor_ = places.add(places.name("activation_weight"), 1, units, units);
    at_ = places.tensors.back().start;
  }

  bool has_factors() const { return tensor_ >= 0; }
  // Whether its slope is kept from forward to backward.
  bool keeps_slope() const { return has_factors() || !row_of(plan_.activation).slope_from_value; }

  // From z to a; `residual` keeps sigma(z) - z, which the factors' gradient needs.
  Epilogue<T> epilogue(const Frame<T>& frame, T* a, T* slope, T* residual, Index stride) const {
    return {
        plan_.activation, has_factors() ? frame.values + at_ : nullptr, a, slope, residual, stride};
  }

  // Back from dl/da to dl/dz in `delta`; `residual` becomes its product with dl/da.
  Tail<T> tail(const T* a, const T* slope, T* delta, T* residual, Index stride) const {
    return {plan_.activation, a, keeps_slope() ? slope : nullptr, nullptr, delta, residual, stride};
  }

  // The factors of `count` units from `unit` on, at `from` of a task's block.
  void add_part(Parts& parts, Index unit, Index from, Index count) const {
    if (has_factors()) parts.add({tensor_, at_ + unit, from, count});
  }

 private:
  ActivationPlan plan_;
  Index tensor_ = -1;  // number of the array of factors, or -1
  Index at_ = 0;
};

}  // namespace chainrule
