// SPDX-License-Identifier: Apache-2.0
// Every allocation fails once: the N-th one of a call, for N = 1, 2, 3, ... until a call needs no
// more. Each failure is std::bad_alloc or SizeError, leaks nothing, and leaves a core whose next
// call gives the same bits.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>

#include "base/thread_pool.h"
#include "cases.h"
#include "train/fit.h"
#include "train/pullback.h"
#include "train/trace.h"
#include "train/validation.h"

namespace {

std::atomic<long> countdown{-1};  // allocations until the one that fails; below 0 none does
std::atomic<long> alive{0};       // blocks that nobody has given back

bool fails() { return countdown.load() > 0 && countdown.fetch_sub(1) == 1; }

}  // namespace

// The linker sends the core's aligned allocations here, and all frees: --wrap.
extern "C" {
void* __real_aligned_alloc(std::size_t alignment, std::size_t bytes);
void __real_free(void* memory);
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t bytes) {
  if (fails()) return nullptr;
  void* memory = __real_aligned_alloc(alignment, bytes);
  if (memory != nullptr) ++alive;
  return memory;
}
void __wrap_free(void* memory) {
  if (memory != nullptr) --alive;
  __real_free(memory);
}
}

// Inlined, the compiler would see malloc behind new and free behind delete, and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* memory = fails() ? nullptr : std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  ++alive;
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace chainrule {
namespace {

template <class T>
using Numbers = std::vector<T>;

template <class T>
Numbers<T> copy_of(const Buffer<T>& buffer) {
  return {buffer.data(), buffer.data() + buffer.size()};
}

template <class T>
Numbers<T> fitted(const Case& run, const Data<T>& data, int threads) {
  auto state = starting_state<T>(run);
  TrainingPlan training = run.training;
  training.n_threads = threads;
  fit<T>(*state, training, data.rows, data.rows, Metric::rmse, {});
  return copy_of(state->network.values());
}

template <class T>
Numbers<T> predicted(const Case& run, const Data<T>& data) {
  Network<T> network(run.network);
  start(network);
  Numbers<T> out(static_cast<std::size_t>(run.n * run.network.n_outputs));
  ThreadPool pool(2);
  Poll poll;
  Predictor<T>(network, pool.size()).predict(data.rows, false, pool, pool.size(), out.data(), poll);
  return out;
}

template <class T>
Numbers<T> traced(const Case& run, const Data<T>& data) {
  auto state = starting_state<T>(run);
  Trace<T> seen(run.network, data.rows);
  start(seen.network);
  trace<T>(*state, run.training, data.rows, 0, seen);
  return copy_of(seen.gradients);
}

template <class T>
Numbers<T> pulled(const Case& run, const Data<T>& data) {
  Network<T> network(run.network);
  start(network);
  const Index width = network.layers()[network.lowest()]->n_out();
  Numbers<T> out(static_cast<std::size_t>(run.n * width));
  ThreadPool pool(2);
  pullback<T>(network, data.rows, data.y.data(), pool, pool.size(), out.data());
  return out;
}

template <class T>
Numbers<T> started(const Case& run, const Data<T>& data) {
  Network<T> network(run.network, false);
  start(network);
  fit_to_data<T>(network, data.rows, 5);
  return copy_of(network.values());
}

Numbers<double> differences(const Case& run, const Data<double>& data) {
  Network<double> network(run.network);
  start(network);
  std::vector<Index> positions;
  for (Index k = 0; k < 20; ++k) positions.push_back(network.position(0, 0));
  Numbers<double> slopes(positions.size());
  numeric_gradients(network, run.training, data.rows, 0, positions, 2, {}, slopes.data());
  return slopes;
}

// How many allocations of a call can fail; the call itself must survive each.
template <class T>
long every_failure(const char* what, const Case& run, const std::function<Numbers<T>()>& call) {
  const Numbers<T> expected = call();
  long failed = 0;
  for (long n = 1;; ++n) {
    const long before = alive;
    bool done = false;
    countdown = n;
    try {
      done = call() == expected;
    } catch (const std::bad_alloc&) {
      ++failed;
    } catch (const SizeError&) {
      ++failed;
    }
    const bool was_needed = countdown == 0;
    countdown = -1;
    const bool leaks = alive != before;
    check(!leaks, what, run.name + ": a leak");
    check(call() == expected, what, run.name + ": the next call");
    if (was_needed) continue;  // where no thread was to be had, the call went on with fewer
    check(done, what, run.name + ": the last call");
    return failed;
  }
}

template <class T>
long all_calls(const Case& run) {
  const Data<T> data(run);
  const auto each = [&](const char* what, auto call) {
    return every_failure<T>(what, run, [&] { return call(run, data); });
  };
  const auto with_threads = [](int threads) {
    return [threads](const Case& c, const Data<T>& d) { return fitted<T>(c, d, threads); };
  };
  long failed = each("fit", with_threads(1)) + each("fit with threads", with_threads(3));
  failed += each("predict", predicted<T>) + each("trace", traced<T>);
  failed += each("pullback", pulled<T>) + each("start", started<T>);
  if constexpr (sizeof(T) == 8) failed += each("differences", differences);
  return failed;
}

}  // namespace
}  // namespace chainrule

int main() {
  using namespace chainrule;
  long failed = 0;
  for (int seed = 1; seed < 9; ++seed) {
    Case run = make_case({4, 9, 7, 2}, 13, seed);
    run.training.batch_size = 5;
    failed += seed % 2 == 0 ? all_calls<float>(run) : all_calls<double>(run);
  }
  std::printf("%ld allocations failed\n%d failures\n", failed, failures());
  return failures() == 0 ? 0 : 1;
}
