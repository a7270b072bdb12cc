// SPDX-License-Identifier: Apache-2.0
// The pool under simulated schedules: native_schedules COUNT [FIRST] runs the seeds from FIRST on.
// A seed names the threads' order, the pool's size, and what is asked of it.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "checks.h"
#include "simulated.h"

using namespace chainrule;

namespace {

using Pool = ThreadPoolOf<SimulatedThreads>;

// A job of some phases, between which all wait for each other, as a step's do.
void run_job(Simulation& simulation, Pool& pool, int active, const std::string& seed) {
  const int phases = 1 + static_cast<int>(simulation.draw(3));
  std::vector<int> done(static_cast<std::size_t>(active), 0);
  const auto work = [&](int thread) {
    for (int phase = 0; phase < phases; ++phase) {
      if (phase > 0) pool.barrier();
      for (const int others : done)
        check(others == phase || others == phase + 1, "all in the same phase", seed);
      simulation.point();
      ++done[static_cast<std::size_t>(thread)];
    }
  };
  pool.run(active, work);
  for (const int times : done) check(times == phases, "each once", seed);
}

void run_schedule(std::uint64_t number) {
  Simulation simulation(number);
  const std::string seed = "seed " + std::to_string(number);
  const int wanted = 1 + static_cast<int>(simulation.draw(4));
  const bool later = simulation.draw(2) == 0;
  Pool pool(wanted, later ? Pool::Start::later : Pool::Start::now);
  const std::uint64_t jobs = simulation.draw(6);
  for (std::uint64_t job = 0; job < jobs; ++job) {
    bool together = simulation.draw(3) > 0;
    if (together && later) {
      pool.start();
      together = simulation.draw(2) == 0 || pool.is_complete();
    }
    run_job(simulation, pool, together ? pool.size() : 1, seed);
  }
  check(pool.size() <= wanted, "no more threads than wanted", seed);
}

}  // namespace

int main(int count, char** given) {
  const std::uint64_t n = count > 1 ? std::strtoull(given[1], nullptr, 10) : 1000;
  const std::uint64_t first = count > 2 ? std::strtoull(given[2], nullptr, 10) : 0;
  for (std::uint64_t seed = first; seed < first + n; ++seed) run_schedule(seed);
  std::printf("%llu schedules, %d failures\n", static_cast<unsigned long long>(n), failures());
  return failures() == 0 ? 0 : 1;
}
