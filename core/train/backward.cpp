// SPDX-License-Identifier: Apache-2.0
#include "train/backward.h"

#include <algorithm>

#include "layers/dense.h"

namespace chainrule {

template <class T>
void backward(const KernelTable<T>& table, const Network<T>& network, Batch<T>& batch, bool dropout,
              Index from, Index to) {
  for (Index l = network.n_layers() - 1; l > 0; --l) {
    const LayerRows<T>& above = batch.layers[static_cast<std::size_t>(l)];
    LayerRows<T>& below = batch.layers[static_cast<std::size_t>(l) - 1];
    const Index at = from * below.stride;
    const bool masked = dropout && below.mask != nullptr;
    dense_backward<T>(table, network, l, above.delta + from * above.stride, above.stride, to - from,
                      {below.a + at, masked ? below.mask + at : nullptr, below.delta + at,
                       below.residual == nullptr ? nullptr : below.residual + at, below.stride});
  }
  const StemRows<T>& stem = batch.stem;
  if (stem.h == nullptr) return;
  const LayerRows<T>& above = batch.layers.front();
  T* delta = stem.delta + from * stem.stride;
  dense_backward<T>(table, network, 0, above.delta + from * above.stride, above.stride, to - from,
                    {delta, nullptr, delta, nullptr, stem.stride});
}

template <class T>
void weigh_deltas(const KernelTable<T>& table, Batch<T>& batch, Index from, Index to) {
  if (batch.weights == nullptr) return;
  const auto weigh = [&](T* rows, Index stride) {
    if (rows == nullptr) return;
    table.scale_rows(rows + from * stride, stride, to - from, stride, batch.weights + from);
  };
  weigh(batch.stem.delta, batch.stem.stride);
  for (LayerRows<T>& layer : batch.layers) {
    weigh(layer.delta, layer.stride);
    weigh(layer.residual, layer.stride);
  }
}

std::vector<GradientTask> gradient_tasks(const NetworkPlan& plan, Index panel_width) {
  std::vector<GradientTask> tasks;
  for (std::size_t l = 0; l < plan.layers.size(); ++l) {
    const Index n_in = plan.layers[l].n_in;
    const Index n_panels = (plan.layers[l].n_out + panel_width - 1) / panel_width;
    if (is_narrow(static_cast<Index>(l), plan.layers[l])) {
      const Index in_panels = (n_in + panel_width - 1) / panel_width;
      for (Index panel = 0; panel < in_panels; panel += kNarrowPanels) {
        tasks.push_back({static_cast<Index>(l), panel, std::min(kNarrowPanels, in_panels - panel),
                         0, plan.layers[l].n_out, 0, panel == 0 ? n_panels : 0});
      }
      continue;
    }
    for (Index panel = 0; panel < n_panels; panel += kTaskPanels) {
      const Index group = std::min(kTaskPanels, n_panels - panel);
      for (Index first = 0; first < n_in; first += kTaskInputs) {
        tasks.push_back({static_cast<Index>(l), panel, group, first,
                         std::min(first + kTaskInputs, n_in), panel, first == 0 ? group : 0});
      }
    }
  }
  return tasks;
}

template <class T>
void gradient_block(const KernelTable<T>& table, const Network<T>& network, const Batch<T>& batch,
                    bool dropout, const GradientTask& task, T scale, T* block,
                    std::span<const Run> runs) {
  const LayerRows<T>& layer = batch.layers[static_cast<std::size_t>(task.layer)];
  const T* x = batch.inputs();
  Index x_stride = batch.inputs_stride();
  if (task.layer > 0) {
    const LayerRows<T>& below = batch.layers[static_cast<std::size_t>(task.layer) - 1];
    x = dropout && below.mask != nullptr ? below.input : below.a;
    x_stride = below.stride;
  }
  const LayerPlace& place = network.place(task.layer);
  const Index at = task.panel * kPanel<T>;
  // The products of the chain commute, so that both ways give the same bits.
  table.weight_gradient_product({.x = place.narrow ? layer.delta : x,
                                 .x_stride = place.narrow ? layer.stride : x_stride,
                                 .delta = place.narrow ? x + at : layer.delta + at,
                                 .delta_stride = place.narrow ? x_stride : layer.stride,
                                 .batch = batch.n,
                                 .first = task.first,
                                 .last = task.last,
                                 .n_panels = task.n_panels,
                                 .scale = network.alpha(task.layer) * scale,
                                 .out = block,
                                 .runs = runs.data(),
                                 .n_runs = static_cast<int>(runs.size())});
  const Index n_in = network.layer(task.layer).n_in;
  if (place.narrow && n_in % kPanel<T> != 0 && task.panel + task.n_panels == place.in_panels) {
    // Units beyond n_in have activations (a sigmoid's is 1/2), but no weights.
    T* end = block + (task.n_panels - 1) * place.rows * kPanel<T>;
    for (Index j = 0; j < place.rows; ++j)
      std::fill(end + j * kPanel<T> + n_in % kPanel<T>, end + (j + 1) * kPanel<T>, T(0));
  }
  if (task.bias_panels == 0) return;
  const Index column = task.bias_panel * kPanel<T>;
  table.column_sums(layer.delta + column, layer.stride, batch.n, task.bias_panels, scale,
                    block + kBlockBias<T>);
  if (layer.residual == nullptr) return;
  table.column_sums(layer.residual + column, layer.stride, batch.n, task.bias_panels, scale,
                    block + kBlockBlend<T>);
}

template <class T>
double block_norm(const KernelTable<T>& table, const Network<T>& network, const GradientTask& task,
                  const T* block) {
  double squares = 0;
  each_block_part(network, task, [&](Index, Index, Index from, Index count) {
    squares += table.sum_of_squares(block + from, count);
  });
  return squares;
}

template <class T>
void store_block(const Network<T>& network, const GradientTask& task, const T* block, T* flat) {
  each_block_part(network, task, [&](Index, Index at, Index from, Index count) {
    std::copy(block + from, block + from + count, flat + at);
  });
}

template <class T>
void load_block(const Network<T>& network, const GradientTask& task, const T* flat, T* block) {
  each_block_part(network, task, [&](Index, Index at, Index from, Index count) {
    std::copy(flat + at, flat + at + count, block + from);
  });
}

#define CHAINRULE_BACKWARD(T)                                                                      \
  template void backward(const KernelTable<T>&, const Network<T>&, Batch<T>&, bool, Index, Index); \
  template void weigh_deltas(const KernelTable<T>&, Batch<T>&, Index, Index);                      \
  template void gradient_block(const KernelTable<T>&, const Network<T>&, const Batch<T>&, bool,    \
                               const GradientTask&, T, T*, std::span<const Run>);                  \
  template double block_norm(const KernelTable<T>&, const Network<T>&, const GradientTask&,        \
                             const T*);                                                            \
  template void store_block(const Network<T>&, const GradientTask&, const T*, T*);                 \
  template void load_block(const Network<T>&, const GradientTask&, const T*, T*);
CHAINRULE_BACKWARD(float)
CHAINRULE_BACKWARD(double)
#undef CHAINRULE_BACKWARD

}  // namespace chainrule
