// SPDX-License-Identifier: Apache-2.0
// fit, predict, trace and numeric gradients. The interpreter lock is free during every computation
// and taken only to ask about Ctrl-C and to call the caller's functions.
#include "convert.h"

#include <exception>
#include <optional>

#include "base/cpu.h"
#include "base/team.h"
#include "train/fit.h"
#include "train/initialize.h"
#include "train/trace.h"
#include "train/validation.h"

namespace chainrule {
namespace {

template <class T>
using Arrays = std::vector<nb::ndarray<const T, nb::c_contig, nb::device::cpu>>;
template <class T>
using Outputs = std::vector<Writable<T>>;

// The arrays of a set of rows; whoever holds this keeps them alive.
template <class T>
struct Table {
  Matrix<T> x;
  std::optional<Matrix<T>> y;
  std::optional<Column<std::int32_t>> classes;
  std::optional<Column<T>> weights;
  std::optional<Column<std::uint32_t>> rows;

  Rows<T> view(const NetworkPlan& plan) const {
    Rows<T> view;
    const std::size_t n = x.shape(0);
    if (static_cast<Index>(x.shape(1)) != plan.n_features)
      throw std::invalid_argument("X has the wrong number of columns");
    if (y && (y->shape(0) != n || static_cast<Index>(y->shape(1)) != plan.n_outputs()))
      throw std::invalid_argument("y has the wrong shape");
    if ((classes && classes->size() != n) || (weights && weights->size() != n))
      throw std::invalid_argument("y or sample_weight has the wrong length");
    if (classes) {
      for (std::size_t i = 0; i < n; ++i)
        if ((*classes)(i) < 0 || (*classes)(i) >= plan.n_outputs())
          throw std::invalid_argument("a class index is out of range");
    }
    if (rows) {
      for (std::size_t i = 0; i < rows->size(); ++i)
        if ((*rows)(i) >= n) throw std::invalid_argument("a row index is out of range");
    }
    view.x = x.data();
    view.n_features = plan.n_features;
    view.y = y ? y->data() : nullptr;
    view.classes = classes ? classes->data() : nullptr;
    view.weights = weights ? weights->data() : nullptr;
    view.rows = rows ? rows->data() : nullptr;
    view.n = static_cast<Index>(rows ? rows->size() : n);
    return view;
  }
};

template <class T>
Table<T> table_of(const nb::dict& form) {
  const auto optional = [&](const char* key) { return form.contains(key) && !form[key].is_none(); };
  Table<T> table{nb::cast<Matrix<T>>(form["x"], false), {}, {}, {}, {}};
  if (optional("y")) table.y = nb::cast<Matrix<T>>(form["y"], false);
  if (optional("classes")) table.classes = nb::cast<Column<std::int32_t>>(form["classes"], false);
  if (optional("weights")) table.weights = nb::cast<Column<T>>(form["weights"], false);
  if (optional("rows")) table.rows = nb::cast<Column<std::uint32_t>>(form["rows"], false);
  return table;
}

// Calls into Python from the loop: the first exception stops the loop and is raised after it.
// Ctrl-C stops it too, wherever it arrives, but raises nothing.
class PythonCalls {
 public:
  // `asked_to_stop`, unless None, is asked whether another thread wants an end.
  explicit PythonCalls(nb::object asked_to_stop = nb::none())
      : asked_to_stop_(std::move(asked_to_stop)) {}

  template <class Function>
  auto guarded(Function function, decltype(function()) otherwise) {
    const KeepSubnormals mode;
    const nb::gil_scoped_acquire acquire;
    try {
      return function();
    } catch (nb::python_error& error) {
      if (error.matches(PyExc_KeyboardInterrupt)) {
        interrupted_ = true;
      } else if (!error_) {
        error_ = std::current_exception();
      }
    } catch (...) {
      if (!error_) error_ = std::current_exception();
    }
    return otherwise;
  }

