// SPDX-License-Identifier: Apache-2.0
#include "train/initialize.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/floating_point.h"
#include "base/random.h"
#include "train/pass.h"

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
        double log_rest = 1 - u1, cosine = u2;
        table.evaluate(Function::log, &log_rest, &log_rest, 1);
        table.evaluate(Function::cos2pi, &cosine, &cosine, 1);
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
  const std::uint32_t* rows() const { return order_.data(); }
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

// Standard deviation of column j, 1 where it is 0; of one value in all rows that weigh something it
// is 0, whatever the mean's rounding leaves of it.
template <class T>
double deviation(const Sample<T>& sample, const View<T>& z, Index j) {
  double mean = 0, squares = 0;
  const T first = z.row(sample.pick(0))[j];
  bool varies = false;
  for (Index i = 0; i < sample.size(); ++i) {
    mean += sample.weight(i) * static_cast<double>(z.row(i)[j]);
    varies |= sample.weight(i) > 0 && z.row(i)[j] != first;
  }
  if (!varies) return 1.0;
  mean /= sample.total();
  for (Index i = 0; i < sample.size(); ++i) {
    const double d = static_cast<double>(z.row(i)[j]) - mean;
    squares += sample.weight(i) * d * d;
  }
  const double spread = std::sqrt(squares / sample.total());
  return spread > 0 ? spread : 1.0;
}

// A random mean of column j over kBiasRows random rows.
template <class T>
double random_mean(const Sample<T>& sample, const View<T>& z, std::uint64_t seed, Index l,
                   Index j) {
  double sum = 0, weights = 0;
  for (std::uint32_t k = 0; k < kBiasRows; ++k) {
    const Words words = draw(seed, Stream::init, kBiasDraws + static_cast<std::uint32_t>(l), 0, k,
                             static_cast<std::uint32_t>(j));
    double log_rest = 1 - uniform(words[2], words[3]);  // minus its logarithm is Exp(1)
    kernels<double>().evaluate(Function::log, &log_rest, &log_rest, 1);
    const Index row = sample.pick(uniform(words[0], words[1]));
    sum -= log_rest * static_cast<double>(z.row(row)[j]);
    weights -= log_rest;
  }
  return sum / weights;
}

}  // namespace

template <class T>
void fit_to_data(Network<T>& network, const Rows<T>& rows, std::uint64_t seed) {
  const FlushSubnormals flush;
  const Sample<T> sample(rows, seed);
  const Index n = sample.size();
  const Rows<T> chosen{.x = rows.x, .n_features = rows.n_features, .rows = sample.rows(), .n = n};
  Batch<T> batch(network, n, false, Use::predict);
  batch.choose(chosen, nullptr, 0, n);
  Frame<T> frame = network.frame();
  batch.gather(frame.table, {}, 0, n);
  connect(network, batch, false);
  const std::function<void(const Frame<T>&, const Layer<T>&, LayerRows<T>&)> fit_layer =
      [&](const Frame<T>&, const Layer<T>& layer, LayerRows<T>& made) {
        const auto width = static_cast<std::size_t>(layer.n_out());
        std::vector<double> spread(width), bias(width);
        if (layer.work() == 0) return;
        for (std::size_t j = 0; j < width; ++j) {
          const auto unit = static_cast<Index>(j);
          spread[j] = deviation(sample, made.out, unit);
          bias[j] = -random_mean(sample, made.out, seed, layer.number() - 1, unit) / spread[j];
        }
        if (layer.standardize(network.frame(), spread.data(), bias.data()))
          layer.forward(network.frame(), made, 0, n);
      };
  frame.after = &fit_layer;
  forward(network, frame, batch, 0, n);
}

template void initialize(Distribution, double, std::uint64_t, Index, Index, Index, float*);
template void initialize(Distribution, double, std::uint64_t, Index, Index, Index, double*);
template void fit_to_data(Network<float>&, const Rows<float>&, std::uint64_t);
template void fit_to_data(Network<double>&, const Rows<double>&, std::uint64_t);

}  // namespace chainrule
