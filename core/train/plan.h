// SPDX-License-Identifier: Apache-2.0
// What the loop works on, as plain data: the network, the training and the rows. Filled and checked
// by the caller; the loop trusts it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/names.h"
#include "layers/layer.h"

namespace chainrule {

struct NetworkPlan {
  Index n_features = 0;
  Plans layers;  // without the activation of the output, which belongs to the loss
  Activation output_activation = Activation::identity;
  Index n_outputs = 0;
  bool bfloat16 = false;  // whether training rounds the factors of wide layers' products
  Loss loss{};
  double huber_delta = 1;
  std::vector<double> quantiles;
};

enum class ScheduleKind : int { constant, step, exponential, cosine, plateau, coslog, flat_cos };

struct SchedulePlan {
  ScheduleKind kind = ScheduleKind::constant;
  double every = 1;
  double factor = 1;
  double warmup = 0;
  double patience = 0;
  double floor = 0;
  double cycles = 4;
};

// Factors of one parameter array.
struct GroupPlan {
  double rate = 1;
  double decay = 0;
};

struct TrainingPlan {
  Optimizer optimizer{};
  double learning_rate = 1e-3;
  SchedulePlan schedule;
  SchedulePlan decay_schedule;
  SchedulePlan dropout_schedule;
  std::vector<GroupPlan> groups;  // one a named array, in the order of Network::tensors()
  Index epochs = 1;
  Index batch_size = 0;  // 0 is the full batch
  bool mean = true;      // else the sum over rows
  double l1 = 0;
  double l2 = 0;
  // A batch divides its loss, l1 and l2 by the sum of its own row weights.
  bool penalty_per_batch = false;
  double weight_decay = 0;
  double clip_norm = 0;  // 0 is none
  Index patience = 0;    // 0 is none
  double tol = 0;
  double time_limit = 0;  // seconds, 0 is none
  bool shuffle = true;
  std::uint64_t seed = 0;
  int n_threads = 0;  // 0 chooses
  double momentum = 0.9;
  double beta1 = 0.9;
  double beta2 = 0.999;  // or rho
  double epsilon = 1e-8;
  // Looks for what is not finite after every step, and ends with what the step began with.
  bool careful = false;
  bool epsilon_hat = false;  // Adam's epsilon is added before the bias correction
};

// Rows for training or validation; `rows` picks from the table, null takes all in order.
template <class T>
struct Rows {
  const T* x = nullptr;  // [table rows][n_features]
  Index n_features = 0;
  const T* y = nullptr;                   // [table rows][n_outputs], or
  const std::int32_t* classes = nullptr;  // [table rows]
  const T* weights = nullptr;             // [table rows] or null
  const std::uint32_t* rows = nullptr;    // [n]
  Index n = 0;

  Index at(Index i) const { return rows == nullptr ? i : static_cast<Index>(rows[i]); }
};

enum class Metric : int { loss, error, rmse, mae, refined, callback };

// How the loop talks to its caller; each may be empty.
template <class T>
struct Hooks {
  // Every few ms of work: true stops (Ctrl-C).
  std::function<bool()> interrupted;
  // The caller's metric on the validation rows' outputs (n, n_outputs); lower is better.
  std::function<double(const T* outputs)> metric;
  // Takes the validation rows' outputs after each epoch.
  std::function<void(const T* outputs)> outputs;
  // After each epoch: true stops.
  std::function<bool(Index epoch, double loss, double validation_loss, double metric)> epoch_done;
};

}  // namespace chainrule
