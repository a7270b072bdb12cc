// SPDX-License-Identifier: Apache-2.0
// Everything that training changes, in one place: parameters, moments, counters, the shuffled
// order, the schedule's memory, early stopping, the best copy and the history.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "train/network.h"

namespace chainrule {

// The optimizer's memory; the arrays are laid out like Network::values().
template <class T>
struct Moments {
  Buffer<T> first;         // first moment, or velocity
  Buffer<T> second;        // second moment, or sum of squares
  Index n_steps = 0;       // updates made since the moments were zero
  double beta1_power = 1;  // beta1 ^ n_steps
  double beta2_power = 1;
};

// Where a moment's values from `at` on lie; null where the optimizer has no such moment.
template <class T>
T* part_of(Buffer<T>& moment, Index at) {
  return moment.data() == nullptr ? nullptr : moment.data() + at;
}

struct History {
  std::vector<double> loss;
  std::vector<double> penalty;  // with penalty_per_batch
  std::vector<double> validation_loss;
  std::vector<double> validation_metric;
  Index best_epoch = -1;
  Index n_steps = 0;
  std::string stop_reason;
  Index diverged_epoch = -1;  // where the loss left the finite numbers, else -1
  Index diverged_step = -1;
};

// The plateau schedule's memory.
struct Plateau {
  double factor = 1;
  double best = 0;
  Index waited = -1;  // -1 before the first epoch
};

// A state within the finite numbers, to go back to where a later one is not.
template <class T>
struct Milestone {
  Buffer<T> values;
  Moments<T> moments;
  Index plan_epoch = -1;  // epochs of the plan before it; -1 is none
  Index epoch = 0;
  double rate_factor = 1;
};

template <class T>
struct State {
  State(const NetworkPlan& plan, Optimizer optimizer) : network(plan) {
    if (row_of(optimizer).first_moment) moments.first = Buffer<T>(network.size());
    if (row_of(optimizer).second_moment) moments.second = Buffer<T>(network.size());
  }

  Network<T> network;
  Moments<T> moments;
  Index epoch = 0;  // completed since the network was made; keys shuffling and dropout
  // Epochs of the plan that earlier calls have made; where they are known, `history` begins with
  // them.
  Index first_epoch = 0;
  std::vector<std::uint32_t> order;
  Plateau plateau;
  double rate_factor = 1;  // on the learning rate; the caller may change it after an epoch
  Buffer<T> best;  // values of the best epoch, or of the last completed one; given, or empty
  double best_score = 0;
  Index waited = 0;  // epochs without improvement
  // Why training ends after the epoch that the caller is just told of, or null.
  const char* ending = nullptr;
  Milestone<T> milestone;
  Buffer<T> failed;  // the values before the step that was not finite, where that is known
  History history;
};

}  // namespace chainrule
