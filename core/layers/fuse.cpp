// SPDX-License-Identifier: Apache-2.0
#include "layers/fuse.h"

#include "layers/dense.h"

namespace chainrule {
namespace {

Plans fuse(const Plans& plans) {
  Plans fused;
  for (std::size_t k = 0; k < plans.size();) {
    const auto* dense = dynamic_cast<const DensePlan*>(plans[k].get());
    if (dense == nullptr) {
      fused.push_back(plans[k++]);
      continue;
    }
    auto whole = std::make_shared<DensePlan>(*dense);
    const auto next = [&]<class Plan>(Plan& to) {
      const auto* plan = k < plans.size() ? dynamic_cast<const Plan*>(plans[k].get()) : nullptr;
      if (plan == nullptr) return;
      to = *plan;
      ++k;
    };
    ++k;
    next(whole->activation);
    next(whole->dropout);
    fused.push_back(std::move(whole));
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
