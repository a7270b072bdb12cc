// SPDX-License-Identifier: Apache-2.0
// Starting weights as a function of (seed, layer, input, unit); biases start at zero, or where the
// data say.
#pragma once

#include "train/network.h"

namespace chainrule {

enum class Distribution : int { zeros, uniform, normal };

// w (n_out, n_in) <- uniform on [-scale, scale), or normal with standard deviation `scale`.
template <class T>
void initialize(Distribution distribution, double scale, std::uint64_t seed, Index layer,
                Index n_in, Index n_out, T* w);

// Data-driven start (Holzmüller et al., arXiv 2407.04491), layer by layer on rows of the training
// table, at most kInitRows of them: each unit's weights are divided by the standard deviation of
// its z = alpha W a over the rows, and its bias is minus a random mean of z over five random rows
// (he+5 of that paper), with Exp(1) weights. Rows count by their weights. The network must not be
// fused, since z is wanted; its biases are 0.
inline constexpr Index kInitRows = 16'384;
template <class T>
void fit_to_data(Network<T>& network, const Rows<T>& rows, std::uint64_t seed);

}  // namespace chainrule
