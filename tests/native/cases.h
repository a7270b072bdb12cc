// SPDX-License-Identifier: Apache-2.0
// Networks of every kind, trained in every way, with their rows and starting values.
#pragma once

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checks.h"
#include "kernels/names.h"
#include "layers/activation.h"
#include "layers/columns.h"
#include "layers/dense.h"
#include "layers/dropout.h"
#include "layers/embedding.h"
#include "layers/layer_norm.h"
#include "layers/periodic.h"
#include "layers/residual.h"
#include "layers/scale.h"
#include "train/initialize.h"
#include "train/state.h"

namespace chainrule {

struct Case {
  std::string name;
  NetworkPlan network;
  TrainingPlan training;
  Index n;
  Index codes = 0;  // known levels of the last column, 0 where it holds numbers
};

// Embeddings of the first columns and, where there are two, of the codes in the last one.
inline std::shared_ptr<LayerPlan> embeddings(Index n_features, Index codes, int seed) {
  auto periodic = std::make_shared<PeriodicPlan>(3 + seed % 16, 1 + seed % 4);
  if (codes == 0) return periodic;
  const Index columns = (n_features + 1) / 2, between = n_features - columns - 1;
  std::vector<ColumnsPlan::Part> parts{{columns, std::move(periodic)}};
  if (between > 0) parts.push_back({between, nullptr});
  parts.push_back({1, std::make_shared<EmbeddingPlan>(std::vector<Index>{codes}, 3)});
  return std::make_shared<ColumnsPlan>(std::move(parts));
}

// A block around one dense layer; the layers before that have no parameters.
inline std::shared_ptr<LayerPlan> block(Index width) {
  Plans inside{std::make_shared<ActivationPlan>("gelu", false), std::make_shared<DropoutPlan>(0.25),
               std::make_shared<DensePlan>(width, false)};
  return std::make_shared<ResidualPlan>(std::move(inside));
}

// Layers of these widths; every activation comes round with `seed`.
inline NetworkPlan make_network(const std::vector<Index>& widths, Index codes, int seed) {
  NetworkPlan network;
  network.n_features = widths[0];
  network.n_outputs = widths.back();
  Plans& layers = network.layers;
  if (seed % 5 > 2) {
    layers.push_back(embeddings(widths[0], codes, seed));
    layers.push_back(std::make_shared<ScalePlan>());
  } else if (seed % 3 == 0) {
    layers.push_back(std::make_shared<DropoutPlan>(0.25));
  } else if (seed % 4 == 2) {
    layers.push_back(block(widths[0]));
  }
  for (std::size_t l = 1; l < widths.size(); ++l) {
    layers.push_back(std::make_shared<DensePlan>(widths[l], seed % 4 == 1));
    if (l + 1 == widths.size()) break;
    const auto code = static_cast<Activation>((seed + static_cast<int>(l)) % 11);
    layers.push_back(std::make_shared<ActivationPlan>(row_of(code).name, seed % 3 == 2));
    if (seed % 2 == 0) layers.push_back(std::make_shared<DropoutPlan>(0.5));
    // What cannot run in an epilogue.
    if (seed % 7 == 3) layers.push_back(std::make_shared<ScalePlan>());
    if (seed % 7 == 5) layers.push_back(block(widths[l]));
    if (seed % 7 == 6) layers.push_back(std::make_shared<LayerNormPlan>(1e-5));
    if (seed % 7 == 4) layers.push_back(std::make_shared<ActivationPlan>("gelu", false));
  }
  network.output_activation =
      static_cast<Activation>((seed + static_cast<int>(widths.size()) - 1) % 11);
  network.loss = static_cast<Loss>(seed % kernels<float>().losses.count);
  network.huber_delta = 0.5;
  const std::string loss = row_of(network.loss).name;
  if (loss == "cross_entropy") network.output_activation = activation_named("softmax");
  if (loss == "binary_cross_entropy") network.output_activation = activation_named("sigmoid");
  if (loss == "poisson") network.output_activation = activation_named("exp");
  if (loss == "pinball") {
    network.output_activation = Activation::identity;
    for (Index j = 0; j < network.n_outputs; ++j)
      network.quantiles.push_back(static_cast<double>(j + 1) /
                                  static_cast<double>(network.n_outputs + 1));
  }
  return network;
}

inline Case make_case(const std::vector<Index>& widths, Index n, int seed) {
  Case made;
  made.name = "widths";
  for (const Index width : widths) made.name.append(" ").append(std::to_string(width));
  made.name.append(", rows ").append(std::to_string(n));
  made.name.append(", seed ").append(std::to_string(seed));
  made.n = n;
  if (seed % 5 > 2 && widths[0] > 1) made.codes = 1 + seed % 4;
  made.network = make_network(widths, made.codes, seed);
  TrainingPlan& training = made.training;
  training.optimizer = static_cast<Optimizer>(seed % kernels<float>().optimizers.count);
  training.schedule.kind = static_cast<ScheduleKind>(seed % 7);
  training.schedule.factor = 0.9;
  const Network<double> shapes(made.network);
  for (const Tensor& tensor : shapes.tensors())
    training.groups.push_back({.rate = 1, .decay = tensor.is_weight ? 1.0 : 0.0});
  if (seed % 5 == 0) training.groups[1].rate = 0;
  training.epochs = 2;
  training.batch_size = seed % 3 == 0 ? 0 : 1 + n / 2;
  training.l1 = seed % 2 == 0 ? 0.01 : 0;
  training.l2 = seed % 2 == 0 ? 0.1 : 0;
  training.weight_decay = 0.1;
  training.clip_norm = seed % 3 == 1 ? 0.1 : 0;
  training.seed = static_cast<std::uint64_t>(seed);
  return made;
}

template <class T>
struct Data {
  explicit Data(const Case& run)
      : x(numbers<T>(run.n * run.network.n_features, 1)),
        y(numbers<T>(run.n * run.network.n_outputs, 2)),
        weights(numbers<T>(run.n, 3)) {
    for (T& v : y) v = std::fabs(v);
    for (T& v : weights) v = v < T(-0.8) ? T(0) : std::fabs(v) + T(0.1);
    for (Index i = 0; i < run.n; ++i) {
      classes.push_back(static_cast<std::int32_t>(i % run.network.n_outputs));
      order.push_back(static_cast<std::uint32_t>(run.n - 1 - i));
      const Index last = (i + 1) * run.network.n_features - 1;
      if (run.codes > 0) x[static_cast<std::size_t>(last)] = static_cast<T>(i % (run.codes + 1));
    }
    rows.x = x.data();
    rows.n_features = run.network.n_features;
    const bool labels = row_of(run.network.loss).of_classes;
    rows.y = labels ? nullptr : y.data();
    rows.classes = labels ? classes.data() : nullptr;
    rows.weights = weights.data();
    rows.n = run.n;
  }

