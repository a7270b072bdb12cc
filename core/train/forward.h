// SPDX-License-Identifier: Apache-2.0
// Step 1, forward: a(0) from the features, then z(l) = W(l) a(l-1) + b(l), a(l) = sigma(z(l)), for
// rows [from, to) of a batch.
#pragma once

#include "train/batch.h"

namespace chainrule {

// Up to z(L), which is left in the last layer's delta; step 2 takes it from there. `dropout` says
// whether the batch's masks are applied.
template <class T>
void forward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch, bool dropout,
             Index from, Index to);

}  // namespace chainrule
