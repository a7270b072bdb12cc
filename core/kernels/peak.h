// SPDX-License-Identifier: Apache-2.0
// What the machine gives at best under the instruction set in use; benchmarks measure against it.
#pragma once

#include <string>

#include "base/types.h"

namespace chainrule {

// Single-precision operations a second of n_threads threads multiplying and adding for `seconds`.
double fma_peak(double seconds, int n_threads);

// Nanoseconds until the result of an operation on one vector is there for the next: the best of
// `rounds` chains. `operation` is "multiply_add", "divide", "square_root" or "exponential"; the
// last is the engine's own.
double latency(const std::string& operation, int rounds);

// Bytes read and written a second by out = x * y on n_threads threads, each with three arrays that
// take `bytes` together.
double stream_bandwidth(Index bytes, double seconds, int n_threads);

// Nanoseconds for a written cache line to reach another thread and its answer to come back: the
// best of `rounds` times a hundred. A barrier costs about as much, and rows and weights that the
// other core wrote arrive no faster.
double core_round_trip(int rounds);

}  // namespace chainrule