  std::vector<T> x, y, weights;
  std::vector<std::int32_t> classes;
  std::vector<std::uint32_t> order;
  Rows<T> rows;
};

// The same named arrays into any network of one description.
template <class T>
void start(Network<T>& network) {
  std::vector<std::vector<T>> arrays;
  for (const Tensor& tensor : network.tensors()) {
    arrays.push_back(numbers<T>(tensor.size(), 4));
    if (tensor.is_weight)
      initialize<T>(Distribution::normal, 1 / std::sqrt(static_cast<double>(tensor.width)), 1,
                    static_cast<Index>(arrays.size()), tensor.width, tensor.rows,
                    arrays.back().data());
  }
  std::vector<const T*> named;
  for (const auto& array : arrays) named.push_back(array.data());
  network.pack(named, network.values().data());
  network.refresh();
}

template <class T>
std::unique_ptr<State<T>> starting_state(const Case& run) {
  auto state = std::make_unique<State<T>>(run.network, run.training.optimizer);
  start(state->network);
  return state;
}

// A flat buffer's named arrays, one behind the other.
template <class T>
std::vector<T> named(const Network<T>& network, const Buffer<T>& flat) {
  Index count = 0;
  for (const Tensor& tensor : network.tensors()) count += tensor.size();
  std::vector<T> all(static_cast<std::size_t>(count));
  std::vector<T*> pointers;
  T* next = all.data();
  for (const Tensor& tensor : network.tensors()) {
    pointers.push_back(next);
    next += tensor.size();
  }
  network.unpack(flat.data(), pointers);
  return all;
}

}  // namespace chainrule
