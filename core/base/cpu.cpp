// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
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

}  // namespace chainrule
