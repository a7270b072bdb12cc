// SPDX-License-Identifier: Apache-2.0
// From names to codes and what the loop must know of each.
#pragma once

#include <string_view>

#include "kernels/codes.h"

namespace chainrule {

// Each throws std::invalid_argument, which lists the known names.
Activation activation_named(std::string_view name);
Loss loss_named(std::string_view name);
Optimizer optimizer_named(std::string_view name);
Function function_named(std::string_view name);

const ActivationRow& row_of(Activation activation);
const LossRow& row_of(Loss loss);
const OptimizerRow& row_of(Optimizer optimizer);

}  // namespace chainrule
