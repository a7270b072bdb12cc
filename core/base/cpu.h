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

// Lets a thread run on all of the calling thread's processors but that one, where those are at
// least `wanted`; on all of them where `processor` is -1.
void keep_off(int processor, std::thread::native_handle_type thread, int wanted);

// Whether the processor multiplies tiles of bfloat16 (AMX), and the system knows of tiles.
bool has_tiles();

// Asks the system, once, for their use by this process: from then on it saves 8 KiB more of each
// thread that uses them, on stacks of signal handlers too, and where one is too small, it refuses.
bool ask_for_tiles();

}  // namespace chainrule