  // Asks for signals, which reach the main thread only, and for others' wishes; true when the loop
  // must end.
  bool interrupted() {
    const auto ask = [&] {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (!asked_to_stop_.is_none()) interrupted_ = nb::cast<bool>(asked_to_stop_());
      return interrupted_;
    };
    return failed() || guarded(ask, true);
  }

  bool failed() const { return interrupted_ || error_; }
  bool was_interrupted() const { return interrupted_; }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  nb::object asked_to_stop_;
  std::exception_ptr error_;
  bool interrupted_ = false;
};

template <class T>
void load_state(State<T>& state, Arrays<T>& params, const nb::dict& form) {
  const std::vector<Tensor>& tensors = state.network.tensors();
  state.network.pack(parameter_pointers<const T>(tensors, params), state.network.values().data());
  state.network.transpose_all();
  state.epoch = nb::cast<Index>(form["epoch"]);
  state.moments.n_steps = nb::cast<Index>(form["n_steps"]);
  state.moments.beta1_power = nb::cast<double>(form["beta1_power"]);
  state.moments.beta2_power = nb::cast<double>(form["beta2_power"]);
  for (const auto& [key, buffer] :
       {std::pair{"first", &state.moments.first}, {"second", &state.moments.second}}) {
    if (!form.contains(key) || buffer->size() == 0) continue;
    auto arrays = nb::cast<Arrays<T>>(form[key]);
    state.network.pack(parameter_pointers<const T>(tensors, arrays), buffer->data());
  }
}

// The state's counters as a dictionary, its arrays into `out`: parameters, first, second.
template <class T>
nb::dict save_state(const State<T>& state, Outputs<T>& params, const nb::dict& moments) {
  const std::vector<Tensor>& tensors = state.network.tensors();
  state.network.unpack(state.network.values().data(), parameter_pointers<T>(tensors, params));
  for (const auto& [key, buffer] :
       {std::pair{"first", &state.moments.first}, {"second", &state.moments.second}}) {
    if (!moments.contains(key) || buffer->size() == 0) continue;
    auto arrays = nb::cast<Outputs<T>>(moments[key]);
    state.network.unpack(buffer->data(), parameter_pointers<T>(tensors, arrays));
  }
  nb::dict out;
  out["epoch"] = state.epoch;
  out["n_steps"] = state.moments.n_steps;
  out["beta1_power"] = state.moments.beta1_power;
  out["beta2_power"] = state.moments.beta2_power;
  return out;
}

// Trains from `params` and `state` and writes the results into `out_params` and `out_moments`.
template <class T>
nb::dict fit_network(const nb::dict& network_form, const nb::dict& training_form, Arrays<T> params,
                     const nb::dict& state_form, const nb::dict& train_form,
                     const nb::dict& validation_form, int metric, nb::object metric_function,
                     nb::object epoch_function, nb::object asked_to_stop, Outputs<T> out_params,
                     const nb::dict& out_moments) {
  const NetworkPlan network = network_plan(network_form);
  const TrainingPlan plan = training_plan(training_form, network);
  const Table<T> train = table_of<T>(train_form);
  std::optional<Table<T>> validation;
  if (validation_form.size() > 0) validation = table_of<T>(validation_form);
  const Rows<T> rows = train.view(network);
  const Rows<T> held_out = validation ? validation->view(network) : Rows<T>{};
  State<T> state(network, plan.optimizer);
  load_state<T>(state, params, state_form);

  PythonCalls python(std::move(asked_to_stop));
  Hooks<T> hooks;
  hooks.interrupted = [&] { return python.interrupted(); };
  if (!metric_function.is_none()) {
    hooks.metric = [&](const T* outputs) {
      return python.guarded(
          [&] {
            T* data = nullptr;
            nb::object array = new_array<T>({static_cast<std::size_t>(held_out.n),
                                             static_cast<std::size_t>(network.n_outputs())},
                                            &data);
            std::copy(outputs, outputs + held_out.n * network.n_outputs(), data);
            return nb::cast<double>(metric_function(array));
          },
          std::numeric_limits<double>::quiet_NaN());
    };
  }
  if (!epoch_function.is_none() || !metric_function.is_none()) {
    hooks.epoch_done = [&](Index epoch, double loss, double validation_loss, double score) {
      const auto call = [&] {
        if (epoch_function.is_none()) return false;
        const double penalty = state.history.penalty.empty() ? 0.0 : state.history.penalty.back();
        const auto factor =
            nb::cast<double>(epoch_function(epoch, loss, penalty, validation_loss, score));
        if (factor >= 0) state.rate_factor = factor;
        return factor < 0;
      };
      return python.failed() || python.guarded(call, true);
    };
  }
  {
    const nb::gil_scoped_release release;
    fit<T>(state, plan, rows, held_out, static_cast<Metric>(metric), hooks);
  }
  python.rethrow();
  nb::dict out = save_state<T>(state, out_params, out_moments);
  out["loss"] = state.history.loss;
  out["penalty"] = state.history.penalty;
  out["validation_loss"] = state.history.validation_loss;
  out["validation_metric"] = state.history.validation_metric;
  out["best_epoch"] = state.history.best_epoch;
  out["steps_made"] = state.history.n_steps;
  out["stop_reason"] = python.was_interrupted() ? "interrupted" : state.history.stop_reason;
  out["diverged_epoch"] = state.history.diverged_epoch;
  out["diverged_step"] = state.history.diverged_step;
  return out;
}

template <class T>
nb::object copy_rows(const T* from, Index rows, Index stride, Index width) {
  T* data = nullptr;
  nb::object array =
      new_array<T>({static_cast<std::size_t>(rows), static_cast<std::size_t>(width)}, &data);
  for (Index i = 0; i < rows; ++i)
    std::copy(from + i * stride, from + i * stride + width, data + i * width);
  return array;
}

template <class T>
nb::dict trace_step(const nb::dict& network_form, const nb::dict& training_form, Arrays<T> params,
                    const nb::dict& state_form, const nb::dict& rows_form, Index dropout_epoch,
                    bool update, Outputs<T> out_params, const nb::dict& out_moments,
                    Outputs<T> out_grads) {
  const NetworkPlan network = network_plan(network_form);
  const TrainingPlan plan = training_plan(training_form, network);
  const Table<T> table = table_of<T>(rows_form);
  const Rows<T> rows = table.view(network);
  State<T> state(network, plan.optimizer);
  load_state<T>(state, params, state_form);
  Trace<T> result(network, rows);
  {
    const nb::gil_scoped_release release;
    trace<T>(state, plan, rows, dropout_epoch, update, result);
  }
  nb::dict out = save_state<T>(state, out_params, out_moments);
  state.network.unpack(result.gradients.data(),
                       parameter_pointers<T>(state.network.tensors(), out_grads));
  nb::list z, a, slope, delta, masks, residual;
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const LayerRows<T>& layer = result.batch.layers[l];
    const Index width = network.layers[l].n_out, stride = layer.stride;
    z.append(copy_rows(layer.z, rows.n, stride, width));
    a.append(copy_rows(layer.a, rows.n, stride, width));
    slope.append(copy_rows(layer.slope, rows.n, stride, width));
    delta.append(copy_rows(result.deltas[l].data(), rows.n, stride, width));
    residual.append(layer.residual == nullptr
                        ? nb::none()
                        : copy_rows(result.residuals[l].data(), rows.n, stride, width));
    const bool masked = dropout_epoch >= 0 && layer.mask != nullptr;
    masks.append(masked ? copy_rows(layer.mask, rows.n, stride, width) : nb::none());
  }
  out["z"] = z;
  out["a"] = a;
  out["slope"] = slope;
  out["delta"] = delta;
  out["masks"] = masks;
  out["residual"] = residual;
  const StemRows<T>& stem = result.batch.stem;
  const auto stem_rows = [&](const T* from) {
    return from == nullptr ? nb::none() : copy_rows(from, rows.n, stem.stride, network.n_inputs());
  };
  out["h"] = stem_rows(result.h.data());
  out["inputs"] = stem_rows(stem.h == nullptr  ? nullptr
                            : stem.a == stem.h ? result.h.data()
                                               : stem.a);
  out["stem_delta"] = stem_rows(result.stem_delta.data());
  const bool input_masked = dropout_epoch >= 0 && network.input_dropout > 0;
  out["x"] = copy_rows(result.batch.x, rows.n, result.batch.x_stride, network.n_features);
  out["input_mask"] = input_masked ? copy_rows(result.batch.x_mask(), rows.n, result.batch.x_stride,
                                               network.n_features)
                                   : nb::none();
  out["losses"] = copy_rows(result.losses.data(), 1, rows.n, rows.n);
  out["loss_sum"] = result.loss_sum;
  out["weight_sum"] = result.weight_sum;
  return out;
}

nb::object numeric(const nb::dict& network_form, const nb::dict& training_form,
                   Arrays<double> params, const nb::dict& rows_form, Index dropout_epoch,
                   Column<std::int64_t> parameters, Column<std::int64_t> indices, int n_threads) {
  const NetworkPlan plan = network_plan(network_form);
  const TrainingPlan training = training_plan(training_form, plan);
  const Table<double> table = table_of<double>(rows_form);
  const Rows<double> rows = table.view(plan);
  Network<double> network(plan);
  network.pack(parameter_pointers<const double>(network.tensors(), params),
               network.values().data());
  if (parameters.size() != indices.size()) throw std::invalid_argument("lengths differ");
  std::vector<Index> positions;
  for (std::size_t k = 0; k < indices.size(); ++k) {
    positions.push_back(network.position(parameters(k), indices(k)));
  }
  double* data = nullptr;
  nb::object out = new_array<double>({indices.size()}, &data);
  PythonCalls python;
  bool interrupted = false;
  {
    const nb::gil_scoped_release release;
    numeric_gradients(
        network, training, rows, dropout_epoch, positions,
        n_threads > 0 ? n_threads : available_threads(),
        [&] { return interrupted = interrupted || python.interrupted(); }, data);
  }
  python.rethrow();
  if (interrupted) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    throw nb::python_error();
  }
  return out;
}

