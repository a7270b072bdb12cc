// SPDX-License-Identifier: Apache-2.0
// The core without Python, for sanitizers and valgrind: every network is trained, traced and asked
// on every instruction set, with arrays on the heap that end exactly where they end.
//
//   cmake -S . -B build-native -DCHAINRULE_BINDINGS=OFF -DCHAINRULE_SANITIZE=address,undefined
//   cmake --build build-native --target native_tests && build-native/native_tests [INSTRUCTION_SET]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/team.h"
#include "checks.h"
#include "kernels/dispatch.h"
#include "kernels/names.h"
#include "train/fit.h"
#include "train/initialize.h"
#include "train/trace.h"
#include "train/validation.h"

namespace chainrule {
namespace {

struct Case {
  std::string name;
  NetworkPlan network;
  TrainingPlan training;
  Index n;
};

// Layers of these widths; every activation and loss comes round with `seed`.
Case make_case(const std::vector<Index>& widths, Index n, int seed) {
  Case made;
  made.name = "widths";
  for (const Index width : widths) made.name.append(" ").append(std::to_string(width));
  made.name.append(", rows ").append(std::to_string(n));
  made.name.append(", seed ").append(std::to_string(seed));
  made.n = n;
  NetworkPlan& network = made.network;
  network.n_features = widths[0];
  if (seed % 5 > 2) {  // embeddings of numbers and of categories, and a scale
    network.stem.scale = true;
    network.stem.columns = (widths[0] + 1) / 2;
    network.stem.frequencies = 3 + seed % 16;
    network.stem.outputs = 1 + seed % 4;
    network.stem.units = 3;
    if (widths[0] > network.stem.columns) network.stem.levels = {1 + seed % 4};
  }
  network.input_dropout = seed % 3 == 0 && network.stem.empty() ? 0.25 : 0;
  Index n_in = network.stem.n_inputs(network.n_features);
  for (std::size_t l = 1; l < widths.size(); ++l) {
    const auto activation = static_cast<Activation>((seed + static_cast<int>(l)) % 11);
    const bool hidden = l + 1 < widths.size();
    const double dropout = seed % 2 == 0 && hidden ? 0.5 : 0;
    const bool blend = seed % 3 == 2 && hidden;
    network.layers.push_back({n_in, widths[l], activation, seed % 4 == 1, dropout, blend});
    n_in = widths[l];
  }
  network.loss = static_cast<Loss>(seed % kernels<float>().losses.count);
  network.huber_delta = 0.5;
  LayerPlan& head = network.layers.back();
  const std::string loss = row_of(network.loss).name;
  if (loss == "cross_entropy") head.activation = activation_named("softmax");
  if (loss == "binary_cross_entropy") head.activation = activation_named("sigmoid");
  if (loss == "poisson") head.activation = activation_named("exp");
  if (loss == "pinball") {
    head.activation = Activation::identity;
    for (Index j = 0; j < head.n_out; ++j)
      network.quantiles.push_back(static_cast<double>(j + 1) / static_cast<double>(head.n_out + 1));
  }
  TrainingPlan& training = made.training;
  training.optimizer = static_cast<Optimizer>(seed % kernels<float>().optimizers.count);
  training.schedule.kind = static_cast<ScheduleKind>(seed % 7);
  training.schedule.factor = 0.9;
  const Network<double> shapes(network);
  for (const Tensor& tensor : shapes.tensors())
    training.groups.push_back({.rate = 1, .decay = tensor.layer >= 0 ? 1.0 : 0.0});
  if (seed % 5 == 0) training.groups[1].rate = 0;
  training.epochs = 2;
  training.batch_size = seed % 3 == 0 ? 0 : 1 + n / 2;
  training.l1 = seed % 2 == 0 ? 0.01 : 0;
  training.l2 = seed % 2 == 0 ? 0.1 : 0;
  training.weight_decay = 0.1;
  training.clip_norm = seed % 3 == 1 ? 0.1 : 0;
  training.seed = static_cast<std::uint64_t>(seed);
  return made;
}

template <class T>
struct Data {
  explicit Data(const Case& run)
      : x(numbers<T>(run.n * run.network.n_features, 1)),
        y(numbers<T>(run.n * run.network.n_outputs(), 2)),
        weights(numbers<T>(run.n, 3)) {
    for (T& v : y) v = std::fabs(v);
    for (T& v : weights) v = v < T(-0.8) ? T(0) : std::fabs(v) + T(0.1);
    for (Index i = 0; i < run.n; ++i) {
      classes.push_back(static_cast<std::int32_t>(i % run.network.n_outputs()));
      order.push_back(static_cast<std::uint32_t>(run.n - 1 - i));
    }
    rows.x = x.data();
    rows.n_features = run.network.n_features;
    const bool labels = row_of(run.network.loss).of_classes;
    rows.y = labels ? nullptr : y.data();
    rows.classes = labels ? classes.data() : nullptr;
    rows.weights = weights.data();
    rows.n = run.n;
  }

