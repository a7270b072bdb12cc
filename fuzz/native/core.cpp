// SPDX-License-Identifier: Apache-2.0
// libFuzzer over the core's entry points: fit, go on, predict, trace, differences, the way back and
// the start fitted to data, of any network on any rows, on every instruction set.
//
// Sanitizers find what reads or writes where it must not; where all numbers are finite, any number
// of threads, a network without fusion and every instruction set with FMA must give the same bits,
// but for products of bfloat16, where each set has its own.
//
//   python -m fuzz core --seconds 600
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/floating_point.h"
#include "base/thread_pool.h"
#include "kernels/dispatch.h"
#include "plans.h"
#include "train/fit.h"
#include "train/initialize.h"
#include "train/pullback.h"
#include "train/trace.h"
#include "train/validation.h"

namespace chainrule {
namespace {

[[noreturn]] void found(const char* what) {
  std::fprintf(stderr, "FOUND: %s\n", what);
  std::abort();
}

template <class T>
bool is_finite(const T* numbers, Index count) {
  for (Index i = 0; i < count; ++i)
    if (!std::isfinite(numbers[i])) return false;
  return true;
}

// The same bits, or something that is not finite, whose bits may depend on the way.
template <class T>
void compare(const char* what, const T* a, const T* b, Index count) {
  if (!is_finite(a, count) || !is_finite(b, count)) return;
  if (count > 0 && std::memcmp(a, b, static_cast<std::size_t>(count) * sizeof(T)) != 0) found(what);
}

// Arrays that end exactly where they end.
template <class T>
struct Data {
  Data(Reader& reader, const NetworkPlan& plan)
      : n(1 + reader.upto(reader.once_in(8) ? 300 : 30)),
        x(reader.numbers<T>(n * plan.n_features, true)),
        y(reader.numbers<T>(n * plan.n_outputs, true)),
        weights(reader.numbers<T>(n, true)) {
    for (std::size_t i = 0; i < x.size(); i += 3) x[i] = static_cast<T>(i / 3 % 7);  // codes
    for (T& weight : weights) weight = weight < T(-0.8) ? T(0) : std::fabs(weight);
    for (Index i = 0; i < n; ++i) {
      classes.push_back(static_cast<std::int32_t>(i % plan.n_outputs));
      if (i % 3 != 1) chosen.push_back(static_cast<std::uint32_t>(n - 1 - i));
    }
    rows.x = x.data();
    rows.n_features = plan.n_features;
    const bool labels = row_of(plan.loss).of_classes;
    rows.y = labels ? nullptr : y.data();
    rows.classes = labels ? classes.data() : nullptr;
    rows.weights = reader.once_in(2) ? weights.data() : nullptr;
    rows.n = n;
    some = rows;
    some.rows = chosen.data();
    some.n = static_cast<Index>(chosen.size());
    if (reader.once_in(3)) rows = some;
  }

  Index n;
  std::vector<T> x, y, weights;
  std::vector<std::int32_t> classes;
  std::vector<std::uint32_t> chosen;
  Rows<T> rows, some;
};

// One run of the fuzzer's network and training.
template <class T>
class Run {
 public:
  Run(Reader& reader, const NetworkPlan& plan)
      : reader_(reader), plan_(plan), network_(plan), data_(reader, plan) {
    for (const Tensor& tensor : network_.tensors())
      arrays_.push_back(reader.numbers<T>(tensor.size(), false));
    start(network_);
    training_ = PlanReader(reader).training(network_.tensors().size());
  }

  void act() {
    switch (reader_.upto(5)) {
      case 0: return fit_with_threads();
      case 1: return predict();
      case 2: return trace_step();
      case 3: return pull();
      case 4: return start_from_data();
      default: return differences();
    }
  }

 private:
  void start(Network<T>& network) const {
    std::vector<const T*> named;
    for (const std::vector<T>& array : arrays_) named.push_back(array.data());
    network.pack(named, network.values().data());
    network.refresh();
  }

  std::unique_ptr<State<T>> fitted(int threads, const Hooks<T>& hooks, Metric metric,
                                   Index first_epoch) {
    auto state = std::make_unique<State<T>>(plan_, training_.optimizer);
    start(state->network);
    TrainingPlan training = training_;
    training.n_threads = threads;
    state->first_epoch = first_epoch;
    for (Index e = 0; e < first_epoch; ++e) state->history.loss.push_back(1.0);
    fit<T>(*state, training, data_.rows, validated_ ? data_.some : Rows<T>{}, metric, hooks);
    return state;
  }

