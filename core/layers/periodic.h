// SPDX-License-Identifier: Apache-2.0
// The periodic embedding of numbers, each column with parameters of its own:
//
//   forward    u = 2 pi frequency x + phase, out = [weight cos u + bias ; x]
//   gradient   with delta = dl/d(out), g = weight^T delta:
//              dL/dweight = delta cos(u)^T, dL/dbias = delta, dL/dphase = -g sin u,
//              dL/dfrequency = -2 pi x g sin u
#pragma once

#include <stdexcept>

#include "layers/layer.h"

namespace chainrule {

struct PeriodicPlan : LayerPlan {
  PeriodicPlan(Index frequencies_, Index outputs_) : frequencies(frequencies_), outputs(outputs_) {
    if (outputs > kPeriodicOutputs) throw std::invalid_argument("too many outputs of a column");
  }
  CHAINRULE_MAKES_LAYER

  Index frequencies;
  Index outputs;  // of a column, beside the number itself
};

}  // namespace chainrule
