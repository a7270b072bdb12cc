// SPDX-License-Identifier: Apache-2.0
// Chooses between one thread and the whole pool by timing steps: on shared cores the second one may
// cost more than it gives. The number of threads changes no bit, so this is free to try.
#pragma once

#include <algorithm>
#include <chrono>

namespace chainrule {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class ThreadTuning {
 public:
  // `together` is the first guess, from what a step is expected to cost.
  ThreadTuning(int threads, bool fixed, bool together)
      : threads_(threads), fixed_(fixed || threads == 1), mode_(together ? kTogether : kAlone) {}

  // Threads for the next step.
  int threads() const { return fixed_ || mode_ == kTogether ? threads_ : 1; }

  bool measures() const { return !fixed_; }

  // The time of a step made alone before the threads had come. The first such step starts them
  // too, so the least time counts.
  void record_alone(double seconds) {
    double& usual = usual_[kAlone];
    usual = usual > 0 ? std::min(usual, seconds) : seconds;
  }

  // The time that the step just made took; all steps recorded have as many rows.
  void record(double seconds) {
    spent_ += seconds;
    const int other = 1 - mode_;
    // The first step after a change wakes or loses the other threads, and says little.
    if (++count_ == 1) {
      if (!probing_ && usual_[other] > 0 && seconds > kHopeless * usual_[other]) change_to(other);
      return;
    }
    double& usual = usual_[mode_];
    // Alone, an interruption says nothing of the step; together, one keeps all threads waiting.
    const bool alone = mode_ == kAlone;
    if (count_ == 2 || (alone && count_ == 3 && seconds < usual)) {
      usual = seconds;
    } else {
      const double counted = alone ? std::min(seconds, kSpike * usual) : seconds;
      usual += (counted - usual) / std::min(count_ - 1.0, kMemory);
    }
    if (probing_) {
      if (!enough() && seconds < kHopeless * usual_[other]) return;
      const bool better = is_better(mode_);
      patience_ = better ? 1 : std::min(2 * patience_, kMostPatience);
      wait_ = kShare * patience_ * spent_;
      probing_ = false;
      change_to(better ? mode_ : other);
    } else if (usual_[other] > 0 && usual > (enough() ? 1.2 : 2) * usual_[other]) {
      change_to(other);  // it has become worse than what the other was last seen to be
    } else if (enough() && spent_ >= std::max(wait_, kFewest * usual)) {
      probing_ = true;
      change_to(other);
    }
  }

 private:
  // Whether the steps since the last change say how fast this mode is.
  bool enough() const { return count_ > kProbe || (count_ > 1 && spent_ > kLong); }

  // Whether this mode is the better one of two known ones.
  bool is_better(int mode) const {
    const bool gains = kGain * usual_[kTogether] < usual_[kAlone];
    return gains == (mode == kTogether);
  }

  void change_to(int mode) {
    if (mode == mode_) return;
    mode_ = mode;
    count_ = 0;
    spent_ = 0;
  }

  static constexpr int kAlone = 0;
  static constexpr int kTogether = 1;
  static constexpr int kProbe = 4;             // steps that say how fast a mode is;
  static constexpr double kLong = 2e-3;        // of long ones, in seconds, fewer do
  static constexpr double kFirst = 2e-3;       // seconds before the first probe: it may cost a wait
                                               // of milliseconds, more than a fit of few steps
  static constexpr double kFewest = 16;        // steps before a probe: two long ones alone cost two
  static constexpr double kShare = 50;         // a probe waits so many times its cost: 2 %,
  static constexpr double kMostPatience = 16;  // and longer after each that changed nothing
  static constexpr double kHopeless = 8;       // times the other mode's step: the probe ends
  static constexpr double kGain = 1.03;        // that other cores' work must bring at least
  static constexpr double kSpike = 1.25;       // times the usual time alone: more does not count
  static constexpr double kMemory = 8;         // steps over which a time is averaged

  int threads_;
  bool fixed_;
  int mode_;
  bool probing_ = false;
  int count_ = 0;
  double usual_[2] = {0, 0};  // seconds a step in each mode, 0 before the first
  double spent_ = 0;          // since the mode was entered
  double wait_ = kFirst;
  double patience_ = 1;
};

}  // namespace chainrule
