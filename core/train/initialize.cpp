// SPDX-License-Identifier: Apache-2.0
#include "train/initialize.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/floating_point.h"
#include "base/random.h"
#include "layers/dense.h"
#include "train/stem.h"

namespace chainrule {

template <class T>
void initialize(Distribution distribution, double scale, std::uint64_t seed, Index layer,
                Index n_in, Index n_out, T* w) {
  const KernelTable<double>& table = kernels<double>();
  for (Index j = 0; j < n_out; ++j) {
    for (Index i = 0; i < n_in; ++i) {
      const Words words = draw(seed, Stream::init, static_cast<std::uint32_t>(layer), 0,
                               static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
      const double u1 = uniform(words[0], words[1]), u2 = uniform(words[2], words[3]);
      double value = 0;
      if (distribution == Distribution::uniform) {
        value = scale * (2 * u1 - 1);
      } else if (distribution == Distribution::normal) {  // Box-Muller
        const double rest = 1 - u1;
        double log_rest = 0, cosine = 0;
        table.evaluate(Function::log, &rest, &log_rest, 1);
        table.evaluate(Function::cos2pi, &u2, &cosine, 1);
        value = scale * std::sqrt(-2 * log_rest) * cosine;
      }
      w[j * n_in + i] = static_cast<T>(value);
    }
  }
}

namespace {

// The layer word of the draws below, beside those of initialize().
constexpr std::uint32_t kBiasDraws = 0x4000;
constexpr int kBiasRows = 5;

// The rows that the start is fitted to, and their weights summed up.
template <class T>
class Sample {
 public:
  Sample(const Rows<T>& rows, std::uint64_t seed) : order_(static_cast<std::size_t>(rows.n)) {
    std::iota(order_.begin(), order_.end(), 0u);
    if (rows.n > kInitRows) {
      shuffle(order_.data(), rows.n, seed, Stream::init, 0);
      order_.resize(static_cast<std::size_t>(kInitRows));
    }
    double sum = 0;
    for (std::uint32_t& row : order_) {
      row = static_cast<std::uint32_t>(rows.at(row));
      sum += rows.weights == nullptr ? 1.0 : static_cast<double>(rows.weights[row]);
      until_.push_back(sum);
    }
  }

  Index size() const { return static_cast<Index>(order_.size()); }
  std::uint32_t row(Index i) const { return order_[static_cast<std::size_t>(i)]; }
  double total() const { return until_.back(); }
  double weight(Index i) const {
    const auto at = static_cast<std::size_t>(i);
    return until_[at] - (at > 0 ? until_[at - 1] : 0.0);
  }
  // A row by chance, u in [0, 1).
  Index pick(double u) const {
    const auto found = std::upper_bound(until_.begin(), until_.end(), u * total());
    return std::min<Index>(found - until_.begin(), size() - 1);
  }

 private:
  std::vector<std::uint32_t> order_;
  std::vector<double> until_;
};

// Standard deviation of column j, 1 where it is 0.
template <class T>
double deviation(const Sample<T>& sample, const T* z, Index stride, Index j) {
  double mean = 0, squares = 0;
  for (Index i = 0; i < sample.size(); ++i)
    mean += sample.weight(i) * static_cast<double>(z[i * stride + j]);
  mean /= sample.total();
  for (Index i = 0; i < sample.size(); ++i) {
    const double d = static_cast<double>(z[i * stride + j]) - mean;
    squares += sample.weight(i) * d * d;
  }
  const double spread = std::sqrt(squares / sample.total());
  return spread > 0 ? spread : 1.0;
}

// A random mean of column j over kBiasRows random rows.
template <class T>
double random_mean(const Sample<T>& sample, const T* z, Index stride, std::uint64_t seed, Index l,
                   Index j) {
  double sum = 0, weights = 0;
  for (std::uint32_t k = 0; k < kBiasRows; ++k) {
    const Words words = draw(seed, Stream::init, kBiasDraws + static_cast<std::uint32_t>(l), 0, k,
                             static_cast<std::uint32_t>(j));
    const double rest = 1 - uniform(words[2], words[3]);
    double exponential = 0;
    kernels<double>().evaluate(Function::log, &rest, &exponential, 1);
    const Index row = sample.pick(uniform(words[0], words[1]));
    sum -= exponential * static_cast<double>(z[row * stride + j]);
    weights -= exponential;
  }
  return weights > 0 ? sum / weights : 0.0;
}

}  // namespace

template <class T>
void fit_to_data(Network<T>& network, const Rows<T>& rows, std::uint64_t seed) {
  const FlushSubnormals flush;
  const KernelTable<T>& table = kernels<T>();
  const NetworkPlan& plan = network.plan();
  const Sample<T> sample(rows, seed);
  const Index n = sample.size();

  Index stride = row_stride<T>(plan.n_features);
  Buffer<T> below(checked_multiply(n, stride));
  for (Index i = 0; i < n; ++i) {
    const T* source = rows.x + static_cast<Index>(sample.row(i)) * rows.n_features;
    std::copy(source, source + rows.n_features, below.data() + i * stride);
  }
  if (!plan.stem.empty()) {
    const Index inputs_stride = row_stride<T>(plan.n_inputs());
    Buffer<T> h(checked_multiply(n, inputs_stride));
    Buffer<T> a(plan.stem.scale ? h.size() : 0);
    stem_forward(table, network, below.data(), stride, n, h.data(), a.data(), inputs_stride);
    below = plan.stem.scale ? std::move(a) : std::move(h);
    stride = inputs_stride;
  }
  for (Index l = 0; l < network.n_layers(); ++l) {
    const LayerPlan& layer = network.layer(l);
    const Index out_stride = row_stride<T>(layer.n_out);
    Buffer<T> z(checked_multiply(n, out_stride));
    T* bias = network.bias(l);
    std::fill(bias, bias + network.place(l).out_panels * kPanel<T>, T(0));
    dense_forward<T>(table, network, l, Activation::identity, below.data(), stride, n,
                     {z.data(), out_stride});
    for (Index j = 0; j < layer.n_out; ++j) {
      const double spread = deviation(sample, z.data(), out_stride, j);
      for (Index i = 0; i < layer.n_in; ++i) {
        T& w = network.values()[network.element(l, j, i)];
        w = static_cast<T>(static_cast<double>(w) / spread);
      }
      bias[j] = static_cast<T>(-random_mean(sample, z.data(), out_stride, seed, l, j) / spread);
    }
    dense_forward<T>(table, network, l, layer.activation, below.data(), stride, n,
                     {z.data(), out_stride});
    below = std::move(z);
    stride = out_stride;
  }
}

template void initialize(Distribution, double, std::uint64_t, Index, Index, Index, float*);
template void initialize(Distribution, double, std::uint64_t, Index, Index, Index, double*);
template void fit_to_data(Network<float>&, const Rows<float>&, std::uint64_t);
template void fit_to_data(Network<double>&, const Rows<double>&, std::uint64_t);

}  // namespace chainrule
