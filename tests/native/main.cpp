// SPDX-License-Identifier: Apache-2.0
// The core without Python, for sanitizers and valgrind: every network is trained, traced and asked
// on every instruction set, with arrays on the heap that end exactly where they end.
//
//   cmake -S . -B build/native -DCHAINRULE_BINDINGS=OFF -DCHAINRULE_SANITIZE=address,undefined
//   cmake --build build/native --target native_tests && build/native/native_tests [SET [few]]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/floating_point.h"
#include "base/thread_pool.h"
#include "cases.h"
#include "kernels/dispatch.h"
#include "train/fit.h"
#include "train/initialize.h"
#include "train/pass.h"
#include "train/poll.h"
#include "train/thread_tuning.h"
#include "train/trace.h"
#include "train/validation.h"

namespace chainrule {
namespace {

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
std::vector<T> predictions(const Case& run, const Network<T>& network, const Data<T>& data) {
  std::vector<T> out(static_cast<std::size_t>(run.n * run.network.n_outputs));
  ThreadPool pool(2);
  Poll poll;
  Predictor<T>(network, pool.size()).predict(data.rows, false, pool, pool.size(), out.data(), poll);
  return out;
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
void predict_alone_and_together(const Case& run, const Data<T>& data) {
  const auto state = starting_state<T>(run);
  const std::vector<T> together = predictions(run, state->network, data);
  std::vector<T> alone(together.size());
  ThreadPool pool(1);
  Predictor<T> predictor(state->network, 1);
  Poll poll;
  for (Index i = 0; i < run.n; ++i) {
    Rows<T> one = data.rows;
    one.x += i * one.n_features;
    one.n = 1;
    predictor.predict(one, false, pool, 1, alone.data() + i * run.network.n_outputs, poll);
  }
  check(same(together, alone), "rows alone", run.name);
}

// The sum of the rows' gradients by one pass, with masks of epoch 0.
template <class T>
std::vector<T> gradients(const Case& run, const Network<T>& network, const Data<T>& data) {
  const FlushSubnormals flush;
  const Frame<T> frame = network.training_frame(true);
  Batch<T> batch(network, run.n, true, Use::train);
  batch.choose(data.rows, nullptr, 0, run.n);
  batch.weight_sum(frame.table);
  batch.gather(frame.table, {run.training.seed, 0, 1.0}, 0, run.n);
  connect(network, batch, true);
  forward(network, frame, batch, 0, run.n);
  loss(frame.table, network.plan(), LossConstants<T>(network.plan()), batch, 0, run.n);
  backward(network, frame, batch, true, 0, run.n);
  Buffer<T> flat(network.size());
  for (const Task& task : network.tasks()) {
    const auto leaf = static_cast<std::size_t>(task.layer);
    const Layer<T>& layer = *network.leaves()[leaf];
    Buffer<T> block(task.size), scratch(layer.scratch(run.n));
    layer.gradient(frame, *batch.leaves[leaf], task, run.n, T(1), block.data(), scratch.data(), {});
    Parts parts;
    layer.parts(task, parts);
    for (const Part& part : parts)
      std::copy(block.data() + part.from, block.data() + part.from + part.count,
                flat.data() + part.at);
  }
  return named(network, flat);
}

// A network written without fusion predicts and learns with the same bits.
template <class T>
void fused_or_not(const Case& run, const Data<T>& data) {
  Network<T> fused(run.network), apart(run.network, false);
  start(fused);
  start(apart);
  check(same(predictions(run, fused, data), predictions(run, apart, data)), "unfused predictions",
        run.name);
  check(same(gradients(run, fused, data), gradients(run, apart, data)), "unfused gradients",
        run.name);
}

// The traced step of a network.
template <class T>
std::unique_ptr<State<T>> traced_step(const Case& run, const TrainingPlan& training,
                                      const Data<T>& data, Trace<T>& seen) {
  auto state = starting_state<T>(run);
  start(seen.network);
  trace<T>(*state, training, data.rows, 0, seen);
  return state;
}

template <class T>
void trace_is_fit(const Case& run, const Data<T>& data) {
  TrainingPlan training = run.training;
  training.schedule.kind = ScheduleKind::constant;
  training.batch_size = 0;
  training.epochs = 1;
  const auto trained = starting_state<T>(run);
  fit<T>(*trained, training, data.rows, {}, Metric::loss, {});
  Trace<T> seen(run.network, data.rows);
  const auto traced = traced_step(run, training, data, seen);
  check(same(trained->network.values(), traced->network.values()), "trace", run.name);
}

void differences_are_near(const Case& run, const Data<double>& data) {
  TrainingPlan training = run.training;
  training.l1 = training.l2 = 0;
  Trace<double> seen(run.network, data.rows);
  traced_step(run, training, data, seen);
  const auto state = starting_state<double>(run);
  std::vector<Index> positions;
  for (std::size_t k = 0; k < state->network.tensors().size(); ++k)
    positions.push_back(state->network.position(static_cast<Index>(k), 0));
  std::vector<double> slopes(positions.size());
  numeric_gradients(state->network, training, data.rows, 0, positions, 2, {}, slopes.data());
  for (std::size_t k = 0; k < slopes.size(); ++k)
    check(std::fabs(slopes[k] - seen.gradients[positions[k]]) < 1e-2, "differences", run.name);
}

template <class T>
void start_fitted_to_data(const Case& run, const Data<T>& data) {
  Network<T> network(run.network, false);
  start(network);
  fit_to_data<T>(network, data.rows, 5);
  bool finite = true;
  for (Index i = 0; i < network.size(); ++i) finite = finite && std::isfinite(network.values()[i]);
  check(finite, "start fitted to data", run.name);
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

// A fit of few steps tries no other number of threads, and a worse one does not stay.
void thread_tuning() {
  ThreadTuning tuning(2, false, false);
  double spent = 0;
  for (; tuning.threads() == 1 && spent < 1; spent += 1e-5) tuning.record(1e-5);
  check(spent > 1.9e-3 && spent < 0.1, "thread-count tuning", "the first probe");
  for (int step = 0; step < 8; ++step) tuning.record(tuning.threads() == 2 ? 1e-3 : 1e-5);
  check(tuning.threads() == 1, "thread-count tuning", "a worse number of threads");
  ThreadTuning better(2, false, false);
  for (int step = 0; step < 1000; ++step) better.record(better.threads() == 2 ? 6e-6 : 1e-5);
  check(better.threads() == 2, "thread-count tuning", "a better number of threads");
  ThreadTuning alone(2, false, false);
  while (alone.threads() == 1) alone.record(1e-5);
  alone.record_alone(1e-4);  // which starts the threads
  for (int step = 0; step < 6; ++step) alone.record(alone.threads() == 2 ? 1.1e-5 : 1e-5);
  check(alone.threads() == 1, "thread-count tuning", "the step that starts the threads");
  ThreadTuning noisy(2, false, false);
  int together = 0;
  for (int step = 0; step < 4000; ++step) {
    together += noisy.threads() == 2;
    noisy.record(noisy.threads() == 2 ? 1.2e-5 : step % 40 == 0 ? 1e-4 : 1e-5);
  }
  check(together < 100, "thread-count tuning", "interruptions");
  check(ThreadTuning(2, false, true).threads() == 2, "thread-count tuning", "a long step");
}

template <class T>
void run_all(const Case& run) {
  const Data<T> data(run);
  fit_with_any_threads<T>(run, data);
  predict_alone_and_together<T>(run, data);
  trace_is_fit<T>(run, data);
  fused_or_not<T>(run, data);
  start_fitted_to_data<T>(run, data);
  if constexpr (sizeof(T) == 8) differences_are_near(run, data);
}

// Of the networks, where somebody waits for an emulator, few: one of each shape.
void run_instruction_set(const std::string& name, bool few) {
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
      if (few && seed % 5 != (seed / 5) % 3) continue;
      run_all<float>(run);
      run_all<double>(run);
    }
  }
  // Weights of more than kFetchFrom without clipping, and more rows than a block has.
  for (const auto& [widths, n] : {std::pair{std::vector<Index>{5, 726, 727, 3}, Index{21}},
                                  std::pair{std::vector<Index>{7, 20, 3}, Index{600}},
                                  std::pair{std::vector<Index>{3, 6, 1}, Index{130}},
                                  std::pair{std::vector<Index>{20, 66, 5}, Index{1100}}}) {
    if (few) break;
    const Case run = make_case(widths, n, ++seed);
    run_all<float>(run);
    run_all<double>(run);
  }
  // Products of bfloat16: whole tiles and less, in rows, units and words, sums in double, and
  // weights that are fetched.
  for (const auto& [widths, n] : {std::pair{std::vector<Index>{64, 64, 64, 2}, Index{64}},
                                  std::pair{std::vector<Index>{67, 129, 70, 3}, Index{1}},
                                  std::pair{std::vector<Index>{67, 129, 70, 3}, Index{45}},
                                  std::pair{std::vector<Index>{66, 100, 2}, Index{1300}},
                                  std::pair{std::vector<Index>{64, 400, 400, 2}, Index{20}},
                                  std::pair{std::vector<Index>{64, 400, 400, 2}, Index{70}}}) {
    if (few || pair_kernels<float>() == nullptr) break;
    Case run = make_case(widths, n, ++seed);
    run.network.bfloat16 = true;
    run.training.clip_norm = 0;  // else gradients fetch nothing meanwhile
    run_all<float>(run);
  }
  std::printf("%s: %d networks\n", name.c_str(), seed);
}

}  // namespace
}  // namespace chainrule

int main(int argc, char** argv) {
  for (const std::string& name : chainrule::instruction_sets())
    if (argc < 2 || name == argv[1]) chainrule::run_instruction_set(name, argc > 2);
  chainrule::thread_tuning();
  std::printf("%d failures\n", chainrule::failures());
  return chainrule::failures() == 0 ? 0 : 1;
}
