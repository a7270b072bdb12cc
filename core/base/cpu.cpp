// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif
#if defined(__linux__) && defined(CHAINRULE_X86)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace chainrule {
namespace {

// A positive number from the environment, else 0. joblib's workers get their share by these names.
int from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::max(0, std::atoi(text));
}

// cpu.max holds "quota period" or "max period" (cgroup v2); 0 where there is no limit.
int cgroup_quota() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::max(1, static_cast<int>(std::atof(quota.c_str()) / period));
}

int usable_processors() {
  if (const int forced = from_environment("CHAINRULE_NUM_THREADS")) return forced;
  int count = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) count = CPU_COUNT(&mask);
#endif
  if (const int quota = cgroup_quota()) count = std::min(count, quota);
  for (const char* name : {"OMP_NUM_THREADS", "LOKY_MAX_CPU_COUNT"}) {
    if (const int limit = from_environment(name)) count = std::min(count, limit);
  }
  return std::max(1, count);
}

thread_local int own_limit = 0;  // 0 is none

}  // namespace

int available_threads() {
  if (own_limit == 1) return 1;
  const int count = usable_processors();
  return own_limit > 0 ? std::min(own_limit, count) : count;
}

// What limits nothing today is forgotten, so that it limits nothing tomorrow.
void limit_threads(int limit) { own_limit = limit < usable_processors() ? std::max(0, limit) : 0; }

#if defined(__linux__)
int current_processor() { return sched_getcpu(); }

void keep_off(int processor, std::thread::native_handle_type thread, int wanted) {
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof(mask), &mask) != 0 || CPU_COUNT(&mask) < wanted) return;
  if (processor >= 0) CPU_CLR(static_cast<std::size_t>(processor), &mask);
  pthread_setaffinity_np(thread, sizeof(mask), &mask);
}
#else
int current_processor() { return -1; }

void keep_off(int, std::thread::native_handle_type, int) {}
#endif

#if defined(__linux__) && defined(CHAINRULE_X86)
namespace {
// Of arch_prctl(2), which headers before Linux 5.16 do not name; and the number of the tiles'
// state.
constexpr long kSupportedStates = 0x1021, kAskForState = 0x1023, kTileState = 18;
}  // namespace

bool has_tiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned kTiles = 1u << 24, kProducts = 1u << 22;
  std::uint64_t states = 0;
  return (d & kTiles) != 0 && (d & kProducts) != 0 &&
         syscall(SYS_arch_prctl, kSupportedStates, &states) == 0 && (states >> kTileState & 1) != 0;
}

bool ask_for_tiles() {
  static const bool granted = syscall(SYS_arch_prctl, kAskForState, kTileState) == 0;
  return granted;
}
#else
bool has_tiles() { return false; }

bool ask_for_tiles() { return false; }
#endif

}  // namespace chainrule
