// SPDX-License-Identifier: Apache-2.0
// What the machine gives at best under the instruction set in use; benchmarks measure against it.
#pragma once

#include "base/types.h"

namespace chainrule {

// Single-precision operations a second of n_threads threads multiplying and adding for `seconds`.
double fma_peak(double seconds, int n_threads);

// Bytes read and written a second by out = x * y on n_threads threads, each with three arrays that
// take `bytes` together.
double stream_bandwidth(Index bytes, double seconds, int n_threads);

// Nanoseconds for a written cache line to reach another thread and its answer to come back: the
// best of `rounds` times a hundred. A barrier costs about as much, and rows and weights that the
// other core wrote arrive no faster.
double core_round_trip(int rounds);

}  // namespace chainrule
