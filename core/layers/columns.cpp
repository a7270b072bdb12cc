// SPDX-License-Identifier: Apache-2.0
#include "layers/columns.h"

#include <algorithm>
#include <stdexcept>

namespace chainrule {
namespace {

template <class T>
class ColumnsLayer final : public Layer<T> {
 public:
  ColumnsLayer(const ColumnsPlan& plan, Index n_in, Places<T>& places)
      : ColumnsLayer(make_parts(plan, n_in, places), n_in, places.number) {}

  void request(Arena<T>& arena, LayerRows<T>& rows, Index capacity, Use use) const override {
    rows.inside.resize(parts_.size());
    for (std::size_t k = 0; k < parts_.size(); ++k)
      if (parts_[k].layer) parts_[k].layer->request(arena, rows.inside[k], capacity, use);
  }

  bool reads_unpadded() const override { return true; }

  // Each part writes into its own columns of `out`, and finds its delta in those of `delta`.
  View<const T> connect(LayerRows<T>& rows, View<const T> in, bool dropping) const override {
    rows.in = in;
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const Placed& part = parts_[k];
      if (!part.layer) continue;
      rows.inside[k].out = rows.out.part(0, part.to);
      rows.inside[k].delta = rows.delta.part(0, part.to);
      rows.inside[k].read = part.layer->connect(rows.inside[k], in.part(0, part.from), dropping);
    }
    return rows.out;
  }

  void walk(LayerRows<T>& rows, const typename Layer<T>::Visit& visit) const override {
    for (std::size_t k = 0; k < parts_.size(); ++k)
      if (parts_[k].layer) parts_[k].layer->walk(rows.inside[k], visit);
    visit(*this, rows);
  }

  bool accepts(View<const T> in, Index n_rows) const override {
    return std::all_of(parts_.begin(), parts_.end(), [&](const Placed& part) {
      return !part.layer || part.layer->accepts(in.part(0, part.from), n_rows);
    });
  }

  void forward(const Frame<T>& frame, LayerRows<T>& rows, Index from, Index to) const override {
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const Placed& part = parts_[k];
      if (part.layer) {
        run_forward(frame, *part.layer, rows.inside[k], from, to);
        continue;
      }
      for (Index i = from; i < to; ++i) {
        const T* source = rows.in.row(i) + part.from;
        std::copy(source, source + part.columns, rows.out.row(i) + part.to);
      }
    }
  }

  // What lies before the parts is data.
  void backward(const Frame<T>&, LayerRows<T>&, const Tail<T>*, Index, Index) const override {}

 private:
  struct Placed {
    LayerPtr<T> layer;
    Index columns;
    Index from;  // first column of `in`
    Index to;    // first column of `out`
    Index n_out() const { return layer ? layer->n_out() : columns; }
  };

  ColumnsLayer(std::vector<Placed> parts, Index n_in, Index number)
      : Layer<T>(n_in, parts.back().to + parts.back().n_out(), number), parts_(std::move(parts)) {}

  static std::vector<Placed> make_parts(const ColumnsPlan& plan, Index n_in, Places<T>& places) {
    std::vector<Placed> parts;
    Index from = 0, to = 0;
    for (const ColumnsPlan::Part& part : plan.parts) {
      parts.push_back(
          {part.layer ? part.layer->make(part.columns, places) : nullptr, part.columns, from, to});
      from += part.columns;
      to = checked_add(to, parts.back().n_out());
    }
    if (parts.empty() || from != n_in)
      throw std::invalid_argument("the parts of a network's columns must cover them");
    return parts;
  }

  std::vector<Placed> parts_;
};

}  // namespace

CHAINRULE_LAYER(ColumnsPlan, ColumnsLayer)

}  // namespace chainrule