  std::vector<T> x, y, weights;
  std::vector<std::int32_t> classes;
  std::vector<std::uint32_t> order;
  Rows<T> rows;
};

template <class T>
std::unique_ptr<State<T>> starting_state(const Case& run) {
  auto state = std::make_unique<State<T>>(run.network, run.training.optimizer);
  std::vector<std::vector<T>> arrays;
  for (const Tensor& tensor : state->network.tensors()) {
    if (tensor.layer < 0) {
      arrays.push_back(numbers<T>(tensor.size(), 4));
      continue;
    }
    arrays.emplace_back(static_cast<std::size_t>(tensor.size()));
    initialize<T>(Distribution::normal, 1 / std::sqrt(static_cast<double>(tensor.width)), 1,
                  tensor.layer + 1, tensor.width, tensor.rows, arrays.back().data());
  }
  std::vector<const T*> named;
  for (const auto& array : arrays) named.push_back(array.data());
  state->network.pack(named, state->network.values().data());
  state->network.transpose_all();
  return state;
}

template <class T>
bool same(const Buffer<T>& a, const Buffer<T>& b) {
  return a.size() == b.size() &&
         (a.size() == 0 ||
          std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0);
}

template <class T>
void fit_with_any_threads(const Case& run, const Data<T>& data) {
  Rows<T> held_out = data.rows;
  held_out.rows = data.order.data();
  std::unique_ptr<State<T>> first;
  for (int threads = 1; threads <= 3; ++threads) {
    auto state = starting_state<T>(run);
    TrainingPlan training = run.training;
    training.n_threads = threads;
    int epochs = 0;
    Hooks<T> hooks;
    hooks.interrupted = [] { return false; };
    hooks.epoch_done = [&](Index, double, double, double) { return ++epochs > 5; };
    const bool validated = training.seed % 2 == 1;
    fit<T>(*state, training, data.rows, validated ? held_out : Rows<T>{}, Metric::mae, hooks);
    check(epochs == 2, "all epochs", run.name);
    if (first == nullptr) {
      first = std::move(state);
    } else {
      check(same(first->network.values(), state->network.values()), "threads: values", run.name);
      check(same(first->moments.first, state->moments.first), "threads: first", run.name);
      check(same(first->moments.second, state->moments.second), "threads: second", run.name);
    }
  }
}

template <class T>
void predict_alone_and_together(const Case& run, const Data<T>& data) {
  const auto state = starting_state<T>(run);
  const Index width = run.network.n_outputs();
  std::vector<T> together(static_cast<std::size_t>(run.n * width)), alone(together.size());
  Team team(2);
  Predictor<T> predictor(run.network, team.size());
  predictor.predict(state->network, data.rows, false, team, team.size(), together.data());
  for (Index i = 0; i < run.n; ++i) {
    Rows<T> one = data.rows;
    one.x += i * one.n_features;
    one.n = 1;
    predictor.predict(state->network, one, false, team, 1, alone.data() + i * width);
  }
  check(std::memcmp(together.data(), alone.data(), together.size() * sizeof(T)) == 0, "rows alone",
        run.name);
}

template <class T>
void trace_is_fit(const Case& run, const Data<T>& data) {
  TrainingPlan training = run.training;
  training.schedule.kind = ScheduleKind::constant;
  training.batch_size = 0;
  training.epochs = 1;
  const auto trained = starting_state<T>(run), traced = starting_state<T>(run);
  fit<T>(*trained, training, data.rows, {}, Metric::loss, {});
  Trace<T> seen(run.network, data.rows);
  trace<T>(*traced, training, data.rows, 0, true, seen);
  check(same(trained->network.values(), traced->network.values()), "trace", run.name);
}

void differences_are_near(const Case& run, const Data<double>& data) {
  const auto state = starting_state<double>(run);
  TrainingPlan training = run.training;
  training.l1 = training.l2 = 0;
  Trace<double> seen(run.network, data.rows);
  const auto traced = starting_state<double>(run);
  trace<double>(*traced, training, data.rows, 0, true, seen);
  std::vector<Index> positions;
  for (Index k = 0; k < 2 * state->network.n_layers(); ++k)
    positions.push_back(state->network.position(k, 0));
  std::vector<double> slopes(positions.size());
  numeric_gradients(state->network, training, data.rows, 0, positions, 2, {}, slopes.data());
  for (std::size_t k = 0; k < slopes.size(); ++k)
    check(std::fabs(slopes[k] - seen.gradients[positions[k]]) < 1e-2, "differences", run.name);
}

template <class T>
void functions_at_every_length() {
  for (Index count = 0; count < 40; ++count) {
    const std::vector<T> x = numbers<T>(count, 5);
    std::vector<T> out(x.size());
    for (int f = 0; f <= static_cast<int>(Function::sin2pi); ++f)
      kernels<T>().evaluate(static_cast<Function>(f), x.data(), out.data(), count);
  }
}

template <class T>
void run_all(const Case& run) {
  const Data<T> data(run);
  fit_with_any_threads<T>(run, data);
  predict_alone_and_together<T>(run, data);
  trace_is_fit<T>(run, data);
  if constexpr (sizeof(T) == 8) differences_are_near(run, data);
}

void run_instruction_set(const std::string& name) {
  use_instruction_set(name);
  functions_at_every_length<float>();
  functions_at_every_length<double>();
  activations_in_calls_of_their_own();
  const std::vector<std::vector<Index>> shapes{{2, 2, 2},       {1, 5, 3},       {7, 17, 16, 2},
                                               {33, 9, 8},      {300, 35, 4},    {3, 2},
                                               {20, 66, 50, 3}, {16, 32, 16, 16}};
  int seed = 0;
  for (const std::vector<Index>& widths : shapes) {
    for (const Index n : {1, 5, 13, 26, 125}) {
      const Case run = make_case(widths, n, seed++);
      run_all<float>(run);
      run_all<double>(run);
    }
  }
  // Weights of more than kFetchFrom without clipping, and more rows than a block has.
  for (const auto& [widths, n] : {std::pair{std::vector<Index>{5, 726, 727, 3}, Index{21}},
                                  std::pair{std::vector<Index>{7, 20, 3}, Index{600}}}) {
    const Case run = make_case(widths, n, ++seed);
    run_all<float>(run);
    run_all<double>(run);
  }
  std::printf("%s: %d networks\n", name.c_str(), seed);
}

}  // namespace
}  // namespace chainrule

int main(int argc, char** argv) {
  for (const std::string& name : chainrule::instruction_sets())
    if (argc < 2 || name == argv[1]) chainrule::run_instruction_set(name);
  std::printf("%d failures\n", chainrule::failures());
  return chainrule::failures() == 0 ? 0 : 1;
}
