// SPDX-License-Identifier: Apache-2.0
// The log-loss that remains after the best temperature: what an epoch knows, apart from how sure it
// is, which calibration mends afterwards (Berta et al., arXiv 2501.19195).
#pragma once

#include "train/plan.h"

namespace chainrule {

// Weighted mean over the rows of the log-loss of softmax(beta z) or, with several labels,
// sigmoid(beta z), where z = log p or the log-odds of the outputs p (n, n_outputs), and beta > 0 is
// the best one for targets smoothed by 1 / (n + 1). beta comes from at most about 10,000 rows.
template <class T>
double refined_log_loss(const NetworkPlan& plan, const Rows<T>& rows, const T* outputs);

}  // namespace chainrule
