// SPDX-License-Identifier: Apache-2.0
#include "train/update.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chainrule {

template <class T>
StepSize<T> next_step(const TrainingPlan& plan, Moments<T>& moments, const StepFactors& factors,
                      double weight_sum) {
  moments.n_steps += 1;
  moments.beta1_power *= plan.beta1;
  moments.beta2_power *= plan.beta2;
  const double share = plan.penalty_per_batch ? 1 / weight_sum : 1.0;
  const double correction2 = 1 / (1 - moments.beta2_power);
  const double epsilon = plan.epsilon * (plan.epsilon_hat ? std::sqrt(correction2) : 1.0);
  return {.rate = plan.learning_rate * factors.rate,
          .decay = plan.weight_decay * factors.decay,
          .scale = plan.mean ? 1 / weight_sum : 1.0,
          .correction1 = static_cast<T>(1 / (1 - moments.beta1_power)),
          .correction2 = static_cast<T>(correction2),
          .l1 = static_cast<T>(plan.l1 * share),
          .l2 = static_cast<T>(plan.l2 * share),
          // Padding has gradient 0 for ever: with epsilon 0 it would become 0 / 0.
          .epsilon = std::max(static_cast<T>(epsilon), std::numeric_limits<T>::min())};
}

template <class T>
UpdateArgs<T> update_args(const TrainingPlan& plan, const StepSize<T>& step,
                          const GroupPlan& group) {
  return {.optimizer = plan.optimizer,
          .w = nullptr,
          .g = nullptr,
          .first = nullptr,
          .second = nullptr,
          .count = 0,
          .rate = static_cast<T>(step.rate * group.rate),
          .keep = static_cast<T>(1 - step.rate * group.rate * step.decay * group.decay),
          .momentum = static_cast<T>(plan.momentum),
          .beta1 = static_cast<T>(plan.beta1),
          .beta2 = static_cast<T>(plan.beta2),
          .correction1 = step.correction1,
          .correction2 = step.correction2,
          .epsilon = step.epsilon};
}

template <class T>
void penalize(const State<T>& state, const StepSize<T>& step, const Parts& parts, T* block) {
  if (step.l1 == T(0) && step.l2 == T(0)) return;
  const Network<T>& network = state.network;
  for (const Part& part : parts) {
    if (!network.tensor(part.tensor).is_weight) continue;
    kernels<T>().penalize(block + part.from, network.values().data() + part.at, part.count, step.l1,
                          step.l2);
  }
}

template <class T>
double penalty(const Network<T>& network, const TrainingPlan& plan) {
  double sum = 0;
  for (const Tensor& tensor : network.tensors()) {
    if (!tensor.is_weight) continue;
    const T* w = network.values().data() + tensor.start;
    if (plan.l2 > 0) sum += 0.5 * plan.l2 * kernels<T>().sum_of_squares(w, tensor.count);
    for (Index i = 0; plan.l1 > 0 && i < tensor.count; ++i)
      sum += plan.l1 * std::fabs(static_cast<double>(w[i]));
  }
  return sum;
}

template <class T>
bool update(State<T>& state, const TrainingPlan& plan, const StepSize<T>& step, const Task& task,
            const Parts& parts, T* block) {
  Moments<T>& moments = state.moments;
  const Frame<T> frame = state.network.training_frame();
  const Layer<T>& layer = *state.network.leaves()[static_cast<std::size_t>(task.layer)];
  bool is_finite = true;
  for (const Part& part : parts) {
    const GroupPlan& group = plan.groups[static_cast<std::size_t>(part.tensor)];
    const bool frozen = group.rate == 0;
    T* gradient = block + part.from;
    // A rate of 0 freezes the parameters to the bit while their moments go on: what would be
    // written to them goes into the gradient's place, which nobody reads again.
    UpdateArgs<T> args = update_args(plan, step, group);
    args.w = frozen ? gradient : frame.values + part.at;
    args.g = gradient;
    args.first = part_of(moments.first, part.at);
    args.second = part_of(moments.second, part.at);
    args.count = part.count;
    const unsigned looked_for = frozen ? fault::kOfSecond : fault::kAny;
    is_finite &= (frame.table.update_parameters(args) & looked_for) == 0;
    if (!frozen) layer.updated(frame, task, part);
  }
  return is_finite;
}

#define CHAINRULE_UPDATE(T)                                                                      \
  template StepSize<T> next_step(const TrainingPlan&, Moments<T>&, const StepFactors&, double);  \
  template UpdateArgs<T> update_args(const TrainingPlan&, const StepSize<T>&, const GroupPlan&); \
  template void penalize(const State<T>&, const StepSize<T>&, const Parts&, T*);                 \
  template double penalty(const Network<T>&, const TrainingPlan&);                               \
  template bool update(State<T>&, const TrainingPlan&, const StepSize<T>&, const Task&,          \
                       const Parts&, T*);
CHAINRULE_UPDATE(float)
CHAINRULE_UPDATE(double)
#undef CHAINRULE_UPDATE

}  // namespace chainrule
