// SPDX-License-Identifier: Apache-2.0
// The engine's own threads: started by a fit, joined at its end. Nothing lives between calls, so a
// fork between fits has nothing to lose. A waiting thread spins briefly, then sleeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "base/cpu.h"
#include "base/floating_point.h"

namespace chainrule {

// What a pool asks of the system. A test has another one, whose threads a seed schedules.
struct SystemThreads {
  using Thread = std::thread;
  template <class T>
  using Atomic = std::atomic<T>;
  static constexpr int kSpins = 2000;  // about 30 us
  static int processor() { return current_processor(); }
  static void keep_off(int processor, std::thread& thread, int threads) {
    chainrule::keep_off(processor, thread.native_handle(), threads);
  }
};

template <class System>
class ThreadPoolOf {
 public:
  enum class Start { now, later };

  // A pool of up to n_threads, the caller included.
  explicit ThreadPoolOf(int n_threads, Start when = Start::now)
      : size_(n_threads > 1 ? n_threads : 1) {
    if (when == Start::now) start();
  }

  // Starts the threads that do not run yet; where the system refuses one, the pool is smaller.
  void start() {
    const int wanted = size_ - 1;
    if (static_cast<int>(threads_.size()) == wanted) return;
    for (int t = 1; t <= wanted; ++t) {
      try {
        threads_.emplace_back([this, t] { serve(t); });
      } catch (const std::exception&) {  // no thread, or no memory for one
        size_ = t;
        break;
      }
    }
    // Beside its caller, a new thread would begin when that one's slice is over, in 3 ms.
    caller_ = System::processor();
    keep_off(caller_);
    keep_off(-1);
  }

  ThreadPoolOf(const ThreadPoolOf&) = delete;
  ThreadPoolOf& operator=(const ThreadPoolOf&) = delete;

  ~ThreadPoolOf() {
    work_ = nullptr;
    announce();
    for (Thread& thread : threads_) thread.join();
  }

  int size() const { return size_; }

  // Whether all threads run by now: they may take as long to start as a few steps alone.
  bool is_complete() const { return running_.load(std::memory_order_acquire) == size_ - 1; }

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
    caller_ = System::processor();
    const bool moves = beside_.load(std::memory_order_relaxed) && caller_ >= 0;
    if (moves) {
      beside_.store(false, std::memory_order_relaxed);
      keep_off(caller_);
    }
    announce();
    if (moves) keep_off(-1);  // they are awake elsewhere by now
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
      wait_while(round_, round, kSpins);
    }
  }

 private:
  using Thread = typename System::Thread;
  template <class T>
  using Atomic = typename System::template Atomic<T>;
  static constexpr int kSpins = System::kSpins;

  // A step made alone meanwhile is not over at once.
  static constexpr int kFirstSpins = 10 * kSpins;

  // Virtual machines often wake a thread on its waker's processor though another one idles, and of
  // two that sleep in turn the system never sees that one waits.
  void keep_off(int processor) {
    for (Thread& thread : threads_) System::keep_off(processor, thread, size_);
  }

  // Waits until `word` is no longer `old`: spins first, then sleeps.
  static void wait_while(const Atomic<std::uint32_t>& word, std::uint32_t old, int spins) {
    for (int i = 0; i < spins; ++i) {
      if (word.load(std::memory_order_acquire) != old) return;
      pause_briefly();
    }
    while (word.load(std::memory_order_acquire) == old) word.wait(old, std::memory_order_acquire);
  }

  void announce() {
    job_.fetch_add(1, std::memory_order_acq_rel);
    job_.notify_all();
  }

  void serve(int thread) {
    const FlushSubnormals flush;
    running_.fetch_add(1, std::memory_order_acq_rel);
    std::uint32_t seen = 0;
    for (int spins = kFirstSpins;; spins = kSpins) {
      wait_while(job_, seen, spins);
      seen = job_.load(std::memory_order_acquire);
      if (work_ == nullptr) return;
      if (System::processor() == caller_) beside_.store(true, std::memory_order_relaxed);
      work_(context_, thread);
      barrier();
    }
  }

  std::vector<Thread> threads_;
  int size_;
  Atomic<int> running_{0};  // besides the caller
  void (*work_)(const void*, int) = nullptr;
  const void* context_ = nullptr;
  int active_ = 1;
  int caller_ = -1;             // its processor, where that is known
  Atomic<bool> beside_{false};  // whether a thread began a job there
  alignas(64) Atomic<std::uint32_t> job_{0};
  alignas(64) Atomic<std::uint32_t> arrived_{0};
  alignas(64) Atomic<std::uint32_t> round_{0};
};

using ThreadPool = ThreadPoolOf<SystemThreads>;

}  // namespace chainrule
