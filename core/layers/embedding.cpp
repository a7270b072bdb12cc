// SPDX-License-Identifier: Apache-2.0
#include "layers/embedding.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace chainrule {
namespace {

// What is no code 0..known counts as unknown, code 0.
template <class T>
Index row_of_code(T code, Index known) {
  return code >= T(0) && code <= static_cast<T>(known) ? static_cast<Index>(code) : 0;
}

template <class T>
class EmbeddingLayer final : public Layer<T> {
 public:
  EmbeddingLayer(const EmbeddingPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, checked_multiply(n_in, plan.units), places.number), plan_(plan) {
    if (static_cast<Index>(plan.levels.size()) != n_in)
      throw std::invalid_argument("an embedding must know the levels of each of its columns");
    Index n_rows = 0;
    for (const Index known : plan.levels) n_rows = checked_add(n_rows, known + 1);
    tensor_ = places.add(places.name("embedding"), n_rows, plan.units, plan.units);
    at_ = places.tensors.back().start;
    count_ = places.tensors.back().count;
  }

  bool reads_unpadded() const override { return true; }

  bool accepts(View<const T> in, Index n_rows) const override {
    for (Index i = 0; i < n_rows; ++i) {
      const T* code = in.row(i);
      for (const Index known : plan_.levels) {
        if (*code < T(0) || *code > static_cast<T>(known) || *code != std::floor(*code))
          return false;
        ++code;
      }
    }
    return true;
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    const T* embedding = frame.values + at_;
    for (Index i = from; i < to; ++i)
      each_row(rows.in.row(i), [&](Index row, Index unit) {
        std::copy(embedding + row, embedding + row + plan_.units, rows.out.row(i) + unit);
      });
  }

  // What lies before it is data.
  void backward(const Frame<T>&, LayerRows<T>&, const Tail<T>*, Index, Index) const override {}

  void tasks(std::vector<Task>& tasks, Index layer) const override {
    tasks.push_back({.layer = layer, .size = count_, .cost = 2 * this->n_in() + count_ / 64 + 1});
  }

  void parts(const Task& task, Parts& parts) const override {
    parts.add({tensor_, at_, 0, task.size});
  }

  // The sums, in double.
  Index scratch(Index) const override { return count_ * kInDouble; }

  // Row after row: one order for any number of threads.
  void gradient(const Frame<T>&, const LayerRows<T>& rows, const Task& task, Index n, T scale,
                T* block, T* scratch, std::span<const Run>) const override {
    auto* sums = reinterpret_cast<double*>(scratch);
    std::fill(sums, sums + task.size, 0.0);
    for (Index b = 0; b < n; ++b)
      each_row(rows.in.row(b), [&](Index row, Index unit) {
        const T* delta = rows.delta.row(b) + unit;
        for (Index u = 0; u < plan_.units; ++u) sums[row + u] += static_cast<double>(delta[u]);
      });
    for (Index i = 0; i < task.size; ++i) block[i] = static_cast<T>(sums[i]) * scale;
  }

 private:
  static constexpr Index kInDouble = static_cast<Index>(sizeof(double) / sizeof(T));

  // Calls visit(first number of the code's row, first unit of `out`) for each column of one row.
  template <class Visit>
  void each_row(const T* codes, Visit visit) const {
    Index first = 0, unit = 0;
    for (const Index known : plan_.levels) {
      visit((first + row_of_code(*codes++, known)) * plan_.units, unit);
      first += known + 1;
      unit += plan_.units;
    }
  }

  EmbeddingPlan plan_;
  Index tensor_;
  Index at_;
  Index count_;
};

}  // namespace

CHAINRULE_LAYER(EmbeddingPlan, EmbeddingLayer)

}  // namespace chainrule
