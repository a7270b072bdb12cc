// SPDX-License-Identifier: Apache-2.0
// Networks and trainings from bytes: all that the specification lets through, and some that it
// would not, which the core must refuse by an exception.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/names.h"
#include "layers/activation.h"
#include "layers/columns.h"
#include "layers/dense.h"
#include "layers/dropout.h"
#include "layers/embedding.h"
#include "layers/fuse.h"
#include "layers/layer_norm.h"
#include "layers/periodic.h"
#include "layers/residual.h"
#include "layers/scale.h"
#include "reader.h"
#include "train/plan.h"

namespace chainrule {

using PlanPtr = std::shared_ptr<LayerPlan>;

class PlanReader {
 public:
  explicit PlanReader(Reader& reader) : reader_(reader) {}

  NetworkPlan network() {
    NetworkPlan plan;
    plan.n_features = 1 + reader_.upto(reader_.once_in(8) ? 70 : 9);
    Index width = plan.n_features;
    if (reader_.once_in(3)) plan.layers.push_back(inputs(width));
    layers(plan.layers, width, 0);
    plan.loss = static_cast<Loss>(reader_.upto(kernels<float>().losses.count - 1));
    const std::string loss = row_of(plan.loss).name;
    const bool of_classes = row_of(plan.loss).of_classes;
    plan.n_outputs = std::max(units(), Index{of_classes ? 2 : 1});
    plan.layers.push_back(std::make_shared<DensePlan>(plan.n_outputs, reader_.once_in(4)));
    if (std::string own = output_activation(loss); !own.empty())
      plan.layers.push_back(std::make_shared<ActivationPlan>(own, false));
    plan.output_activation = take_output_activation(plan.layers);
    plan.huber_delta = reader_.one_of({1.0, 1e-300, 1e300, 0.5});
    for (Index j = 0; loss == "pinball" && !huge_ && j < plan.n_outputs; ++j)
      plan.quantiles.push_back(static_cast<double>(j + 1) /
                               static_cast<double>(plan.n_outputs + 1));
    return plan;
  }

  // Whether a size is one that no machine can train.
  bool is_huge() const { return huge_; }

  SchedulePlan schedule(bool may_watch) {
    SchedulePlan plan;
    plan.kind = static_cast<ScheduleKind>(reader_.upto(6));
    if (plan.kind == ScheduleKind::plateau && !may_watch) plan.kind = ScheduleKind::constant;
    plan.every = reader_.one_of({1.0, 1.5, 3.0, 1e300});
    plan.factor = reader_.one_of({0.9, 0.0, 1.0, 1e-300, 1e-5});
    plan.warmup = reader_.one_of({0.0, 0.5, 1.0, 1e-300});
    plan.patience = reader_.one_of({0.0, 1.0, 1e300});
    plan.floor = reader_.one_of({0.0, 1e-3, 1.0});
    plan.cycles = reader_.one_of({4.0, 0.0, 32.0, 0.3});
    return plan;
  }

  TrainingPlan training(std::size_t n_arrays) {
    TrainingPlan plan;
    plan.optimizer = static_cast<Optimizer>(reader_.upto(kernels<float>().optimizers.count - 1));
    plan.learning_rate = reader_.one_of({1e-3, 0.0, 1.0, 1e300, 1e-300});
    plan.schedule = schedule(true);
    plan.decay_schedule = schedule(false);
    plan.dropout_schedule = schedule(false);
    const double rates[] = {1.0, 1.0, 0.0, 0.5, 1e300};
    for (std::size_t k = 0; k < n_arrays; ++k)
      plan.groups.push_back({reader_.one_of(rates), reader_.one_of(rates)});
    plan.epochs = reader_.upto(4);
    plan.batch_size = reader_.upto(200);
    plan.mean = !reader_.once_in(4);
    plan.l1 = reader_.one_of({0.0, 1e-3, 1e300});
    plan.l2 = reader_.one_of({0.0, 1e-3, 1e300});
    plan.penalty_per_batch = plan.mean && reader_.once_in(4);
    plan.weight_decay = reader_.one_of({0.0, 0.1, 1e300});
    plan.clip_norm = reader_.one_of({0.0, 0.1, 1e-300, 1e300});
    plan.patience = reader_.upto(2);
    plan.tol = reader_.one_of({0.0, 1e-4, 1e300});
    plan.time_limit = reader_.one_of({0.0, 1e-9});
    plan.shuffle = !reader_.once_in(3);
    plan.seed = reader_.one_of({std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}});
    plan.n_threads = static_cast<int>(reader_.upto(3));
    plan.momentum = reader_.one_of({0.9, 0.0, 1.0});
    plan.beta1 = reader_.one_of({0.9, 0.0, 1 - 0x1p-53});
    plan.beta2 = reader_.one_of({0.999, 0.0, 1 - 0x1p-53});
    plan.epsilon = reader_.one_of({1e-8, 0.0, 1e300, 1e-300});
    plan.careful = reader_.once_in(4);
    plan.epsilon_hat = reader_.once_in(4);
    return plan;
  }

