// SPDX-License-Identifier: Apache-2.0
#include "layers/fuse.h"

#include "layers/dense.h"

namespace chainrule {
namespace {

// The plan at position k as one of its kind, or null.
template <class Plan>
const Plan* plan_at(const Plans& plans, std::size_t k) {
  return k < plans.size() ? dynamic_cast<const Plan*>(plans[k].get()) : nullptr;
}

// Only in front of another dense layer, whose product takes the deltas back through the rest.
Plans fuse(const Plans& plans) {
  Plans fused;
  for (std::size_t k = 0; k < plans.size(); ++k) {
    fused.push_back(plans[k]);
    const auto* dense = plan_at<DensePlan>(plans, k);
    if (dense == nullptr) continue;
    std::size_t next = k + 1;
    const auto* activation = plan_at<ActivationPlan>(plans, next);
    if (activation != nullptr) ++next;
    const auto* dropout = plan_at<DropoutPlan>(plans, next);
    if (dropout != nullptr) ++next;
    if (plan_at<DensePlan>(plans, next) == nullptr) continue;
    auto whole = std::make_shared<DensePlan>(*dense);
    if (activation != nullptr) whole->activation = *activation;
    if (dropout != nullptr) whole->dropout = *dropout;
    fused.back() = std::move(whole);
    k = next - 1;
  }
  return fused;
}

}  // namespace

template <class T>
std::vector<LayerPtr<T>> make_layers(const Plans& plans, Index n_in, Places<T>& places) {
  std::vector<LayerPtr<T>> layers;
  for (const auto& plan : places.fused ? fuse(plans) : plans) {
    layers.push_back(plan->make(n_in, places));
    n_in = layers.back()->n_out();
  }
  return layers;
}

template std::vector<LayerPtr<float>> make_layers(const Plans&, Index, Places<float>&);
template std::vector<LayerPtr<double>> make_layers(const Plans&, Index, Places<double>&);

Activation take_output_activation(Plans& plans) {
  const auto* plan = dynamic_cast<const ActivationPlan*>(plans.back().get());
  if (plan == nullptr) return Activation::identity;
  const Activation activation = plan->activation;
  plans.pop_back();
  return activation;
}

}  // namespace chainrule
