// SPDX-License-Identifier: Apache-2.0
// Starting weights as a function of (seed, layer, input, unit); biases start at zero.
#pragma once

#include "base/types.h"

namespace chainrule {

enum class Distribution : int { zeros, uniform, normal };

// w (n_out, n_in) <- uniform on [-scale, scale), or normal with standard deviation `scale`.
template <class T>
void initialize(Distribution distribution, double scale, std::uint64_t seed, Index layer,
                Index n_in, Index n_out, T* w);

}  // namespace chainrule
