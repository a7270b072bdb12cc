// SPDX-License-Identifier: Apache-2.0
// Which neighbours run as one.
#pragma once

#include "layers/layer.h"

namespace chainrule {

// The layers of a list, one behind the other, from n_in units on. Where places.fused, a dense layer
// takes the activation, its learned factors and the dropout that stand between it and another dense
// layer into its tile epilogue; every bit is that of the layers one by one.
template <class T>
std::vector<LayerPtr<T>> make_layers(const Plans& plans, Index n_in, Places<T>& places);

// Takes the activation of the output off the list: it belongs to the loss. The identity otherwise.
Activation take_output_activation(Plans& plans);

}  // namespace chainrule
