// SPDX-License-Identifier: Apache-2.0
#include "train/stem.h"

#include <algorithm>

#include "layers/categories.h"
#include "layers/waves.h"

namespace chainrule {

template <class T>
void stem_forward(const KernelTable<T>& table, const Network<T>& network, const T* x,
                  Index x_stride, Index rows, T* h, T* a, Index stride) {
  const NetworkPlan& plan = network.plan();
  const StemPlan& stem = plan.stem;
  waves_forward(table, network, x, x_stride, rows, h, stride);
  categories_forward(network, x, x_stride, rows, h, stride);
  const Index between = plan.n_features - stem.columns - stem.categories();
  for (Index i = 0; i < rows; ++i) {
    const T* from = x + i * x_stride + stem.columns;
    std::copy(from, from + between, h + i * stride + stem.columns * (stem.outputs + 1));
  }
  if (!stem.scale) return;
  const T* scale = network.values_of(network.stem().scale);
  const Index width = panels<T>(plan.n_inputs()) * kPanel<T>;
  for (Index i = 0; i < rows; ++i) table.multiply(h + i * stride, scale, a + i * stride, width);
}

template <class T>
void stem_forward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch,
                  Index from, Index to) {
  const StemRows<T>& stem = batch.stem;
  if (stem.h == nullptr) return;
  const Index at = from * stem.stride;
  stem_forward(table, network, batch.x + from * batch.x_stride, batch.x_stride, to - from,
               stem.h + at, stem.a + at, stem.stride);
}

template <class T>
void stem_backward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch,
                   Index from, Index to) {
  const StemRows<T>& stem = batch.stem;
  if (stem.h == nullptr || !network.plan().stem.scale) return;
  const T* scale = network.values_of(network.stem().scale);
  const Index width = panels<T>(network.plan().n_inputs()) * kPanel<T>;
  for (Index i = from; i < to; ++i) {
    T* h = stem.h + i * stem.stride;
    T* delta = stem.delta + i * stem.stride;
    table.multiply(delta, h, h, width);
    table.multiply(delta, scale, delta, width);
  }
}

std::vector<StemTask> stem_tasks(const NetworkPlan& plan) {
  const StemPlan& stem = plan.stem;
  std::vector<StemTask> tasks;
  // About 40 instructions a wave and vector of rows, a few a category and a scale.
  for (Index c = 0; c < stem.columns; ++c)
    tasks.push_back({StemTask::Kind::waves, c, 2 * stem.frequencies});
  if (!stem.levels.empty()) {
    const Index numbers = stem.level_rows() * stem.units;
    tasks.push_back({StemTask::Kind::categories, 0, 2 * stem.categories() + numbers / 64 + 1});
  }
  if (stem.scale) tasks.push_back({StemTask::Kind::scale, 0, plan.n_inputs() / 16 + 1});
  return tasks;
}

template <class T>
Index stem_scratch(const NetworkPlan& plan, Index batch) {
  return plan.stem.columns > 0 ? periodic_scratch<T>(batch, plan.stem.outputs) : 0;
}

template <class T>
void stem_gradient(const KernelTable<T>& table, const Network<T>& network, const Batch<T>& batch,
                   const StemTask& task, T scale, T* scratch, T* gradients) {
  const StemRows<T>& stem = batch.stem;
  switch (task.kind) {
    case StemTask::Kind::waves:
      return wave_backward(table, network, task.column, batch.x, batch.x_stride, batch.n,
                           static_cast<const T*>(stem.delta), stem.stride, scale, scratch,
                           gradients);
    case StemTask::Kind::categories:
      return categories_backward(network, batch.x, batch.x_stride, batch.n,
                                 static_cast<const T*>(stem.delta), stem.stride, scale, gradients);
    case StemTask::Kind::scale:
      return table.column_sums(stem.h, stem.stride, batch.n, panels<T>(network.plan().n_inputs()),
                               scale, gradients + network.tensor(network.stem().scale).start);
  }
}

template <class T>
double stem_norm(const KernelTable<T>& table, const Network<T>& network, const StemTask& task,
                 const T* gradients) {
  double squares = 0;
  each_stem_part(network, task, [&](Index, Index at, Index count) {
    squares += table.sum_of_squares(gradients + at, count);
  });
  return squares;
}

template <class T>
void update_stem(const KernelTable<T>& table, const TrainingPlan& plan, const StepSize<T>& step,
                 State<T>& state, const StemTask& task, T factor, T* gradients) {
  each_stem_part(state.network, task, [&](Index k, Index at, Index count) {
    if (factor != T(1)) table.scale_rows(gradients + at, count, 1, count, &factor);
    update_values(table, plan, step, state, plan.groups[static_cast<std::size_t>(k)], at,
                  gradients + at, count);
  });
}

#define CHAINRULE_STEM(T)                                                                          \
  template void stem_forward(const KernelTable<T>&, const Network<T>&, const T*, Index, Index, T*, \
                             T*, Index);                                                           \
  template void stem_forward(const KernelTable<T>&, const Network<T>&, Batch<T>&, Index, Index);   \
  template void stem_backward(const KernelTable<T>&, const Network<T>&, Batch<T>&, Index, Index);  \
  template Index stem_scratch<T>(const NetworkPlan&, Index);                                       \
  template void stem_gradient(const KernelTable<T>&, const Network<T>&, const Batch<T>&,           \
                              const StemTask&, T, T*, T*);                                         \
  template double stem_norm(const KernelTable<T>&, const Network<T>&, const StemTask&, const T*);  \
  template void update_stem(const KernelTable<T>&, const TrainingPlan&, const StepSize<T>&,        \
                            State<T>&, const StemTask&, T, T*);
CHAINRULE_STEM(float)
CHAINRULE_STEM(double)
#undef CHAINRULE_STEM

}  // namespace chainrule
