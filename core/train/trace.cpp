// SPDX-License-Identifier: Apache-2.0
#include "train/trace.h"

#include <algorithm>
#include <cmath>

#include "base/team.h"
#include "layers/dense.h"
#include "train/forward.h"
#include "train/stem.h"

namespace chainrule {

namespace {

template <class T>
Buffer<T> copy_of(const T* from, Index count) {
  if (from == nullptr) return {};
  Buffer<T> to(count);
  std::copy(from, from + count, to.data());
  return to;
}

}  // namespace

template <class T>
void trace(State<T>& state, const TrainingPlan& plan, const Rows<T>& rows, Index dropout_epoch,
           bool update, Trace<T>& out) {
  const FlushSubnormals flush;
  const NetworkPlan& network = state.network.plan();
  const KernelTable<T>& table = kernels<T>();
  const LossConstants<T> constants(network);
  const bool dropout = dropout_epoch >= 0;
  Batch<T>& batch = out.batch;

  batch.choose(rows, nullptr, 0, rows.n);
  out.weight_sum = static_cast<double>(batch.weight_sum(table));
  batch.gather(table, network, plan.seed, dropout_epoch, 1.0, 0, rows.n);
  forward(table, state.network, batch, dropout, 0, rows.n);
  out.h = copy_of(batch.stem.h, rows.n * batch.stem.stride);
  for (std::size_t l = 0; l + 1 < batch.layers.size(); ++l) {
    const LayerRows<T>& layer = batch.layers[l];
    if (slope_is_stored(network.layers[l]))
      std::copy(layer.delta, layer.delta + rows.n * layer.stride, layer.slope);
  }
  for (const LayerRows<T>& layer : batch.layers)
    out.residuals.push_back(copy_of(layer.residual, rows.n * layer.stride));
  loss(table, network, constants, batch, 0, rows.n);
  backward(table, state.network, batch, dropout, 0, rows.n);

  std::copy(batch.losses, batch.losses + rows.n, out.losses.data());
  for (const LayerRows<T>& layer : batch.layers)
    out.deltas.push_back(copy_of(layer.delta, rows.n * layer.stride));
  out.stem_delta = copy_of(batch.stem.delta, rows.n * batch.stem.stride);
  out.loss_sum = static_cast<double>(sum_losses(table, batch));
  weigh_deltas(table, batch, 0, rows.n);
  stem_backward(table, state.network, batch, 0, rows.n);

  Moments<T> counters{};
  counters.beta1_power = state.moments.beta1_power;
  counters.beta2_power = state.moments.beta2_power;
  const StepSize<T> step =
      next_step<T>(plan, update ? state.moments : counters, StepFactors{}, out.weight_sum);
  const T scale = static_cast<T>(step.scale);
  out.gradients = Buffer<T>(state.network.size());
  Buffer<T> scratch(std::max(task_size<T>(), stem_scratch<T>(network, rows.n)));
  T* block = scratch.data();
  const std::vector<GradientTask> tasks = gradient_tasks(network, kPanel<T>);
  const std::vector<StemTask> parts = stem_tasks(network);
  double squares = 0;
  for (const GradientTask& task : tasks) {
    gradient_block(table, state.network, batch, dropout, task, scale, block);
    penalize_block(table, state.network, step, task, block);
    store_block(state.network, task, block, out.gradients.data());
    squares += block_norm(table, state.network, task, block);
  }
  for (const StemTask& part : parts) {
    stem_gradient(table, state.network, batch, part, scale, block, out.gradients.data());
    squares += stem_norm(table, state.network, part, out.gradients.data());
  }
  if (!update) return;
  const double norm = std::sqrt(squares);
  const bool clipped = plan.clip_norm > 0 && norm > plan.clip_norm;
  const T factor = clipped ? static_cast<T>(plan.clip_norm / norm) : T(1);
  for (const GradientTask& task : tasks) {
    load_block(state.network, task, out.gradients.data(), block);
    if (clipped) table.scale_rows(block, task_size<T>(), 1, task_size<T>(), &factor);
    update_block(table, plan, step, state, task, block);
  }
  Buffer<T> stem_gradients = copy_of(out.gradients.data(), state.network.stem_size());
  for (const StemTask& part : parts)
    update_stem(table, plan, step, state, part, factor, stem_gradients.data());
}

namespace {

// The layer that owns a position of Network::values(); -1 is what stands before layer 1.
Index owner(const Network<double>& network, Index position) {
  Index l = network.n_layers() - 1;
  while (l >= 0 && network.place(l).weights > position) --l;
  return l;
}

// One thread's copy of the network and the rows, whose activations below a changed layer stay.
class Probe {
 public:
  Probe(const Network<double>& network, const TrainingPlan& plan, const Rows<double>& rows,
        Index dropout_epoch)
      : table_(kernels<double>()),
        network_(network.plan()),
        constants_(network.plan()),
        batch_(network.plan(), rows.n, rows.weights != nullptr, false),
        dropout_(dropout_epoch >= 0) {
    std::copy(network.values().data(), network.values().data() + network.size(),
              network_.values().data());
    batch_.choose(rows, nullptr, 0, rows.n);
    const double weight_sum = batch_.weight_sum(table_);
    scale_ = plan.mean ? 1 / weight_sum : 1.0;
    batch_.gather(table_, network.plan(), plan.seed, dropout_epoch, 1.0, 0, rows.n);
    forward(table_, network_, batch_, dropout_, 0, rows.n);
  }

