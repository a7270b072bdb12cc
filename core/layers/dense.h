// SPDX-License-Identifier: Apache-2.0
// The dense layer, with what runs in its tile epilogue: see fuse.cpp.
//
//   forward    z = alpha W in + b, out = sigma(z), dropped by a mask on its way to the next layer
//   backward   dl/d(in) = alpha W^T delta             delta = dl/dz, made by the tail
//   gradient   dL/dW = alpha delta in^T               dL/db = delta
#pragma once

#include "layers/activation.h"
#include "layers/dropout.h"

namespace chainrule {

struct DensePlan : LayerPlan {
  DensePlan(Index units_, bool ntk_) : units(units_), ntk(ntk_) {}
  CHAINRULE_MAKES_LAYER

  Index units;
  bool ntk;  // alpha = 1 / sqrt(n_in), else 1
  ActivationPlan activation;
  DropoutPlan dropout;
};

}  // namespace chainrule
