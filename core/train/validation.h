// SPDX-License-Identifier: Apache-2.0
// Predictions, and the loss or metric on rows that training never sees.
#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "train/loss.h"
#include "train/poll.h"

namespace chainrule {

// Runs rows through the network in blocks, `active` threads of a pool at once.
template <class T>
class Predictor {
 public:
  Predictor(const Network<T>& network, int max_threads);

  // a(L), or z(L) when `logits`, of all rows into out (n, n_outputs). Stopped, some are left out.
  void predict(const Rows<T>& rows, bool logits, ThreadPool& pool, int active, T* out, Poll& poll);

  // Weighted mean over rows of the loss, and of the metric (the loss itself unless another is
  // asked for). `outputs`, when not null, receives a(L); Metric::refined needs it. Stopped, it
  // means nothing.
  struct Score {
    double loss;
    double metric;
  };
  Score score(const Rows<T>& rows, Metric metric, bool mean, ThreadPool& pool, int active,
              T* outputs, Poll& poll);

 private:
  // a(L) of rows [from, to) in the lane's last layer; z(L) with `logits`.
  View<T> run_block(const Rows<T>& rows, Batch<T>& lane, Index from, Index to, bool logits,
                    bool with_loss);

  const Network<T>& network_;
  LossConstants<T> constants_;
  std::vector<std::unique_ptr<Batch<T>>> lanes_;  // one thread's rows each
};

}  // namespace chainrule
