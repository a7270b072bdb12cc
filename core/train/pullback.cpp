// SPDX-License-Identifier: Apache-2.0
#include "train/pullback.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "train/pass.h"

namespace chainrule {
namespace {

constexpr Index kRowBlock = 120;

}  // namespace

template <class T>
void pullback(const Network<T>& network, const Rows<T>& rows, const T* seeds, ThreadPool& pool,
              int active, T* out) {
  const Frame<T> frame = network.frame();
  const Index n_outputs = network.plan().n_outputs;
  const Index width = network.layers()[network.lowest()]->n_out();
  const Index blocks = pieces(rows.n, kRowBlock);
  // Before the threads begin, from which no exception may come.
  std::vector<std::unique_ptr<Batch<T>>> lanes;
  for (int t = 0; t < active; ++t)
    lanes.push_back(
        std::make_unique<Batch<T>>(network, std::min(rows.n, kRowBlock), false, Use::train));
  const auto work = [&](int thread) {
    Batch<T>& lane = *lanes[static_cast<std::size_t>(thread)];
    for (Index b = blocks * thread / active; b < blocks * (thread + 1) / active; ++b) {
      const Index from = b * kRowBlock, n = std::min(rows.n - from, kRowBlock);
      lane.choose(rows, nullptr, from, n);
      lane.gather(frame.table, {}, 0, n);
      connect(network, lane, false);
      forward(network, frame, lane, 0, n);
      const View<T> delta = lane.rows.back().delta;
      for (Index i = 0; i < n; ++i) {
        const T* seed = seeds + (from + i) * n_outputs;
        T* end = std::copy(seed, seed + n_outputs, delta.row(i));
        std::fill(end, delta.row(i) + delta.stride, T(0));
      }
      backward(network, frame, lane, false, 0, n);
      const View<T> found = lane.rows[network.lowest()].delta;
      for (Index i = 0; i < n; ++i)
        std::copy(found.row(i), found.row(i) + width, out + (from + i) * width);
    }
  };
  pool.run(active, work);
}

template void pullback(const Network<float>&, const Rows<float>&, const float*, ThreadPool&, int,
                       float*);
template void pullback(const Network<double>&, const Rows<double>&, const double*, ThreadPool&, int,
                       double*);

}  // namespace chainrule
