// SPDX-License-Identifier: Apache-2.0
// fit, and starting values from data. The interpreter lock is free during every computation and
// taken only to ask about Ctrl-C and to call the caller's functions.
#include <limits>

#include "rows.h"
#include "state.h"
#include "train/fit.h"
#include "train/initialize.h"

namespace chainrule {
namespace {

struct Fitted {
  SavedState state;
  History history;
  nb::list failed;  // see State
  Index milestone_epoch = -1;
  SavedState milestone;
};

// The caller's functions; each may be None.
struct Callbacks {
  nb::object metric;   // of the validation rows' outputs
  nb::object outputs;  // takes the validation rows' outputs after each epoch
  // (epoch, loss, penalty, validation loss, score, snapshot) -> rate factor, or < 0
  nb::object epoch_done;
  nb::object asked_to_stop;  // -> bool
};

Metric metric_named(const std::string& name) {
  return named<Metric>(name, "metric",
                       {{"loss", Metric::loss},
                        {"error", Metric::error},
                        {"rmse", Metric::rmse},
                        {"mae", Metric::mae},
                        {"refined", Metric::refined},
                        {"callback", Metric::callback}});
}

// All that training goes on from after this epoch, for a call of epoch_done to ask for.
template <class T>
SavedState snapshot_of(const State<T>& state) {
  SavedState saved = save_state(state.network, state.network.values(), state.moments, state.best);
  saved.epoch = state.epoch;
  saved.rate_factor = state.rate_factor;
  saved.best_epoch = state.history.best_epoch;
  saved.stop_reason = state.ending == nullptr ? "" : state.ending;
  return saved;
}

template <class T>
Hooks<T> hooks_of(const Callbacks& callbacks, PythonCalls& python, State<T>& state, Index n_rows) {
  Hooks<T> hooks;
  hooks.interrupted = [&python] { return python.interrupted(); };
  const Index n_outputs = state.network.plan().n_outputs;
  if (!callbacks.metric.is_none()) {
    hooks.metric = [&, n_rows, n_outputs](const T* outputs) {
      return python.guarded(
          [&] {
            return nb::cast<double>(
                callbacks.metric(copy_rows<T>({outputs, n_outputs}, n_rows, n_outputs)));
          },
          std::numeric_limits<double>::quiet_NaN());
    };
  }
  if (!callbacks.outputs.is_none()) {
    hooks.outputs = [&, n_rows, n_outputs](const T* outputs) {
      python.guarded(
          [&] {
            callbacks.outputs(copy_rows<T>({outputs, n_outputs}, n_rows, n_outputs));
            return true;
          },
          false);
    };
  }
  if (callbacks.epoch_done.is_none() && callbacks.metric.is_none() && callbacks.outputs.is_none())
    return hooks;
  const nb::object snapshot = nb::cpp_function([&state] { return snapshot_of(state); });
  hooks.epoch_done = [&, snapshot](Index epoch, double loss, double validation_loss, double score) {
    const auto call = [&] {
      if (callbacks.epoch_done.is_none()) return false;
      const double penalty = state.history.penalty.empty() ? 0.0 : state.history.penalty.back();
      const auto factor = nb::cast<double>(
          callbacks.epoch_done(epoch, loss, penalty, validation_loss, score, snapshot));
      if (factor >= 0) state.rate_factor = factor;
      return factor < 0;
    };
    return python.failed() || python.guarded(call, true);
  };
  return hooks;
}

template <class T>
Fitted fit_network(const NetworkPlan& network, const TrainingPlan& plan, const Arrays& values,
                   const StateArrays& start, const TableArrays& train,
                   const std::optional<TableArrays>& validation, const std::string& metric,
                   const Callbacks& callbacks, Index first_epoch, const History& past) {
  const Call call;
  const Table<T> table(train, network);
  std::optional<Table<T>> held_out;
  if (validation) held_out.emplace(*validation, network);
  const Rows<T> validation_rows = held_out ? held_out->view() : Rows<T>{};
  State<T> state(network, plan.optimizer);
  if (plan.groups.size() != state.network.tensors().size())
    throw std::invalid_argument("one group a parameter array");
  load_state(state, values, start);
  state.first_epoch = first_epoch;
  state.history = past;

  PythonCalls python(callbacks.asked_to_stop);
  const Hooks<T> hooks = hooks_of(callbacks, python, state, validation_rows.n);
  {
    const Unlocked unlocked;
    fit<T>(state, plan, table.view(), validation_rows, metric_named(metric), hooks);
  }
  python.rethrow();
  if (python.was_interrupted()) state.history.stop_reason = "interrupted";
  Fitted out{.state = save_state(state), .history = {}, .failed = {}, .milestone = {}};
  if (state.history.diverged_epoch >= 0) {
    out.failed = save_arrays(state.network, state.failed);
    Milestone<T>& milestone = state.milestone;
    out.milestone_epoch = milestone.plan_epoch;
    out.milestone = save_state(state.network, milestone.values, milestone.moments, Buffer<T>());
    out.milestone.epoch = milestone.epoch;
    out.milestone.rate_factor = milestone.rate_factor;
  }
  out.history = std::move(state.history);
  return out;
}

// Values fitted to the rows; see fit_to_data.
template <class T>
nb::list fit_start_to_data(const NetworkPlan& plan, const Arrays& values, const TableArrays& rows,
                           std::uint64_t seed) {
  const Call call;
  const Table<T> table(rows, plan);
  Network<T> network(plan, false);
  load_arrays(network, values, network.values());
  {
    const Unlocked unlocked;
    fit_to_data<T>(network, table.view(), seed);
  }
  return save_arrays(network, network.values());
}

void register_results(nb::module_& module) {
  nb::class_<SavedState>(module, "SavedState")
      .def_ro("values", &SavedState::values)
      .def_ro("first", &SavedState::first)
      .def_ro("second", &SavedState::second)
      .def_ro("epoch", &SavedState::epoch)
      .def_ro("n_steps", &SavedState::n_steps)
      .def_ro("beta1_power", &SavedState::beta1_power)
      .def_ro("beta2_power", &SavedState::beta2_power)
      .def_ro("best", &SavedState::best)
      .def_ro("rate_factor", &SavedState::rate_factor)
      .def_ro("best_epoch", &SavedState::best_epoch)
      .def_ro("stop_reason", &SavedState::stop_reason);
  nb::class_<History>(module, "History")
      .def(
          "__init__",
          [](History* history, std::vector<double> loss, std::vector<double> penalty,
             std::vector<double> validation_loss, std::vector<double> validation_metric,
             Index best_epoch) {
            new (history) History{.loss = std::move(loss),
                                  .penalty = std::move(penalty),
                                  .validation_loss = std::move(validation_loss),
                                  .validation_metric = std::move(validation_metric),
                                  .best_epoch = best_epoch,
                                  .stop_reason = {}};
          },
          nb::arg("loss"), nb::arg("penalty"), nb::arg("validation_loss"),
          nb::arg("validation_metric"), nb::arg("best_epoch"))
      .def_ro("loss", &History::loss)
      .def_ro("penalty", &History::penalty)
      .def_ro("validation_loss", &History::validation_loss)
      .def_ro("validation_metric", &History::validation_metric)
      .def_ro("best_epoch", &History::best_epoch)
      .def_ro("n_steps", &History::n_steps)
      .def_ro("stop_reason", &History::stop_reason)
      .def_ro("diverged_epoch", &History::diverged_epoch)
      .def_ro("diverged_step", &History::diverged_step);
  nb::class_<Fitted>(module, "Fitted")
      .def_ro("state", &Fitted::state)
      .def_ro("history", &Fitted::history)
      .def_ro("failed", &Fitted::failed)
      .def_ro("milestone_epoch", &Fitted::milestone_epoch)
      .def_ro("milestone", &Fitted::milestone);
}

}  // namespace

void register_training(nb::module_& module) {
  register_results(module);
  nb::class_<TableArrays>(module, "TableArrays")
      .def(
          "__init__",
          [](TableArrays* table, nb::object x, nb::object y, nb::object classes, nb::object weights,
             nb::object rows, nb::object pins) {
            new (table) TableArrays{std::move(x),       std::move(y),    std::move(classes),
                                    std::move(weights), std::move(rows), std::move(pins)};
          },
          nb::arg("x"), nb::arg("y").none(), nb::arg("classes").none(), nb::arg("weights").none(),
          nb::arg("rows").none(), nb::arg("pins"));
  nb::class_<StateArrays>(module, "StateArrays")
      .def(nb::init<Index, Index, double, double, Arrays, Arrays, Arrays, double>(),
           nb::arg("epoch"), nb::arg("n_steps"), nb::arg("beta1_power"), nb::arg("beta2_power"),
           nb::arg("first"), nb::arg("second"), nb::arg("best"), nb::arg("rate_factor"));
  module.def(
      "fit",
      [](const NetworkPlan& network, const TrainingPlan& training, const Arrays& values,
         const StateArrays& state, const TableArrays& train,
         const std::optional<TableArrays>& validation, const std::string& metric,
         nb::object metric_function, nb::object outputs_function, nb::object epoch_function,
         nb::object asked_to_stop, Index first_epoch, const History& past) {
        const Callbacks callbacks{std::move(metric_function), std::move(outputs_function),
                                  std::move(epoch_function), std::move(asked_to_stop)};
        return with_type(values, [&]<class T>() {
          return fit_network<T>(network, training, values, state, train, validation, metric,
                                callbacks, first_epoch, past);
        });
      },
      nb::arg("network"), nb::arg("training"), nb::arg("values"), nb::arg("state"),
      nb::arg("train"), nb::arg("validation").none(), nb::arg("metric"),
      nb::arg("metric_function").none(), nb::arg("outputs_function").none(),
      nb::arg("epoch_function").none(), nb::arg("asked_to_stop").none(), nb::arg("first_epoch"),
      nb::arg("past"));
  module.def(
      "fit_start_to_data",
      [](const NetworkPlan& network, const Arrays& values, const TableArrays& rows,
         std::uint64_t seed) {
        return with_type(
            values, [&]<class T>() { return fit_start_to_data<T>(network, values, rows, seed); });
      },
      nb::arg("network"), nb::arg("values"), nb::arg("rows"), nb::arg("seed"));
}

}  // namespace chainrule
