// SPDX-License-Identifier: Apache-2.0
#include "train/update.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chainrule {

template <class T>
StepSize<T> next_step(const TrainingPlan& plan, Moments<T>& moments, double schedule,
                      double weight_sum) {
  moments.n_steps += 1;
  moments.beta1_power *= plan.beta1;
  moments.beta2_power *= plan.beta2;
  const double share = plan.penalty_per_batch ? 1 / weight_sum : 1.0;
  const double correction2 = 1 / (1 - moments.beta2_power);
  const double epsilon = plan.epsilon * (plan.epsilon_hat ? std::sqrt(correction2) : 1.0);
  return {.rate = plan.learning_rate * schedule,
          .scale = plan.mean ? 1 / weight_sum : 1.0,
          .correction1 = static_cast<T>(1 / (1 - moments.beta1_power)),
          .correction2 = static_cast<T>(correction2),
          .l1 = static_cast<T>(plan.l1 * share),
          .l2 = static_cast<T>(plan.l2 * share),
          // Padding has gradient 0 for ever: with epsilon 0 it would become 0 / 0.
          .epsilon = std::max(static_cast<T>(epsilon), std::numeric_limits<T>::min())};
}

template <class T>
void penalize_block(const KernelTable<T>& table, const Network<T>& network, const StepSize<T>& step,
                    const GradientTask& task, T* block) {
  if (step.l1 == T(0) && step.l2 == T(0)) return;
  constexpr Index P = kPanel<T>;
  const Index rows = task.last - task.first;
  const Index in = network.place(task.layer).rows;
  for (Index p = 0; p < task.n_panels; ++p) {
    const T* w = network.weights(task.layer) + ((task.panel + p) * in + task.first) * P;
    table.penalize(block + p * rows * P, w, rows * P, step.l1, step.l2);
  }
}

template <class T>
double penalty(const KernelTable<T>& table, const Network<T>& network, const TrainingPlan& plan) {
  double sum = 0;
  for (Index l = 0; l < network.n_layers() && (plan.l1 > 0 || plan.l2 > 0); ++l) {
    const T* w = network.weights(l);
    const LayerPlace& place = network.place(l);
    const Index count = place.count;
    if (plan.l2 > 0) sum += 0.5 * plan.l2 * table.sum_of_squares(w, count);
    for (Index i = 0; plan.l1 > 0 && i < count; ++i)
      sum += plan.l1 * std::fabs(static_cast<double>(w[i]));
  }
  return sum;
}

template <class T>
void update_block(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                  State<T>& state, const GradientTask& task, T* block, T* block_bias) {
  constexpr Index P = kPanel<T>;
  Network<T>& network = state.network;
  const LayerPlace& place = network.place(task.layer);
  const GroupPlan& group = plan.groups[static_cast<std::size_t>(task.layer)];
  UpdateArgs<T> args{.optimizer = plan.optimizer,
                     .w = nullptr,
                     .g = nullptr,
                     .first = nullptr,
                     .second = nullptr,
                     .count = 0,
                     .rate = T(0),
                     .keep = T(1),
                     .momentum = static_cast<T>(plan.momentum),
                     .beta1 = static_cast<T>(plan.beta1),
                     .beta2 = static_cast<T>(plan.beta2),
                     .correction1 = step.correction1,
                     .correction2 = step.correction2,
                     .epsilon = step.epsilon};
  // A rate of 0 freezes the parameters to the bit while their moments go on: what would be written
  // to them goes into the gradient's place, which nobody reads again.
  const auto apply = [&](Index at, T* gradient, Index count, double rate, double decay) {
    args.w = rate == 0 ? gradient : network.values().data() + at;
    args.g = gradient;
    args.first = state.moments.first.size() > 0 ? state.moments.first.data() + at : nullptr;
    args.second = state.moments.second.size() > 0 ? state.moments.second.data() + at : nullptr;
    args.count = count;
    args.rate = static_cast<T>(step.rate * rate);
    args.keep = static_cast<T>(1 - step.rate * rate * plan.weight_decay * decay);
    table.update_parameters(args);
  };

  const Index rows = task.last - task.first;
  const Index in = place.rows, out = place.out_panels * P;
  for (Index p = 0; p < task.n_panels; ++p) {
    const Index at = ((task.panel + p) * in + task.first) * P;
    apply(place.weights + at, block + p * rows * P, rows * P, group.weight_rate,
          group.weight_decay);
    if (task.layer == 0 || place.narrow || group.weight_rate == 0) continue;
    for (Index i = task.first; i < task.last; i += P) {
      table.transpose_panel(
          network.weights(task.layer) + ((task.panel + p) * in + i) * P, std::min(P, task.last - i),
          network.weights_t(task.layer) + ((i / P) * out + (task.panel + p) * P) * P);
    }
  }
  if (task.bias_panels > 0) {
    apply(place.bias + task.bias_panel * P, block_bias, task.bias_panels * P, group.bias_rate,
          group.bias_decay);
  }
}

template StepSize<float> next_step(const TrainingPlan&, Moments<float>&, double, double);
template StepSize<double> next_step(const TrainingPlan&, Moments<double>&, double, double);
template void penalize_block(const KernelTable<float>&, const Network<float>&,
                             const StepSize<float>&, const GradientTask&, float*);
template void penalize_block(const KernelTable<double>&, const Network<double>&,
                             const StepSize<double>&, const GradientTask&, double*);
template double penalty(const KernelTable<float>&, const Network<float>&, const TrainingPlan&);
template double penalty(const KernelTable<double>&, const Network<double>&, const TrainingPlan&);
template void update_block(const KernelTable<float>&, const TrainingPlan&, const StepSize<float>&,
                           State<float>&, const GradientTask&, float*, float*);
template void update_block(const KernelTable<double>&, const TrainingPlan&, const StepSize<double>&,
                           State<double>&, const GradientTask&, double*, double*);

}  // namespace chainrule
