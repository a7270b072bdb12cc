// SPDX-License-Identifier: Apache-2.0
// A learned factor for each input.
//
//   forward    out = s in                           backward   dl/d(in) = s dl/d(out)
//   gradient   dL/ds = dl/d(out) in
#pragma once

#include "layers/layer.h"

namespace chainrule {

struct ScalePlan : LayerPlan {
  CHAINRULE_MAKES_LAYER
};

}  // namespace chainrule
