// SPDX-License-Identifier: Apache-2.0
// The engine's own threads: started by a fit, joined at its end. Nothing lives between calls, so a
// fork between fits has nothing to lose. A waiting thread spins briefly, then sleeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "base/floating_point.h"

namespace chainrule {

// Waits until `word` is no longer `old`: about 30 us of spinning, then sleep.
inline void wait_while(const std::atomic<std::uint32_t>& word, std::uint32_t old) {
  for (int i = 0; i < 2000; ++i) {
    if (word.load(std::memory_order_acquire) != old) return;
    pause_briefly();
  }
  while (word.load(std::memory_order_acquire) == old) word.wait(old, std::memory_order_acquire);
}

class ThreadPool {
 public:
  // Starts up to n_threads - 1 threads; where the system refuses one, the pool is smaller.
  explicit ThreadPool(int n_threads) {
    threads_.reserve(static_cast<std::size_t>(n_threads > 0 ? n_threads - 1 : 0));
    for (int t = 1; t < n_threads; ++t) {
      try {
        threads_.emplace_back([this, t] { serve(t); });
      } catch (const std::exception&) {  // no thread, or no memory for one
        break;
      }
    }
  }

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  ~ThreadPool() {
    work_ = nullptr;
    announce();
    for (std::thread& thread : threads_) thread.join();
  }

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Runs work(thread) on the first `active` threads, the caller being thread 0, and returns when
  // all are done. `work` must not throw. `active` is 1 or size(): a thread left out could sleep
  // through the job and mistake the next one's numbers for it.
  template <class Work>
  void run(int active, const Work& work) {
    active_ = active;
    if (active <= 1) {
      work(0);
      return;
    }
    context_ = &work;
    work_ = [](const void* context, int thread) { (*static_cast<const Work*>(context))(thread); };
    announce();
    work(0);
    barrier();
  }

  // Waits for the active threads of the current run.
  void barrier() {
    // Read before arriving: once the last thread is here, the caller may start another job.
    const auto expected = static_cast<std::uint32_t>(active_);
    if (expected <= 1) return;
    const std::uint32_t round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == expected) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
      round_.notify_all();
    } else {
      wait_while(round_, round);
    }
  }

 private:
  void announce() {
    job_.fetch_add(1, std::memory_order_acq_rel);
    job_.notify_all();
  }

  void serve(int thread) {
    const FlushSubnormals flush;
    std::uint32_t seen = 0;
    for (;;) {
      wait_while(job_, seen);
      seen = job_.load(std::memory_order_acquire);
      if (work_ == nullptr) return;
      if (thread < active_) {
        work_(context_, thread);
        barrier();
      }
    }
  }

  std::vector<std::thread> threads_;
  void (*work_)(const void*, int) = nullptr;
  const void* context_ = nullptr;
  int active_ = 1;
  alignas(64) std::atomic<std::uint32_t> job_{0};
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
};

}  // namespace chainrule
