// SPDX-License-Identifier: Apache-2.0
#include "train/small.h"

#include <algorithm>

#include "layers/dense.h"

namespace chainrule {
namespace {

// Widest layer. From about two panels on, tiles of several panels are worth more than fewer calls.
constexpr Index kSmallWidth = 32;
constexpr Index kSmallFeatures = 128;

}  // namespace

template <class T>
bool SmallStep<T>::suits(const NetworkPlan& network, const TrainingPlan& training) {
  bool small = network.n_features <= kSmallFeatures && network.input_dropout == 0;
  small = small && network.stem.empty();
  for (const LayerPlan& layer : network.layers)
    small = small && layer.n_out <= kSmallWidth && layer.dropout == 0 && !layer.blend;
  return small && training.clip_norm == 0;
}

template <class T>
SmallStep<T>::SmallStep(const TrainingPlan& training, const LossConstants<T>& constants,
                        const Batch<T>& batch, State<T>& state)
    : plan_(training) {
  Network<T>& network = state.network;
  gradients_ = Buffer<T>(network.size());
  const auto parameters = [&](Index at) {
    Moments<T>& moments = state.moments;
    return SmallParameters<T>{
        .values = network.values().data() + at,
        .first = moments.first.size() > 0 ? moments.first.data() + at : nullptr,
        .second = moments.second.size() > 0 ? moments.second.data() + at : nullptr,
        .rate = T(0),
        .keep = T(1)};
  };
  for (Index l = 0; l < network.n_layers(); ++l) {
    const LayerPlan& plan = network.layer(l);
    const LayerPlace& place = network.place(l);
    const GroupPlan* group = training.groups.data() + place.tensor;  // of W, then of b
    const LayerRows<T>& rows = batch.layers[static_cast<std::size_t>(l)];
    const bool last = l + 1 == network.n_layers();
    const Activation activation = last ? Activation::identity : plan.activation;
    SmallLayer<T> layer{};
    layer.skinny = place.narrow;
    layer.n_in = plan.n_in;
    layer.n_out = plan.n_out;
    layer.out_panels = place.out_panels;
    // The first layer's x and the number of rows are each step's own.
    const T* below = nullptr;
    Index below_stride = 0;
    if (l > 0) {
      const LayerRows<T>& under = batch.layers[static_cast<std::size_t>(l) - 1];
      below = under.a;
      below_stride = under.stride;
      layer.backward = backward_args<T>(network, l, rows.delta, rows.stride, 0,
                                        {under.a, nullptr, under.delta, nullptr, under.stride});
    }
    layer.forward = forward_args<T>(network, l, activation, below, below_stride, 0,
                                    {last ? rows.delta : rows.a, rows.stride,
                                     row_of(activation).slope_from_value ? nullptr : rows.delta});
    layer.gradient = {.x = place.narrow ? rows.delta : below,
                      .x_stride = place.narrow ? rows.stride : below_stride,
                      .delta = place.narrow ? below : rows.delta,
                      .delta_stride = place.narrow ? below_stride : rows.stride,
                      .batch = 0,
                      .first = 0,
                      .last = place.narrow ? plan.n_out : plan.n_in,
                      .n_panels = place.narrow ? place.in_panels : place.out_panels,
                      .scale = T(1),
                      .out = gradients_.data() + place.weights};
    layer.delta = rows.delta;
    layer.bias_gradient = gradients_.data() + place.bias;
    layer.weights = parameters(place.weights);
    layer.bias = parameters(place.bias);
    layer.tensor = place.tensor;
    if (group[0].rate == 0) layer.weights.values = nullptr;
    if (group[1].rate == 0) layer.bias.values = nullptr;
    const bool copied = network.has_transpose(l) && group[0].rate != 0;
    layer.transposed = copied ? network.weights_t(l) : nullptr;
    layers_.push_back(layer);
  }
  const NetworkPlan& plan = network.plan();
  loss_ = {.loss = plan.loss,
           .activation = plan.layers.back().activation,
           .huber_delta = constants.huber_delta,
           .quantiles = constants.quantiles.data(),
           .rows = 0,
           .n_outputs = plan.n_outputs(),
           .z = batch.layers.back().delta,
           .y = batch.y,
           .stride = batch.layers.back().stride,
           .y_stride = batch.y_stride,
           .a = nullptr,
           .slope = nullptr,
           .losses = batch.losses,
           .delta = batch.layers.back().delta};
}

template <class T>
void SmallStep<T>::rows(const KernelTable<T>& table, const Batch<T>& batch) {
  SmallLayer<T>& first = layers_.front();
  first.forward.x = first.gradient.x = batch.x;
  first.forward.x_stride = first.gradient.x_stride = batch.x_stride;
  if (loss_.rows != batch.n) {
    loss_.rows = batch.n;
    for (SmallLayer<T>& layer : layers_)
      layer.forward.rows = layer.backward.rows = layer.gradient.batch = batch.n;
  }
  table.small_rows(layers_.data(), static_cast<Index>(layers_.size()), loss_);
}

template <class T>
void SmallStep<T>::weights(const KernelTable<T>& table, const StepSize<T>& step) {
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
  table.small_weights(layers_.data(), static_cast<Index>(layers_.size()),
                      {update_args(plan_, step, GroupPlan{}), scale, step.l1, step.l2});
}

template class SmallStep<float>;
template class SmallStep<double>;

}  // namespace chainrule
