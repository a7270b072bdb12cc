// SPDX-License-Identifier: Apache-2.0
// The embedding of categories: each column holds a code 0..K and becomes the code's row.
//
//   forward    out = embedding[code]
//   gradient   dL/dembedding[code] = sum of dl/d(out) over the rows with this code
#pragma once

#include "layers/layer.h"

namespace chainrule {

struct EmbeddingPlan : LayerPlan {
  EmbeddingPlan(std::vector<Index> levels_, Index units_)
      : levels(std::move(levels_)), units(units_) {}
  CHAINRULE_MAKES_LAYER

  std::vector<Index> levels;  // known levels K of each column
  Index units;
};

}  // namespace chainrule
