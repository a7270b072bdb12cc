// SPDX-License-Identifier: Apache-2.0
// Networks and trainings as typed structs. A layer kind is one class here, called as in Python's
// spec; activations, losses, optimizers and schedules are known by name.
#include "convert.h"

#include <nanobind/stl/shared_ptr.h>

#include "layers/activation.h"
#include "layers/columns.h"
#include "layers/dense.h"
#include "layers/dropout.h"
#include "layers/embedding.h"
#include "layers/fuse.h"
#include "layers/layer_norm.h"
#include "layers/periodic.h"
#include "layers/residual.h"
#include "layers/scale.h"
#include "train/schedule.h"

namespace chainrule {
namespace {

using PlanPtr = std::shared_ptr<LayerPlan>;

Plans plans_of(const std::vector<PlanPtr>& layers) { return {layers.begin(), layers.end()}; }

NetworkPlan network_plan(Index n_features, const std::vector<PlanPtr>& layers, Index n_outputs,
                         const std::string& loss, double huber_delta, std::vector<double> quantiles,
                         bool bfloat16) {
  NetworkPlan plan;
  plan.n_features = n_features;
  plan.layers = plans_of(layers);
  if (plan.layers.empty()) throw std::invalid_argument("a network has layers");
  plan.output_activation = take_output_activation(plan.layers);
  plan.n_outputs = n_outputs;
  plan.loss = loss_named(loss);
  plan.huber_delta = huber_delta;
  plan.quantiles = std::move(quantiles);
  plan.bfloat16 = bfloat16;
  return plan;
}

void register_layers(nb::module_& module) {
  nb::class_<LayerPlan>(module, "LayerPlan");
  nb::class_<DensePlan, LayerPlan>(module, "Dense")
      .def(nb::init<Index, bool>(), nb::arg("units"), nb::arg("ntk"));
  nb::class_<ActivationPlan, LayerPlan>(module, "Activation")
      .def(nb::init<std::string, bool>(), nb::arg("function"), nb::arg("parametric"));
  nb::class_<DropoutPlan, LayerPlan>(module, "Dropout").def(nb::init<double>(), nb::arg("rate"));
  nb::class_<ScalePlan, LayerPlan>(module, "Scale").def(nb::init<>());
  nb::class_<PeriodicPlan, LayerPlan>(module, "PeriodicEmbedding")
      .def(nb::init<Index, Index>(), nb::arg("frequencies"), nb::arg("outputs"));
  nb::class_<EmbeddingPlan, LayerPlan>(module, "CategoryEmbedding")
      .def(nb::init<std::vector<Index>, Index>(), nb::arg("levels"), nb::arg("units"));
  nb::class_<LayerNormPlan, LayerPlan>(module, "LayerNorm")
      .def(nb::init<double>(), nb::arg("epsilon"));
  nb::class_<ResidualPlan, LayerPlan>(module, "Residual")
      .def(
          "__init__",
          [](ResidualPlan* plan, const std::vector<PlanPtr>& layers) {
            new (plan) ResidualPlan(plans_of(layers));
          },
          nb::arg("layers"));
  nb::class_<ColumnsPlan::Part>(module, "Part")
      .def(
          "__init__",
          [](ColumnsPlan::Part* part, Index columns, std::optional<PlanPtr> layer) {
            new (part) ColumnsPlan::Part{columns, layer ? *layer : nullptr};
          },
          nb::arg("columns"), nb::arg("layer").none());
  nb::class_<ColumnsPlan, LayerPlan>(module, "Columns")
      .def(nb::init<std::vector<ColumnsPlan::Part>>(), nb::arg("parts"));
}

}  // namespace

void register_plans(nb::module_& module) {
  register_layers(module);
  nb::class_<NetworkPlan>(module, "NetworkPlan")
      .def(
          "__init__",
          [](NetworkPlan* plan, Index n_features, const std::vector<PlanPtr>& layers,
             Index n_outputs, const std::string& loss, double huber_delta,
             std::vector<double> quantiles, bool bfloat16) {
            new (plan) NetworkPlan(network_plan(n_features, layers, n_outputs, loss, huber_delta,
                                                std::move(quantiles), bfloat16));
          },
          nb::arg("n_features"), nb::arg("layers"), nb::arg("n_outputs"), nb::arg("loss"),
          nb::arg("huber_delta"), nb::arg("quantiles"), nb::arg("bfloat16") = false)
      .def_prop_ro("parameters", [](const NetworkPlan& plan) {
        std::vector<std::string> names;
        const Network<float> network(plan);
        for (const Tensor& tensor : network.tensors()) names.push_back(tensor.name);
        return names;
      });
  nb::class_<SchedulePlan>(module, "SchedulePlan")
      .def("__init__",
           [](SchedulePlan* plan, const std::string& name) {
             (new (plan) SchedulePlan)->kind = schedule_named(name);
           })
      .def_rw("every", &SchedulePlan::every)
      .def_rw("factor", &SchedulePlan::factor)
      .def_rw("warmup", &SchedulePlan::warmup)
      .def_rw("patience", &SchedulePlan::patience)
      .def_rw("floor", &SchedulePlan::floor)
      .def_rw("cycles", &SchedulePlan::cycles);
  nb::class_<GroupPlan>(module, "GroupPlan")
      .def(nb::init<double, double>(), nb::arg("rate"), nb::arg("decay"));
  nb::class_<TrainingPlan>(module, "TrainingPlan")
      .def("__init__",
           [](TrainingPlan* plan, const std::string& optimizer) {
             (new (plan) TrainingPlan)->optimizer = optimizer_named(optimizer);
           })
      .def_rw("learning_rate", &TrainingPlan::learning_rate)
      .def_rw("schedule", &TrainingPlan::schedule)
      .def_rw("weight_decay_schedule", &TrainingPlan::decay_schedule)
      .def_rw("dropout_schedule", &TrainingPlan::dropout_schedule)
      .def_rw("groups", &TrainingPlan::groups)
      .def_rw("epochs", &TrainingPlan::epochs)
      .def_rw("batch_size", &TrainingPlan::batch_size)
      .def_rw("mean", &TrainingPlan::mean)
      .def_rw("l1", &TrainingPlan::l1)
      .def_rw("l2", &TrainingPlan::l2)
      .def_rw("penalty_per_batch", &TrainingPlan::penalty_per_batch)
      .def_rw("weight_decay", &TrainingPlan::weight_decay)
      .def_rw("clip_norm", &TrainingPlan::clip_norm)
      .def_rw("patience", &TrainingPlan::patience)
      .def_rw("tol", &TrainingPlan::tol)
      .def_rw("time_limit", &TrainingPlan::time_limit)
      .def_rw("shuffle", &TrainingPlan::shuffle)
      .def_rw("seed", &TrainingPlan::seed)
      .def_rw("n_threads", &TrainingPlan::n_threads)
      .def_rw("momentum", &TrainingPlan::momentum)
      .def_rw("beta1", &TrainingPlan::beta1)
      .def_rw("beta2", &TrainingPlan::beta2)
      .def_rw("epsilon", &TrainingPlan::epsilon)
      .def_rw("careful", &TrainingPlan::careful)
      .def_rw("epsilon_hat", &TrainingPlan::epsilon_hat);
}

}  // namespace chainrule
