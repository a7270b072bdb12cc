// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>

#include "base/floating_point.h"
#include "base/thread_pool.h"
#include "train/pass.h"
#include "train/trace.h"

namespace chainrule {
namespace {

// One thread's copy of the network and the rows, whose outputs below a changed layer stay.
class Probe {
 public:
  Probe(const Network<double>& network, const TrainingPlan& plan, const Rows<double>& rows,
        Index dropout_epoch)
      : network_(network.plan()),
        frame_(network_.frame(dropout_epoch >= 0)),
        constants_(network.plan()),
        batch_(network_, rows.n, rows.weights != nullptr, Use::train) {
    std::copy(network.values().data(), network.values().data() + network.size(),
              network_.values().data());
    std::vector<std::size_t> of_leaf;
    for (std::size_t l = 0; l < batch_.rows.size(); ++l)
      network_.layers()[l]->walk(
          batch_.rows[l], [&](const Layer<double>&, LayerRows<double>&) { of_leaf.push_back(l); });
    for (const Task& task : network_.tasks()) {
      const auto leaf = static_cast<std::size_t>(task.layer);
      Parts parts;
      network_.leaves()[leaf]->parts(task, parts);
      for (const Part& part : parts)
        starts_.emplace(network_.tensor(part.tensor).start, of_leaf[leaf]);
    }
    batch_.choose(rows, nullptr, 0, rows.n);
    const double weight_sum = batch_.weight_sum(frame_.table);
    scale_ = plan.mean ? 1 / weight_sum : 1.0;
    batch_.gather(frame_.table, {plan.seed, dropout_epoch, 1.0}, 0, rows.n);
    connect(network_, batch_, frame_.dropping);
    forward(network_, frame_, batch_, 0, rows.n);
  }

  double derivative(Index position) {
    double& w = network_.values()[position];
    const double before = w, h = 6.06e-6 * std::max(1.0, std::fabs(before));
    const std::size_t l = owner(position);
    const double up = before + h, down = before - h;
    w = up;
    const double high = loss_from(l);
    w = down;
    const double low = loss_from(l);
    w = before;
    loss_from(l);  // restores the outputs above
    return (high - low) / (up - down);
  }

 private:
  // The layer, among layers(), whose array holds this position.
  std::size_t owner(Index position) const {
    return std::prev(starts_.upper_bound(position))->second;
  }

  double loss_from(std::size_t first) {
    forward(network_, frame_, batch_, 0, batch_.n, first);
    loss(frame_.table, network_.plan(), constants_, batch_, 0, batch_.n);
    return scale_ * sum_losses(frame_.table, batch_);
  }

  Network<double> network_;
  Frame<double> frame_;
  LossConstants<double> constants_;
  Batch<double> batch_;
  std::map<Index, std::size_t> starts_;  // of each named array, and its layer among layers()
  double scale_;
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
  ThreadPool pool(threads);
  const int active = pool.size();
  const auto work = [&](int thread) {
    for (Index k = thread; k < count && !stop.load(std::memory_order_relaxed); k += active) {
      const auto at = static_cast<std::size_t>(k);
      out[k] = probes[static_cast<std::size_t>(thread)]->derivative(positions[at]);
      if (thread == 0 && (k / active) % 64 == 0 && interrupted && interrupted()) stop.store(true);
    }
  };
  pool.run(active, work);
}

}  // namespace chainrule
