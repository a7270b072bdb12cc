// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace chainrule {

std::string instruction_set();
std::vector<std::string> instruction_sets();

// For tests, which compare the sets within one process. Throws std::invalid_argument.
void use_instruction_set(const std::string& name);

}  // namespace chainrule
