// SPDX-License-Identifier: Apache-2.0
// An optimizer's memory on its way through the border: counters by name, moments as arrays.
#pragma once

#include "convert.h"
#include "train/state.h"

namespace chainrule {

struct StateArrays {
  Index epoch = 0;
  Index n_steps = 0;
  double beta1_power = 1;
  double beta2_power = 1;
  // In the order of the parameters; empty where there are none, or where they are zero.
  Arrays first;
  Arrays second;
  Arrays best;  // of the epoch that earlier calls kept, where it is not the last one
  double rate_factor = 1;
};

template <class T>
void load_state(State<T>& state, const Arrays& values, const StateArrays& from) {
  load_arrays(state.network, values, state.network.values());
  state.network.refresh();
  state.epoch = from.epoch;
  state.moments.n_steps = from.n_steps;
  state.moments.beta1_power = from.beta1_power;
  state.moments.beta2_power = from.beta2_power;
  if (!from.first.empty()) load_arrays(state.network, from.first, state.moments.first);
  if (!from.second.empty()) load_arrays(state.network, from.second, state.moments.second);
  state.rate_factor = from.rate_factor;
  if (from.best.empty()) return;
  state.best = Buffer<T>(state.network.size());
  load_arrays(state.network, from.best, state.best);
}

// What a call leaves behind.
struct SavedState {
  nb::list values, first, second, best;
  Index epoch = 0;
  Index n_steps = 0;
  double beta1_power = 1;
  double beta2_power = 1;
  double rate_factor = 1;
  Index best_epoch = -1;
  std::string stop_reason;  // empty as long as training goes on
};

template <class T>
SavedState save_state(const Network<T>& network, const Buffer<T>& values, const Moments<T>& moments,
                      const Buffer<T>& best) {
  SavedState saved;
  saved.values = save_arrays(network, values);
  saved.first = save_arrays(network, moments.first);
  saved.second = save_arrays(network, moments.second);
  saved.best = save_arrays(network, best);
  saved.n_steps = moments.n_steps;
  saved.beta1_power = moments.beta1_power;
  saved.beta2_power = moments.beta2_power;
  return saved;
}

template <class T>
SavedState save_state(const State<T>& state) {
  SavedState saved = save_state(state.network, state.network.values(), state.moments, Buffer<T>());
  saved.epoch = state.epoch;
  return saved;
}

}  // namespace chainrule
