// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace chainrule {

// Processors this process may use: the affinity mask cut to the cgroup's quota, or
// CHAINRULE_NUM_THREADS where that is set; at least 1.
int available_threads();

}  // namespace chainrule
