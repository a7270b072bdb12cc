// SPDX-License-Identifier: Apache-2.0
#include "train/trace.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "train/pass.h"
#include "train/step.h"

namespace chainrule {

template <class T>
void trace(State<T>& state, const TrainingPlan& plan, const Rows<T>& rows, Index dropout_epoch,
           Trace<T>& out) {
  const FlushSubnormals flush;
  const KernelTable<T>& table = kernels<T>();

  // The numbers of each row's own loss, one layer after another.
  Batch<T>& batch = out.batch;
  const Frame<T> frame = out.network.training_frame(dropout_epoch >= 0);
  batch.choose(rows, nullptr, 0, rows.n);
  batch.gather(table, {plan.seed, dropout_epoch, 1.0}, 0, rows.n);
  connect(out.network, batch, frame.dropping);
  forward(out.network, frame, batch, 0, rows.n);
  loss(table, out.network.plan(), LossConstants<T>(out.network.plan()), batch, 0, rows.n);
  backward(out.network, frame, batch, false, 0, rows.n);
  out.losses = Buffer<T>(rows.n);
  std::copy(batch.losses, batch.losses + rows.n, out.losses.data());

  // The step of training.
  Batch<T> own(state.network, rows.n, rows.weights != nullptr, Use::train);
  own.choose(rows, nullptr, 0, rows.n);
  Step<T> step(plan, own, state, 1);
  out.gradients = Buffer<T>(state.network.size());
  step.gradients = out.gradients.data();
  ThreadPool pool(1);
  out.loss_sum = step.run(pool, 1, StepFactors{}, dropout_epoch);
  out.weight_sum = own.weight_sum(table);
}

template void trace(State<float>&, const TrainingPlan&, const Rows<float>&, Index, Trace<float>&);
template void trace(State<double>&, const TrainingPlan&, const Rows<double>&, Index,
                    Trace<double>&);

}  // namespace chainrule