  void fit_with_threads() {
    validated_ = data_.some.n > 0 && reader_.once_in(2);
    const Metric metrics[] = {Metric::loss, Metric::error, Metric::rmse, Metric::mae,
                              Metric::callback};
    Metric metric = reader_.one_of(metrics);
    const std::string loss = row_of(plan_.loss).name;
    if (reader_.once_in(3) && (row_of(plan_.loss).of_classes || loss == "binary_cross_entropy"))
      metric = Metric::refined;
    const Index first_epoch = validated_ ? 0 : reader_.upto(1);
    const bool ends = reader_.once_in(5);
    Hooks<T> hooks;
    hooks.interrupted = [] { return false; };
    if (metric == Metric::callback)
      hooks.metric = [](const T* outputs) { return double(outputs[0]); };
    hooks.epoch_done = [&](Index, double, double, double) { return ends; };
    training_.time_limit = 0;  // the clock's
    const auto alone = fitted(1, hooks, metric, first_epoch);
    const auto together = fitted(2 + training_.n_threads % 2, hooks, metric, first_epoch);
    compare("threads change a fit", alone->network.values().data(),
            together->network.values().data(), network_.size());
    const std::string before = instruction_set();
    if (before == "portable" || plan_.bfloat16) return;
    for (const std::string& name : instruction_sets()) {
      if (name == "portable" || name == before) continue;
      use_instruction_set(name);
      const auto other = fitted(1, hooks, metric, first_epoch);
      compare("an instruction set changes a fit", alone->network.values().data(),
              other->network.values().data(), network_.size());
    }
  }

  std::vector<T> predictions(const Network<T>& network, int threads, bool logits) const {
    std::vector<T> out(static_cast<std::size_t>(data_.rows.n * plan_.n_outputs));
    const FlushSubnormals flush;
    ThreadPool pool(threads);
    Poll poll;
    Predictor<T>(network, pool.size())
        .predict(data_.rows, logits, pool, pool.size(), out.data(), poll);
    return out;
  }

  void predict() {
    const bool logits = reader_.once_in(2);
    const std::vector<T> alone = predictions(network_, 1, logits);
    const std::vector<T> together = predictions(network_, 2, logits);
    compare("threads change a prediction", alone.data(), together.data(),
            static_cast<Index>(alone.size()));
    Network<T> apart(plan_, false);
    start(apart);
    const std::vector<T> unfused = predictions(apart, 1, logits);
    compare("fusion changes a prediction", alone.data(), unfused.data(),
            static_cast<Index>(alone.size()));
  }

  void trace_step() {
    State<T> state(plan_, training_.optimizer);
    start(state.network);
    Trace<T> seen(plan_, data_.rows);
    start(seen.network);
    trace<T>(state, training_, data_.rows, reader_.upto(1) - 1, seen);
    for (std::size_t k = 0; k < seen.batch.leaves.size(); ++k)
      for (const Shown<T>& shown : seen.network.leaves()[k]->shown(*seen.batch.leaves[k]))
        if (shown.rows.data != nullptr) is_finite(shown.rows.row(data_.rows.n - 1), shown.width);
  }

  void pull() {
    if (plan_.bfloat16) return;  // which is a training's alone
    const Index width = network_.layers()[network_.lowest()]->n_out();
    const std::vector<T> seeds = reader_.numbers<T>(data_.rows.n * plan_.n_outputs, true);
    std::vector<T> out[2];
    for (int k = 0; k < 2; ++k) {
      out[k].resize(static_cast<std::size_t>(data_.rows.n * width));
      const FlushSubnormals flush;
      ThreadPool pool(1 + k);
      pullback<T>(network_, data_.rows, seeds.data(), pool, pool.size(), out[k].data());
    }
    compare("threads change the way back", out[0].data(), out[1].data(),
            static_cast<Index>(out[0].size()));
  }

  void start_from_data() {
    Network<T> apart(plan_, false);
    start(apart);
    fit_to_data<T>(apart, data_.rows, training_.seed);
  }

  void differences() {
    if constexpr (sizeof(T) == 8) {
      std::vector<Index> positions;
      for (std::size_t k = 0; k < arrays_.size(); ++k)
        positions.push_back(
            network_.position(static_cast<Index>(k), network_.tensors()[k].size() - 1));
      // Two losses each: minutes under the sanitizers, of rows of hundreds through nested blocks.
      constexpr double kMostProducts = 1e8;
      if (network_.work() * static_cast<double>(data_.rows.n * std::ssize(positions)) >
          kMostProducts)
        return;
      std::vector<double> slopes(positions.size());
      numeric_gradients(network_, training_, data_.rows, reader_.upto(1) - 1, positions, 2, {},
                        slopes.data());
    }
  }

  Reader& reader_;
  const NetworkPlan& plan_;
  Network<T> network_;
  Data<T> data_;
  std::vector<std::vector<T>> arrays_;
  TrainingPlan training_;
  bool validated_ = false;
};

template <class T>
void run(Reader& reader, bool bfloat16) {
  PlanReader plans(reader);
  NetworkPlan plan = plans.network();
  plan.bfloat16 = bfloat16;
  try {
    if (!plans.is_huge()) return Run<T>(reader, plan).act();
    const Network<T> network(plan);
    Batch<T>(network, 1 + reader.upto(300), true, Use::trace);
  } catch (const SizeError&) {
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {
  } catch (const std::invalid_argument&) {  // refused, with a reason
  }
}

}  // namespace
}  // namespace chainrule

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chainrule;
  Reader reader(data, size);
  const std::vector<std::string> names = instruction_sets();
  const std::uint8_t chosen = reader.byte();
  use_instruction_set(names[chosen % names.size()]);
  if (reader.once_in(2)) {
    run<double>(reader, false);
  } else {
    run<float>(reader, chosen >= 128 && pair_kernels<float>() != nullptr);
  }
  return 0;
}
