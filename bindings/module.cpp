// SPDX-License-Identifier: Apache-2.0
// What Python sees of the core, one register_* a topic. Only engine.py imports this module.
#include "convert.h"

#include "base/arena.h"
#include "base/cpu.h"
#include "kernels/dispatch.h"
#include "kernels/peak.h"

namespace chainrule {
namespace {

template <class T>
T entry(const nb::dict& form, const char* key) {
  return nb::cast<T>(form[key]);
}

StemPlan stem_plan(const nb::dict& form) {
  StemPlan stem;
  stem.columns = entry<Index>(form, "columns");
  stem.frequencies = entry<Index>(form, "frequencies");
  stem.outputs = entry<Index>(form, "outputs");
  stem.levels = entry<std::vector<Index>>(form, "levels");
  stem.units = entry<Index>(form, "units");
  stem.scale = entry<bool>(form, "scale");
  if (stem.outputs > kPeriodicOutputs) throw std::invalid_argument("too many outputs of a wave");
  return stem;
}

SchedulePlan schedule_plan(const nb::dict& form) {
  SchedulePlan schedule;
  schedule.kind = static_cast<ScheduleKind>(entry<int>(form, "kind"));
  for (const auto& [key, place] : {std::pair{"every", &SchedulePlan::every},
                                   {"factor", &SchedulePlan::factor},
                                   {"warmup", &SchedulePlan::warmup},
                                   {"patience", &SchedulePlan::patience},
                                   {"floor", &SchedulePlan::floor},
                                   {"cycles", &SchedulePlan::cycles}}) {
    if (form.contains(key)) schedule.*place = entry<double>(form, key);
  }
  return schedule;
}

}  // namespace

NetworkPlan network_plan(const nb::dict& form) {
  NetworkPlan plan{};
  plan.n_features = entry<Index>(form, "n_features");
  plan.input_dropout = entry<double>(form, "input_dropout");
  plan.stem = stem_plan(entry<nb::dict>(form, "stem"));
  Index n_in = plan.stem.n_inputs(plan.n_features);
  for (const nb::handle item : nb::cast<nb::list>(form["layers"])) {
    const auto layer = nb::cast<nb::dict>(item);
    const auto units = entry<Index>(layer, "units");
    plan.layers.push_back({n_in, units, static_cast<Activation>(entry<int>(layer, "activation")),
                           entry<bool>(layer, "ntk"), entry<double>(layer, "dropout"),
                           entry<bool>(layer, "blend")});
    n_in = units;
  }
  plan.loss = static_cast<Loss>(entry<int>(form, "loss"));
  plan.huber_delta = entry<double>(form, "huber_delta");
  plan.quantiles = entry<std::vector<double>>(form, "quantiles");
  return plan;
}

TrainingPlan training_plan(const nb::dict& form, const NetworkPlan& network) {
  TrainingPlan plan;
  plan.optimizer = static_cast<Optimizer>(entry<int>(form, "optimizer"));
  plan.learning_rate = entry<double>(form, "learning_rate");
  plan.schedule = schedule_plan(entry<nb::dict>(form, "schedule"));
  plan.decay_schedule = schedule_plan(entry<nb::dict>(form, "decay_schedule"));
  plan.dropout_schedule = schedule_plan(entry<nb::dict>(form, "dropout_schedule"));
  for (const nb::handle item : nb::cast<nb::list>(form["groups"])) {
    const auto group = nb::cast<std::vector<double>>(item);
    plan.groups.push_back({group.at(0), group.at(1)});
  }
  if (plan.groups.size() != Network<float>(network).tensors().size())
    throw std::invalid_argument("one group a parameter array");
  plan.epochs = entry<Index>(form, "epochs");
  plan.batch_size = entry<Index>(form, "batch_size");
  plan.mean = entry<bool>(form, "mean");
  plan.l1 = entry<double>(form, "l1");
  plan.l2 = entry<double>(form, "l2");
  plan.penalty_per_batch = entry<bool>(form, "penalty_per_batch");
  plan.weight_decay = entry<double>(form, "weight_decay");
  plan.clip_norm = entry<double>(form, "clip_norm");
  plan.patience = entry<Index>(form, "patience");
  plan.tol = entry<double>(form, "tol");
  plan.time_limit = entry<double>(form, "time_limit");
  plan.shuffle = entry<bool>(form, "shuffle");
  plan.seed = entry<std::uint64_t>(form, "seed");
  plan.n_threads = entry<int>(form, "n_threads");
  plan.momentum = entry<double>(form, "momentum");
  plan.beta1 = entry<double>(form, "beta1");
  plan.beta2 = entry<double>(form, "beta2");
  plan.epsilon = entry<double>(form, "epsilon");
  plan.epsilon_hat = entry<bool>(form, "epsilon_hat");
  return plan;
}

}  // namespace chainrule

NB_MODULE(_core, module) {
  using namespace chainrule;
  nb::register_exception_translator([](const std::exception_ptr& error, void*) {
    try {
      std::rethrow_exception(error);
    } catch (const SizeError& e) {
      PyErr_SetString(PyExc_MemoryError, e.what());
    }
  });
  module.def("instruction_set", &instruction_set);
  module.def("instruction_sets", &instruction_sets);
  module.def("use_instruction_set", &use_instruction_set);
  module.def("available_threads", &available_threads);
  module.def("fma_peak", &fma_peak, nb::arg("seconds"), nb::arg("n_threads"),
             nb::call_guard<nb::gil_scoped_release>());
  module.def("stream_bandwidth", &stream_bandwidth, nb::arg("n_bytes"), nb::arg("seconds"),
             nb::arg("n_threads"), nb::call_guard<nb::gil_scoped_release>());
  module.def("core_round_trip", &core_round_trip, nb::arg("rounds"),
             nb::call_guard<nb::gil_scoped_release>());
  module.attr("compiler") = CHAINRULE_COMPILER;
  // Fails the import with a sentence when CHAINRULE_ISA names a set that this machine lacks.
  instruction_set();
  register_numbers(module);
  register_predictor(module);
  register_training(module);
}
