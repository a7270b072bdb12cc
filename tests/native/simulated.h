// SPDX-License-Identifier: Apache-2.0
// Threads of which one runs at a time: before every access to an atomic number a seed says which.
// A wait ends by a notification alone, so that a lost one leaves nobody to run, which is reported.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace chainrule {

class Simulation {
 public:
  static constexpr int kMostSteps = 1'000'000;

  explicit Simulation(std::uint64_t seed) : random_(seed), seed_(seed) {
    waits_for_.push_back(nullptr);  // the caller is thread 0
    current() = this;
    self() = 0;
  }

  ~Simulation() { current() = nullptr; }

  // The one that runs now.
  static Simulation*& current() {
    static Simulation* simulation = nullptr;
    return simulation;
  }

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  // Somebody may run now, the caller included.
  void point() {
    std::unique_lock lock(mutex_);
    pass_on(lock);
  }

  // Sleeps until `key` is notified, unless `is_over` holds.
  void sleep(const void* key, const std::function<bool()>& is_over) {
    std::unique_lock lock(mutex_);
    if (is_over()) return;
    waits_for_[index(self())] = key;
    pass_on(lock);
  }

  void notify(const void* key) {
    const std::unique_lock lock(mutex_);
    for (const void*& waits : waits_for_)
      if (waits == key) waits = nullptr;
  }

  // A thread that first runs when it is chosen; or none, as systems do at times.
  int start(std::thread& thread, std::function<void()> work) {
    if (draw(16) == 0) throw std::runtime_error("no thread");
    const std::unique_lock lock(mutex_);
    const int number = static_cast<int>(waits_for_.size());
    waits_for_.push_back(nullptr);
    thread = std::thread([this, number, work = std::move(work)] {
      self() = number;
      {
        std::unique_lock own(mutex_);
        turn_.wait(own, [&] { return running_ == number; });
      }
      work();
      std::unique_lock own(mutex_);
      waits_for_[index(number)] = &kEnded;
      for (const void*& waits : waits_for_)
        if (waits == &waits_for_) waits = nullptr;
      choose();
    });
    return number;
  }

  void join(int number, std::thread& thread) {
    {
      std::unique_lock lock(mutex_);
      while (waits_for_[index(number)] != &kEnded) {
        waits_for_[index(self())] = &waits_for_;
        pass_on(lock);
      }
    }
    thread.join();
  }

 private:
  static constexpr char kEnded = 0;
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  static int& self() {
    thread_local int number = 0;
    return number;
  }

  void pass_on(std::unique_lock<std::mutex>& lock) {
    choose();
    const int number = self();
    turn_.wait(lock, [&] { return running_ == number; });
  }

  void choose() {
    std::vector<int> ready;
    for (std::size_t i = 0; i < waits_for_.size(); ++i)
      if (waits_for_[i] == nullptr) ready.push_back(static_cast<int>(i));
    if (ready.empty() || ++steps_ > kMostSteps) {
      std::fprintf(stderr, "FAILED seed %llu: %s\n", static_cast<unsigned long long>(seed_),
                   ready.empty() ? "all threads sleep" : "no end");
      std::_Exit(1);
    }
    running_ = ready[draw(ready.size())];
    turn_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable turn_;
  std::mt19937_64 random_;
  std::uint64_t seed_;
  std::vector<const void*> waits_for_;  // of each thread; null where it may run
  int running_ = 0;
  int steps_ = 0;
};

struct SimulatedThreads {
  static constexpr int kSpins = 1;
  static int processor() { return static_cast<int>(Simulation::current()->draw(2)); }

  template <class T>
  class Atomic {
   public:
    Atomic(T value) : value_(value) {}

    T load(std::memory_order order) const {
      Simulation::current()->point();
      return value_.load(order);
    }
    void store(T value, std::memory_order order) {
      Simulation::current()->point();
      value_.store(value, order);
    }
    T fetch_add(T value, std::memory_order order) {
      Simulation::current()->point();
      return value_.fetch_add(value, order);
    }
    void wait(T old, std::memory_order order) const {
      Simulation::current()->point();
      Simulation::current()->sleep(this, [&] { return value_.load(order) != old; });
    }
    void notify_all() {
      Simulation::current()->point();
      Simulation::current()->notify(this);
    }

   private:
    std::atomic<T> value_;
  };

  class Thread {
   public:
    template <class Work>
    explicit Thread(Work work)
        : thread_(std::make_unique<std::thread>()),
          number_(Simulation::current()->start(*thread_, std::move(work))) {}

    void join() { Simulation::current()->join(number_, *thread_); }

   private:
    std::unique_ptr<std::thread> thread_;
    int number_;
  };

  static void keep_off(int, const Thread&, int) { Simulation::current()->point(); }
};

}  // namespace chainrule
