// SPDX-License-Identifier: Apache-2.0
#include "kernels/peak.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/floating_point.h"
#include "kernels/kernels.h"

namespace chainrule {
namespace {

using Clock = std::chrono::steady_clock;

// Sum over the threads of work per second. make() gives a thread its own function that does some
// work and returns its amount; the threads start together.
template <class Make>
double rate(double seconds, int n_threads, const Make& make) {
  if (!(seconds > 0) || n_threads < 1) {
    throw std::invalid_argument("seconds and n_threads must be positive");
  }
  std::vector<double> rates(static_cast<std::size_t>(n_threads));
  std::atomic<int> waiting{n_threads};
  const auto measure = [&](std::size_t thread) {
    auto work = make();
    work();
    --waiting;
    while (waiting.load() > 0) std::this_thread::yield();
    const Clock::time_point start = Clock::now();
    double done = 0, elapsed = 0;
    while (elapsed < seconds) {
      done += work();
      elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    }
    rates[thread] = done / elapsed;
  };
  std::vector<std::thread> threads;
  for (std::size_t t = 1; t < rates.size(); ++t) threads.emplace_back(measure, t);
  measure(0);
  for (std::thread& thread : threads) thread.join();
  double sum = 0;
  for (const double each : rates) sum += each;
  return sum;
}

}  // namespace

double fma_peak(double seconds, int n_threads) {
  return rate(seconds, n_threads, [] {
    return [] {
      float sums[kPanel<float>];
      return static_cast<double>(kernels<float>().multiply_add_chains(20000, sums));
    };
  });
}

double latency(const std::string& operation, int rounds) {
  if (rounds < 1) throw std::invalid_argument("rounds must be positive");
  constexpr std::array<const char*, 4> kNames = {"multiply_add", "divide", "square_root",
                                                 "exponential"};
  const auto* const found = std::find(kNames.begin(), kNames.end(), operation);
  if (found == kNames.end()) throw std::invalid_argument("no latency of " + operation);
  const auto kind = static_cast<Waits>(found - kNames.begin());
  constexpr Index kLinks = 2000;
  float out[kPanel<float>];
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    const Clock::time_point start = Clock::now();
    kernels<float>().waiting_chain(kind, kLinks, out);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best / static_cast<double>(kLinks) * 1e9;
}

double core_round_trip(int rounds) {
  if (rounds < 1) throw std::invalid_argument("rounds must be positive");
  constexpr int kTrips = 100;
  std::atomic<int> ball{0};  // even: with the caller
  const int last = 2 * kTrips * rounds;
  std::thread other([&] {
    for (int i = 1; i < last; i += 2) {
      while (ball.load(std::memory_order_acquire) != i) pause_briefly();
      ball.store(i + 1, std::memory_order_release);
    }
  });
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0, i = 0; round < rounds; ++round) {
    const Clock::time_point start = Clock::now();
    for (const int end = i + 2 * kTrips; i < end; i += 2) {
      ball.store(i + 1, std::memory_order_release);
      while (ball.load(std::memory_order_acquire) != i + 2) pause_briefly();
    }
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  other.join();
  return best / kTrips * 1e9;
}

double stream_bandwidth(Index bytes, double seconds, int n_threads) {
  const Index panels_each = bytes / static_cast<Index>(3 * kPanel<float> * sizeof(float));
  const Index count = std::max<Index>(1, panels_each) * kPanel<float>;
  const Index repeats = std::max<Index>(1, 100000 / count);
  return rate(seconds, n_threads, [count, repeats] {
    const auto size = static_cast<std::size_t>(count);
    return [x = std::vector<float>(size, 0.5f), y = std::vector<float>(size, 0.5f),
            out = std::vector<float>(size), count, repeats]() mutable {
      for (Index i = 0; i < repeats; ++i) {
        kernels<float>().multiply(x.data(), y.data(), out.data(), count);
      }
      return static_cast<double>(3 * count * repeats) * sizeof(float);
    };
  });
}

}  // namespace chainrule
