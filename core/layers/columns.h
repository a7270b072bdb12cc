// SPDX-License-Identifier: Apache-2.0
// Layers side by side, each over its own range of columns: out = [part 1 ; part 2 ; ...]. A part
// without a layer passes its columns on.
#pragma once

#include "layers/layer.h"

namespace chainrule {

struct ColumnsPlan : LayerPlan {
  struct Part {
    Index columns;
    std::shared_ptr<const LayerPlan> layer;  // or null
  };

  explicit ColumnsPlan(std::vector<Part> parts_) : parts(std::move(parts_)) {}
  CHAINRULE_MAKES_LAYER

  std::vector<Part> parts;
};

}  // namespace chainrule