  double derivative(Index position) {
    double& w = network_.values()[position];
    const double before = w, h = 6.06e-6 * std::max(1.0, std::fabs(before));
    const Index l = owner(network_, position);
    const double up = before + h, down = before - h;
    w = up;
    const double high = loss_from(l);
    w = down;
    const double low = loss_from(l);
    w = before;
    loss_from(l);  // restores the activations above
    return (high - low) / (up - down);
  }

 private:
  double loss_from(Index first) {
    const Index last = network_.n_layers() - 1;
    if (first < 0) stem_forward(table_, network_, batch_, 0, batch_.n);
    for (Index l = std::max<Index>(first, 0); l <= last; ++l) {
      LayerRows<double>& layer = batch_.layers[static_cast<std::size_t>(l)];
      const double* below = batch_.inputs();
      Index stride = batch_.inputs_stride();
      if (l > 0) {
        const LayerRows<double>& under = batch_.layers[static_cast<std::size_t>(l) - 1];
        below = dropout_ && under.mask != nullptr ? under.input : under.a;
        stride = under.stride;
      }
      const Activation activation = l == last ? Activation::identity : network_.layer(l).activation;
      dense_forward<double>(table_, network_, l, activation, below, stride, batch_.n,
                            {l == last ? layer.delta : layer.a, layer.stride});
      if (dropout_ && layer.mask != nullptr)
        table_.multiply(layer.a, layer.mask, layer.input, batch_.n * layer.stride);
    }
    loss(table_, network_.plan(), constants_, batch_, 0, batch_.n);
    return scale_ * sum_losses(table_, batch_);
  }

  const KernelTable<double>& table_;
  Network<double> network_;
  LossConstants<double> constants_;
  Batch<double> batch_;
  bool dropout_;
  double scale_ = 1;
};

}  // namespace

void numeric_gradients(const Network<double>& network, const TrainingPlan& plan,
                       const Rows<double>& rows, Index dropout_epoch,
                       const std::vector<Index>& positions, int n_threads,
                       const std::function<bool()>& interrupted, double* out) {
  const FlushSubnormals flush;
  const auto count = static_cast<Index>(positions.size());
  const int threads = static_cast<int>(std::max<Index>(1, std::min<Index>(n_threads, count / 8)));
  std::vector<std::unique_ptr<Probe>> probes;
  for (int t = 0; t < threads; ++t)
    probes.push_back(std::make_unique<Probe>(network, plan, rows, dropout_epoch));
  std::atomic<bool> stop{false};
  Team team(threads);
  const int active = team.size();
  const auto work = [&](int thread) {
    for (Index k = thread; k < count && !stop.load(std::memory_order_relaxed); k += active) {
      const auto at = static_cast<std::size_t>(k);
      out[k] = probes[static_cast<std::size_t>(thread)]->derivative(positions[at]);
      if (thread == 0 && (k / active) % 64 == 0 && interrupted && interrupted()) stop.store(true);
    }
  };
  team.run(active, work);
}

template void trace(State<float>&, const TrainingPlan&, const Rows<float>&, Index, bool,
                    Trace<float>&);
template void trace(State<double>&, const TrainingPlan&, const Rows<double>&, Index, bool,
                    Trace<double>&);

}  // namespace chainrule
