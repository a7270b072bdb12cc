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
}

// What a call leaves behind.
struct SavedState {
  nb::list values, first, second;
  Index epoch = 0;
  Index n_steps = 0;
  double beta1_power = 1;
  double beta2_power = 1;
};

template <class T>
SavedState save_state(const State<T>& state) {
  return {save_arrays(state.network, state.network.values()),
          save_arrays(state.network, state.moments.first),
          save_arrays(state.network, state.moments.second),
          state.epoch,
          state.moments.n_steps,
          state.moments.beta1_power,
          state.moments.beta2_power};
}

}  // namespace chainrule