// Fits `params` to the rows, into `out_params`.
template <class T>
void fit_start_to_data(const nb::dict& network_form, Arrays<T> params, const nb::dict& rows_form,
                       std::uint64_t seed, Outputs<T> out_params) {
  const NetworkPlan plan = network_plan(network_form);
  const Table<T> table = table_of<T>(rows_form);
  const Rows<T> rows = table.view(plan);
  Network<T> network(plan);
  network.pack(parameter_pointers<const T>(network.tensors(), params), network.values().data());
  {
    const nb::gil_scoped_release release;
    fit_to_data<T>(network, rows, seed);
  }
  network.unpack(network.values().data(), parameter_pointers<T>(network.tensors(), out_params));
}

template <class T>
void register_for(nb::module_& module, const char* fit_name, const char* trace_name) {
  module.def(fit_name, &fit_network<T>, nb::arg("network"), nb::arg("training"), nb::arg("params"),
             nb::arg("state"), nb::arg("train"), nb::arg("validation"), nb::arg("metric"),
             nb::arg("metric_function").none(), nb::arg("epoch_function").none(),
             nb::arg("asked_to_stop").none(), nb::arg("out_params"), nb::arg("out_moments"));
  module.def(trace_name, &trace_step<T>);
}

}  // namespace

void register_training(nb::module_& module) {
  register_for<float>(module, "fit_float32", "trace_float32");
  register_for<double>(module, "fit_float64", "trace_float64");
  module.def("fit_start_to_data_float32", &fit_start_to_data<float>);
  module.def("fit_start_to_data_float64", &fit_start_to_data<double>);
  module.def("numeric_gradients", &numeric);
}

}  // namespace chainrule
