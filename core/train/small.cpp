// SPDX-License-Identifier: Apache-2.0
#include "train/small.h"

#include <algorithm>

#include "train/pass.h"

namespace chainrule {
namespace {

// The layers' calls; none where a layer needs more than that.
template <class T>
std::vector<SmallLayer<T>> prepare(Batch<T>& batch, State<T>& state) {
  const Network<T>& network = state.network;
  connect(network, batch, false);
  std::vector<SmallLayer<T>> calls(network.layers().size());
  for (std::size_t l = 0; l < calls.size(); ++l) {
    Tail<T> below;
    if (l > 0) below = network.layers()[l - 1]->tail(batch.rows[l - 1], false);
    if (!network.layers()[l]->prepare(network.frame(), batch.rows[l], l > 0 ? &below : nullptr,
                                      calls[l]))
      return {};
  }
  return calls;
}

}  // namespace

template <class T>
bool SmallStep<T>::suits(const TrainingPlan& training, Batch<T>& batch, State<T>& state) {
  return training.clip_norm == 0 && !prepare(batch, state).empty();
}

template <class T>
SmallStep<T>::SmallStep(const TrainingPlan& training, const LossConstants<T>& constants,
                        Batch<T>& batch, State<T>& state)
    : plan_(training),
      layers_(prepare(batch, state)),
      loss_(loss_args(state.network.plan(), constants, batch, 0, 0)),
      gradients_(state.network.size()) {
  Network<T>& network = state.network;
  const auto parameters = [&](Index tensor) {
    Moments<T>& moments = state.moments;
    const Index at = network.tensor(tensor).start;
    const bool frozen = training.groups[static_cast<std::size_t>(tensor)].rate == 0;
    return SmallParameters<T>{.values = frozen ? nullptr : network.values().data() + at,
                              .first = part_of(moments.first, at),
                              .second = part_of(moments.second, at),
                              .rate = {},
                              .keep = {}};
  };
  for (SmallLayer<T>& layer : layers_) {
    layer.gradient.out = gradients_.data() + network.tensor(layer.tensor).start;
    layer.bias_gradient = gradients_.data() + network.tensor(layer.tensor + 1).start;
    layer.weights = parameters(layer.tensor);
    layer.bias = parameters(layer.tensor + 1);
  }
}

template <class T>
void SmallStep<T>::rows(const KernelTable<T>& table, const Batch<T>& batch) {
  SmallLayer<T>& first = layers_.front();
  first.forward.x = first.gradient.x = batch.x.data;
  first.forward.x_stride = first.gradient.x_stride = batch.x.stride;
  if (loss_.rows != batch.n) {
    loss_.rows = batch.n;
    for (SmallLayer<T>& layer : layers_)
      layer.forward.rows = layer.backward.rows = layer.gradient.batch = batch.n;
  }
  table.small_rows(layers_.data(), static_cast<Index>(layers_.size()), loss_);
}

template <class T>
bool SmallStep<T>::weights(const KernelTable<T>& table, const StepSize<T>& step) {
  const T scale = static_cast<T>(step.scale);
  const bool same = step.rate == rate_ && step.decay == decay_;
  rate_ = step.rate;
  decay_ = step.decay;
  for (SmallLayer<T>& layer : layers_) {
    layer.gradient.scale = layer.forward.alpha * scale;
    if (same) continue;
    const GroupPlan* group = plan_.groups.data() + layer.tensor;
    const UpdateArgs<T> weights = update_args(plan_, step, group[0]);
    const UpdateArgs<T> bias = update_args(plan_, step, group[1]);
    layer.weights.rate = weights.rate;
    layer.weights.keep = weights.keep;
    layer.bias.rate = bias.rate;
    layer.bias.keep = bias.keep;
  }
  return table.small_weights(layers_.data(), static_cast<Index>(layers_.size()),
                             {update_args(plan_, step, GroupPlan{}), scale, step.l1, step.l2}) == 0;
}

template class SmallStep<float>;
template class SmallStep<double>;

}  // namespace chainrule