 private:
  static constexpr int kDeepest = 3;
  static constexpr Index kMostLayers = 6;

  Index units() {
    if (reader_.once_in(61)) {
      huge_ = true;
      return reader_.one_of({Index{1} << 24, Index{1} << 40, Index{1} << 61});
    }
    return 1 + reader_.upto(reader_.once_in(8) ? 300 : 20);
  }

  std::string activation() {
    const List<ActivationRow>& all = kernels<float>().activations;
    const std::string name = all.rows[reader_.upto(all.count - 1)].name;
    return name == "softmax" ? "tanh" : name;  // which belongs to its loss
  }

  std::string output_activation(const std::string& loss) {
    if (loss == "cross_entropy") return "softmax";
    if (loss == "binary_cross_entropy") return "sigmoid";
    if (loss == "poisson") return "exp";
    return loss == "pinball" ? "" : activation();
  }

  // What reads features: `width` of them, afterwards its outputs.
  PlanPtr inputs(Index& width) {
    if (!reader_.once_in(2)) return embedding(width);
    std::vector<ColumnsPlan::Part> parts;
    Index left = width, made = 0;
    while (left > 0) {
      Index columns = 1 + reader_.upto(left - 1), out = columns;
      left -= columns;
      const bool as_they_are = reader_.once_in(3);
      parts.push_back({columns, as_they_are ? nullptr : embedding(out)});
      made += out;
    }
    if (reader_.once_in(31)) parts.push_back({1, nullptr});  // more than there are
    width = made;
    return std::make_shared<ColumnsPlan>(std::move(parts));
  }

  PlanPtr embedding(Index& width) {
    if (reader_.once_in(2)) {
      const Index frequencies = 1 + reader_.upto(20), outputs = 1 + reader_.upto(15);
      width *= outputs + 1;
      return std::make_shared<PeriodicPlan>(frequencies, outputs);
    }
    std::vector<Index> levels;
    for (Index c = 0; c < width; ++c) levels.push_back(1 + reader_.upto(5));
    if (reader_.once_in(31)) levels.pop_back();  // fewer than there are
    const Index units = 1 + reader_.upto(8);
    width *= units;
    return std::make_shared<EmbeddingPlan>(std::move(levels), units);
  }

  void layers(Plans& plans, Index& width, int depth) {
    bool dropped = false;
    for (Index k = reader_.upto(kMostLayers); k > 0; --k) {
      const Index kind = reader_.upto(6);
      if (kind <= 1) {
        width = units();
        plans.push_back(std::make_shared<DensePlan>(width, reader_.once_in(4)));
      } else if (kind == 2) {
        plans.push_back(std::make_shared<ActivationPlan>(activation(), reader_.once_in(4)));
      } else if (kind == 3 && !dropped) {
        plans.push_back(
            std::make_shared<DropoutPlan>(reader_.one_of({0.5, 0.0, 1 - 0x1p-53, 1e-300, 0.1})));
      } else if (kind == 4) {
        plans.push_back(std::make_shared<ScalePlan>());
      } else if (kind == 5) {
        plans.push_back(std::make_shared<LayerNormPlan>(reader_.one_of({1e-5, 1e-300, 1e300})));
      } else if (depth < kDeepest) {
        plans.push_back(residual(width, depth + 1));
      }
      dropped = kind == 3;
    }
  }

  PlanPtr residual(Index width, int depth) {
    Plans inside;
    Index made = width;
    layers(inside, made, depth);
    const bool fits = !reader_.once_in(61);
    if (made != width || inside.empty() || !fits)
      inside.push_back(std::make_shared<DensePlan>(fits ? width : width + 1, false));
    return std::make_shared<ResidualPlan>(std::move(inside));
  }

  Reader& reader_;
  bool huge_ = false;
};

}  // namespace chainrule
