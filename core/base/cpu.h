// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>

namespace chainrule {

// Processors this process may use: the affinity mask cut to the cgroup's quota, or
// CHAINRULE_NUM_THREADS where that is set; no more than the calling thread's limit, at least 1.
int available_threads();

// The calling thread's limit on that number; less than 1 is none.
void limit_threads(int limit);

// The processor that the calling thread stands on, -1 where the system does not say.
int current_processor();

// Moves a thread from there to another of its processors, where it has at least `wanted`; the
// system may move it back later.
void move_from(int processor, std::thread::native_handle_type thread, int wanted);

}  // namespace chainrule
