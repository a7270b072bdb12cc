// SPDX-License-Identifier: Apache-2.0
#include "layers/periodic.h"

#include <algorithm>

namespace chainrule {
namespace {

template <class T>
class PeriodicLayer final : public Layer<T> {
 public:
  PeriodicLayer(const PeriodicPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, checked_multiply(n_in, plan.outputs + 1), places.number),
        plan_(plan),
        // Whole panels a column, so that a column is updated by itself.
        stride_(panels<T>(plan.frequencies) * kPanel<T>),
        biases_(panels<T>(plan.outputs) * kPanel<T>),
        tensor_(static_cast<Index>(places.tensors.size())) {
    const auto add = [&](const char* family, Index rows, Index width, Index stride) {
      places.add(places.name(family), rows, width, stride);
      return places.tensors.back().start;
    };
    frequency_ = add("frequency", n_in, plan.frequencies, stride_);
    phase_ = add("phase", n_in, plan.frequencies, stride_);
    weight_ = add("weight", checked_multiply(n_in, plan.outputs), plan.frequencies, stride_);
    bias_ = add("bias", n_in, plan.outputs, biases_);
  }

  bool reads_unpadded() const override { return true; }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    for (Index c = 0; c < this->n_in(); ++c)
      frame.table.periodic_forward({.column = column(frame, c),
                                    .x = rows.in.row(from) + c,
                                    .x_stride = rows.in.stride,
                                    .rows = to - from,
                                    .out = rows.out.row(from) + c * (plan_.outputs + 1),
                                    .out_stride = rows.out.stride});
  }

  // What lies before it is data.
  void backward(const Frame<T>&, LayerRows<T>&, const Tail<T>*, Index, Index) const override {}

  // One a column: about 40 instructions a cosine and vector of rows.
  void tasks(std::vector<Task>& tasks, Index layer) const override {
    for (Index c = 0; c < this->n_in(); ++c)
      tasks.push_back({.layer = layer,
                       .first = c,
                       .size = (2 + plan_.outputs) * stride_ + biases_,
                       .cost = 2 * plan_.frequencies});
  }

  void parts(const Task& task, Parts& parts) const override {
    const Index c = task.first, of_weight = plan_.outputs * stride_;
    parts.add({tensor_, frequency_ + c * stride_, 0, stride_});
    parts.add({tensor_ + 1, phase_ + c * stride_, stride_, stride_});
    parts.add({tensor_ + 2, weight_ + c * of_weight, 2 * stride_, of_weight});
    parts.add({tensor_ + 3, bias_ + c * biases_, 2 * stride_ + of_weight, biases_});
  }

  Index scratch(Index batch) const override { return periodic_scratch<T>(batch, plan_.outputs); }

  void gradient(const Frame<T>& frame, const LayerRows<T>& rows, const Task& task, Index n, T scale,
                T* block, T* scratch, std::span<const Run>) const override {
    const Index c = task.first;
    std::fill(block, block + task.size, T(0));  // frequencies and biases up to whole panels
    frame.table.periodic_gradient({.column = column(frame, c),
                                   .x = rows.in.data + c,
                                   .x_stride = rows.in.stride,
                                   .batch = n,
                                   .delta = rows.delta.data + c * (plan_.outputs + 1),
                                   .delta_stride = rows.delta.stride,
                                   .scale = scale,
                                   .scratch = scratch,
                                   .frequency = block,
                                   .phase = block + stride_,
                                   .weight = block + 2 * stride_,
                                   .bias = block + (2 + plan_.outputs) * stride_});
  }

 private:
  PeriodicColumn<T> column(const Frame<T>& frame, Index c) const {
    return {.frequencies = plan_.frequencies,
            .outputs = plan_.outputs,
            .frequency = frame.values + frequency_ + c * stride_,
            .phase = frame.values + phase_ + c * stride_,
            .weight = frame.values + weight_ + c * plan_.outputs * stride_,
            .weight_stride = stride_,
            .bias = frame.values + bias_ + c * biases_};
  }

  PeriodicPlan plan_;
  Index stride_;  // numbers of a column's frequencies, in whole panels
  Index biases_;  // of its biases
  Index tensor_;  // number of `frequency` among the named arrays; phase, weight and bias follow
  Index frequency_;
  Index phase_;
  Index weight_;
  Index bias_;
};

}  // namespace

CHAINRULE_LAYER(PeriodicPlan, PeriodicLayer)

}  // namespace chainrule
