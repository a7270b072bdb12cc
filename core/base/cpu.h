// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace chainrule {

// Processors this process may use: the affinity mask cut to the cgroup's quota, or
// CHAINRULE_NUM_THREADS where that is set; no more than the calling thread's limit, at least 1.
int available_threads();

// The calling thread's limit on that number; less than 1 is none.
void limit_threads(int limit);

}  // namespace chainrule
