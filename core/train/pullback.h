// SPDX-License-Identifier: Apache-2.0
// The way back alone: from derivatives by the outputs to those by the lowest layer's rows.
#pragma once

#include "base/thread_pool.h"
#include "train/network.h"

namespace chainrule {

// For every row i, with z(L) its outputs before their activation and `seeds` (n, n_outputs) any
// factors:
//
//   out_j = d( sum_k seeds_k z_k(L) ) / d(out_j of the lowest layer with parameters)
//
// into out (n, n_out of that layer); nothing is dropped.
template <class T>
void pullback(const Network<T>& network, const Rows<T>& rows, const T* seeds, ThreadPool& pool,
              int active, T* out);

}  // namespace chainrule
