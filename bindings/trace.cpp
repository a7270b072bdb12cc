// SPDX-License-Identifier: Apache-2.0
// One step with all its numbers, and numeric gradients.
#include "base/cpu.h"
#include "rows.h"
#include "state.h"
#include "train/trace.h"

namespace chainrule {
namespace {

// The rows of one layer, in the order of their outputs.
struct LayerTrace {
  nb::object out, delta;  // delta is dl/d(out) of each row's own loss
  nb::dict shown;         // what its kind keeps, by name
};

struct Traced {
  SavedState state;
  std::vector<LayerTrace> layers;  // the activation of the output is the loss's
  nb::list gradients;
  nb::object x, output, output_slope, losses;
  double loss_sum = 0;
  double weight_sum = 0;
};

template <class T>
Traced trace_step(const NetworkPlan& plan, const TrainingPlan& training, const Arrays& values,
                  const StateArrays& start, const TableArrays& rows, Index dropout_epoch) {
  const Call call;
  const Table<T> table(rows, plan);
  State<T> state(plan, training.optimizer);
  if (training.groups.size() != state.network.tensors().size())
    throw std::invalid_argument("one group a parameter array");
  load_state(state, values, start);
  Trace<T> seen(plan, table.view());
  load_arrays(seen.network, values, seen.network.values());
  seen.network.refresh();
  {
    const Unlocked unlocked;
    trace<T>(state, training, table.view(), dropout_epoch, seen);
  }
  Traced out;
  out.state = save_state(state);
  out.gradients = save_arrays(state.network, seen.gradients);
  const Index n = table.view().n;
  for (std::size_t k = 0; k < seen.batch.leaves.size(); ++k) {
    const Layer<T>& layer = *seen.network.leaves()[k];
    const LayerRows<T>& made = *seen.batch.leaves[k];
    LayerTrace& to = out.layers.emplace_back();
    to.out = copy_rows<T>(made.read, n, layer.n_out());
    to.delta = copy_rows<T>(made.delta, n, layer.n_out());
    if (layer.drops() && dropout_epoch < 0) continue;
    for (const Shown<T>& shown : layer.shown(made))
      to.shown[shown.name] = copy_rows<T>(shown.rows, n, shown.width);
  }
  out.x = copy_rows<T>(seen.batch.x, n, plan.n_features);
  const auto of_output = [&](const T* from) {
    return copy_rows<T>({from, seen.batch.y_stride}, n, plan.n_outputs);
  };
  out.output = of_output(seen.batch.output);
  out.output_slope = of_output(seen.batch.output_slope);
  out.losses = copy_rows<T>({seen.losses.data(), n}, 1, n);
  out.loss_sum = seen.loss_sum;
  out.weight_sum = seen.weight_sum;
  return out;
}

nb::object numeric(const NetworkPlan& plan, const TrainingPlan& training, const Arrays& values,
                   const TableArrays& rows_of, Index dropout_epoch, Column<std::int64_t> parameters,
                   Column<std::int64_t> indices, int n_threads) {
  const Call call;
  const Table<double> table(rows_of, plan);
  Network<double> network(plan);
  load_arrays(network, values, network.values());
  if (parameters.size() != indices.size()) throw std::invalid_argument("lengths differ");
  std::vector<Index> positions;
  for (std::size_t k = 0; k < indices.size(); ++k)
    positions.push_back(network.position(parameters(k), indices(k)));
  double* data = nullptr;
  nb::object out = new_array<double>({indices.size()}, &data);
  PythonCalls python;
  bool interrupted = false;
  {
    const Unlocked unlocked;
    numeric_gradients(
        network, training, table.view(), dropout_epoch, positions,
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

}  // namespace

void register_trace(nb::module_& module) {
  nb::class_<LayerTrace>(module, "LayerTrace")
      .def_ro("out", &LayerTrace::out)
      .def_ro("delta", &LayerTrace::delta)
      .def_ro("shown", &LayerTrace::shown);
  nb::class_<Traced>(module, "Traced")
      .def_ro("state", &Traced::state)
      .def_ro("layers", &Traced::layers)
      .def_ro("gradients", &Traced::gradients)
      .def_ro("x", &Traced::x)
      .def_ro("output", &Traced::output)
      .def_ro("output_slope", &Traced::output_slope)
      .def_ro("losses", &Traced::losses)
      .def_ro("loss_sum", &Traced::loss_sum)
      .def_ro("weight_sum", &Traced::weight_sum);
  module.def(
      "trace",
      [](const NetworkPlan& network, const TrainingPlan& training, const Arrays& values,
         const StateArrays& state, const TableArrays& rows, Index dropout_epoch) {
        return with_type(values, [&]<class T>() {
          return trace_step<T>(network, training, values, state, rows, dropout_epoch);
        });
      },
      nb::arg("network"), nb::arg("training"), nb::arg("values"), nb::arg("state"), nb::arg("rows"),
      nb::arg("dropout_epoch"));
  module.def("numeric_gradients", &numeric, nb::arg("network"), nb::arg("training"),
             nb::arg("values"), nb::arg("rows"), nb::arg("dropout_epoch"), nb::arg("parameters"),
             nb::arg("indices"), nb::arg("n_threads"));
}

}  // namespace chainrule
