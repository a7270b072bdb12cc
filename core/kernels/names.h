// SPDX-License-Identifier: Apache-2.0
// From names to codes and what the loop must know of each.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/codes.h"

namespace chainrule {

// Each throws std::invalid_argument, which lists the known names.
Activation activation_named(std::string_view name);
Loss loss_named(std::string_view name);
Optimizer optimizer_named(std::string_view name);
Function function_named(std::string_view name);

// Throws std::invalid_argument: "unknown loss 'x'; known: a, b".
[[noreturn]] void refuse_name(std::string_view name, const char* what,
                              const std::vector<std::string_view>& known);

// What belongs to a name among pairs of both; refuses another one.
template <class Code>
Code named(std::string_view name, const char* what,
           std::initializer_list<std::pair<std::string_view, Code>> pairs) {
  std::vector<std::string_view> known;
  for (const auto& [own, code] : pairs) {
    if (name == own) return code;
    known.push_back(own);
  }
  refuse_name(name, what, known);
}

const ActivationRow& row_of(Activation activation);
const LossRow& row_of(Loss loss);
const OptimizerRow& row_of(Optimizer optimizer);

}  // namespace chainrule
