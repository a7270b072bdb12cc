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
void update_values(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                   State<T>& state, const GroupPlan& group, Index at, T* gradients, Index count) {
  Moments<T>& moments = state.moments;
  // A rate of 0 freezes the parameters to the bit while their moments go on: what would be written
  // to them goes into the gradient's place, which nobody reads again.
  UpdateArgs<T> args = update_args(plan, step, group);
  args.w = group.rate == 0 ? gradients : state.network.values().data() + at;
  args.g = gradients;
  args.first = moments.first.size() > 0 ? moments.first.data() + at : nullptr;
  args.second = moments.second.size() > 0 ? moments.second.data() + at : nullptr;
  args.count = count;
  table.update_parameters(args);
}

template <class T>
std::span<const Run> update_runs(const State<T>& state, const GradientTask& task, Run* runs) {
  constexpr Index P = kPanel<T>;
  static_assert(kTaskInputs / P + 3 * kTaskPanels <= kMostRuns);
  const Network<T>& network = state.network;
  const LayerPlace& place = network.place(task.layer);
  if (place.narrow || place.count * static_cast<Index>(sizeof(T)) < kFetchFrom) return {};
  std::size_t n = 0;
  const auto add = [&](const T* from, Index count) {
    runs[n++] = {from, count * static_cast<Index>(sizeof(T))};
  };
  for (Index i = task.first; i < task.last && network.has_transpose(task.layer); i += P)
    add(network.weights_t(task.layer) + ((i / P) * place.out_panels + task.panel) * P * P,
        task.n_panels * P * P);
  each_block_part(network, task, [&](Index k, Index at, Index, Index count) {
    if (k != place.tensor) return;
    add(network.values().data() + at, count);
    for (const Buffer<T>* moments : {&state.moments.first, &state.moments.second})
      if (moments->size() > 0) add(moments->data() + at, count);
  });
  return {runs, n};
}

template <class T>
void update_block(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                  State<T>& state, const GradientTask& task, T* block) {
  constexpr Index P = kPanel<T>;
  Network<T>& network = state.network;
  const LayerPlace& place = network.place(task.layer);
  const bool frozen = plan.groups[static_cast<std::size_t>(place.tensor)].rate == 0;
  const bool transposed = network.has_transpose(task.layer) && !frozen;
  const Index out = place.out_panels * P;
  each_block_part(network, task, [&](Index k, Index at, Index from, Index count) {
    update_values(table, plan, step, state, plan.groups[static_cast<std::size_t>(k)], at,
                  block + from, count);
    if (k != place.tensor || !transposed) return;
    // A panel's new weights are transposed while they lie in L1.
    const T* weights = network.values().data() + at;
    const Index panel = (at - place.weights) / (place.rows * P);
    for (Index i = task.first; i < task.last; i += P) {
      table.transpose(weights + (i - task.first) * P, P, std::min(P, task.last - i), P,
                      network.weights_t(task.layer) + ((i / P) * out + panel * P) * P, P);
    }
  });
}

#define CHAINRULE_UPDATE(T)                                                                      \
  template StepSize<T> next_step(const TrainingPlan&, Moments<T>&, const StepFactors&, double);  \
  template void penalize_block(const KernelTable<T>&, const Network<T>&, const StepSize<T>&,     \
                               const GradientTask&, T*);                                         \
  template double penalty(const KernelTable<T>&, const Network<T>&, const TrainingPlan&);        \
  template UpdateArgs<T> update_args(const TrainingPlan&, const StepSize<T>&, const GroupPlan&); \
  template void update_values(const KernelTable<T>&, const TrainingPlan&, const StepSize<T>&,    \
                              State<T>&, const GroupPlan&, Index, T*, Index);                    \
  template std::span<const Run> update_runs(const State<T>&, const GradientTask&, Run*);         \
  template void update_block(const KernelTable<T>&, const TrainingPlan&, const StepSize<T>&,     \
                             State<T>&, const GradientTask&, T*);
CHAINRULE_UPDATE(float)
CHAINRULE_UPDATE(double)
#undef CHAINRULE_UPDATE

}  // namespace chainrule
