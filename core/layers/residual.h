// SPDX-License-Identifier: Apache-2.0
// The residual block: out = in + f(in), f being layers one behind the other.
//
//   backward   dl/d(in) = dl/d(out) + what comes back through f
#pragma once

#include "layers/layer.h"

namespace chainrule {

struct ResidualPlan : LayerPlan {
  explicit ResidualPlan(Plans layers_) : layers(std::move(layers_)) {}
  CHAINRULE_MAKES_LAYER

  Plans layers;
};

}  // namespace chainrule
