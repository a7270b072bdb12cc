// SPDX-License-Identifier: Apache-2.0
// Layer normalisation over the units of a row, with x = (in - mean) / deviation:
//
//   forward    out = gain x + bias                deviation = sqrt(variance + epsilon)
//   backward   dl/d(in) = (g - mean(g) - x mean(g x)) / deviation, g = gain dl/d(out)
//   gradient   dL/dgain = dl/d(out) x             dL/dbias = dl/d(out)
#pragma once

#include "layers/layer.h"

namespace chainrule {

struct LayerNormPlan : LayerPlan {
  explicit LayerNormPlan(double epsilon_) : epsilon(epsilon_) {}
  CHAINRULE_MAKES_LAYER

  double epsilon;
};

}  // namespace chainrule
