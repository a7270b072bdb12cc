// SPDX-License-Identifier: Apache-2.0
// The training loop: next batch, forward, loss, backward, update, until a stopping rule holds.
#pragma once

#include "train/state.h"

namespace chainrule {

// Trains state.network on the rows; with validation rows the best epoch's parameters are kept, else
// the last's. A non-finite loss stops with history.diverged_epoch set and the last finite epoch's
// parameters.
template <class T>
void fit(State<T>& state, const TrainingPlan& plan, const Rows<T>& rows, const Rows<T>& validation,
         Metric metric, const Hooks<T>& hooks);

// Threads worth their cost for one step over `rows` rows, at most those that may be used.
template <class T>
int useful_threads(const Network<T>& network, Index rows);

}  // namespace chainrule
