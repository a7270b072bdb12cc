// SPDX-License-Identifier: Apache-2.0
// Chooses between one thread and the whole team by timing steps: on shared cores the second one may
// cost more than it gives. The number of threads changes no bit, so this is free to try.
#pragma once

#include <algorithm>
#include <chrono>

namespace chainrule {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Pace {
 public:
  Pace(int threads, bool fixed) : threads_(threads), fixed_(fixed || threads == 1) {}

  // Threads for the next step.
  int threads() const {
    if (fixed_) return threads_;
    const bool team = probing_ ? !team_is_faster_ : team_is_faster_;
    return team ? threads_ : 1;
  }

  bool measures() const { return !fixed_; }

  // The time that the step just made took.
  void record(double seconds) {
    double& best = threads() > 1 ? team_time_ : alone_time_;
    best = count_ == 0 ? seconds : std::min(best, seconds);
    if (++count_ < (probing_ ? kProbe : kRun)) return;
    if (probing_) {
      team_is_faster_ = team_time_ < alone_time_;
    }
    probing_ = !probing_;
    count_ = 0;
  }

 private:
  static constexpr int kProbe = 4;  // steps in the other mode,
  static constexpr int kRun = 200;  // after so many in the faster one: 2 % of the steps

  int threads_;
  bool fixed_;
  bool team_is_faster_ = true;
  bool probing_ = false;
  int count_ = kRun - 8;  // the first comparison comes after 8 steps
  double team_time_ = 0;
  double alone_time_ = 0;
};

}  // namespace chainrule
