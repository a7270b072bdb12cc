// SPDX-License-Identifier: Apache-2.0
#include "layers/dropout.h"

namespace chainrule {
namespace {

template <class T>
class DropoutLayer final : public Layer<T> {
 public:
  DropoutLayer(const DropoutPlan& plan, Index n_in, Places<T>& places)
      : Layer<T>(n_in, n_in, places.number), plan_(plan) {}

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    if (use != Use::predict && drops())
      arena.request(&rows.kept[kMask], capacity, row_stride<T>(this->n_out()));
  }

  // Without masks the layer above reads the input itself.
  View<const T> connect(LayerRows<T>& rows, View<const T> in, bool dropping) const override {
    rows.in = in;
    return dropping && drops() ? View<const T>(rows.out) : in;
  }

  bool drops() const override { return plan_.rate > 0; }

  void draw_mask(const KernelTable<T>& table, LayerRows<T>& rows, const Draw& draw, Index i,
                 Index table_row) const override {
    draw_dropout_mask(table, plan_, draw, this->number(), table_row, this->n_out(),
                      rows.kept[kMask] + i * rows.out.stride);
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    if (!frame.dropping || !drops()) return;
    const Index stride = rows.out.stride;
    frame.table.multiply(rows.in.row(from), rows.kept[kMask] + from * stride, rows.out.row(from),
                         (to - from) * stride);
  }

  void backward(const Frame<T>& frame, LayerRows<T>& rows, const Tail<T>* below, Index from,
                Index to) const override {
    if (below == nullptr) return;
    const Tail<T> own = {.mask = frame.dropping ? rows.kept[kMask] : nullptr,
                         .delta = below->delta,
                         .stride = rows.out.stride};
    frame.table.activation_backward({.d_a = rows.delta.row(from),
                                     .rows = to - from,
                                     .width = panels<T>(this->n_out()) * kPanel<T>,
                                     .below = rows_from(own, from)});
  }

  std::vector<Shown<T>> shown(const LayerRows<T>& rows) const override {
    if (!drops()) return {};
    return {{"mask", {rows.kept[kMask], rows.out.stride}, this->n_out()}};
  }

 private:
  enum Kept { kMask };

  DropoutPlan plan_;
};

}  // namespace

CHAINRULE_LAYER(DropoutPlan, DropoutLayer)

}  // namespace chainrule
