// SPDX-License-Identifier: Apache-2.0
// How a long computation learns that it shall end: between pieces of its work it says how many rows
// are done, and sees whether somebody has asked for a stop.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "base/types.h"
#include "train/thread_tuning.h"

namespace chainrule {

struct Poll {
  // Called by thread 0 alone; may ask for the stop.
  void (*function)(void*, Index n_rows) = nullptr;
  void* context = nullptr;
  std::atomic<bool> stop{false};

  void after_rows(Index n) {
    if (function != nullptr) function(context, n);
  }
  bool stopped() const { return stop.load(std::memory_order_relaxed); }
};

// Asks the caller about Ctrl-C every few milliseconds of work.
class Interrupts {
 public:
  // `row_work` is in multiply-adds. The clock is read every 2e7 of them or so, and by several
  // threads always, since on shared cores they may wait milliseconds at a barrier.
  Interrupts(Poll& poll, std::function<bool()> interrupted, double row_work, bool alone)
      : poll_(poll),
        interrupted_(std::move(interrupted)),
        row_work_(row_work),
        overhead_(alone ? 2e3 : 2e7) {
    poll.function = after_rows;
    poll.context = this;
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool seen() const { return seen_; }

 private:
  static void after_rows(void* self, Index n) {
    auto& me = *static_cast<Interrupts*>(self);
    me.work_ += me.row_work_ * static_cast<double>(n) + me.overhead_;
    if (me.work_ >= 2e7) me.ask();
  }

  void ask() {
    work_ = 0;
    if (!interrupted_ || seconds_since(last_) < 0.02) return;
    last_ = Clock::now();
    if (interrupted_()) {
      seen_ = true;
      poll_.stop.store(true);
    }
  }

  Poll& poll_;
  std::function<bool()> interrupted_;
  double row_work_;
  double overhead_;  // of a step beside its arithmetic, counted in multiply-adds
  Clock::time_point last_ = Clock::now();
  double work_ = 0;
  bool seen_ = false;
};

}  // namespace chainrule
