// SPDX-License-Identifier: Apache-2.0
// Predictions, and the loss or metric on rows that training never sees.
#pragma once

#include "base/team.h"
#include "train/loss.h"

namespace chainrule {

// Runs rows through the network in blocks, `active` threads of a team at once.
template <class T>
class Predictor {
 public:
  Predictor(const NetworkPlan& plan, int max_threads);

  // a(L), or z(L) when `logits`, of all rows into out (n, n_outputs). False when interrupted.
  void predict(const Network<T>& network, const Rows<T>& rows, bool logits, Team& team, int active,
               T* out);

  // Weighted mean over rows of the loss, and of the metric (the loss itself unless another is
  // asked for). `outputs`, when not null, receives a(L); Metric::refined needs it.
  struct Score {
    double loss;
    double metric;
  };
  Score score(const Network<T>& network, const Rows<T>& rows, Metric metric, bool mean, Team& team,
              int active, T* outputs);

 private:
  struct Lane {  // one thread's rows
    std::vector<T*> a;
    T* h = nullptr;
    T* a0 = nullptr;
    T* x;
    T* y;
    T* losses;
    Arena<T> arena;
  };
  // a(L) of rows [from, to) in the lane's last buffer; z(L) with `logits`.
  void run_block(const Network<T>& network, const Rows<T>& rows, Lane& lane, Index from, Index to,
                 bool logits, bool with_loss);

  const NetworkPlan& plan_;
  const KernelTable<T>& table_;
  LossConstants<T> constants_;
  std::vector<Lane> lanes_;
};

}  // namespace chainrule
