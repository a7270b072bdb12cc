// SPDX-License-Identifier: Apache-2.0
// The three matrix products of backpropagation from one register tile:
//
//   forward            z     = x W^T + b      streams panels of W,   broadcasts rows of x
//   backward data      below = delta W        streams panels of WT,  broadcasts rows of delta
//   backward weights   dW    = delta^T x      streams columns of delta over the batch, broadcasts x
//
// An element is one chain of FMAs from 0 over the summed index in ascending order, so neither the
// tile, nor the K block, nor the thread that computes it changes a bit.
// Loops, outside in: JR panel group, PC block of the summed index, IR tile of rows.

// Summed indices per PC block: one panel block of 256 x 64 bytes fills half of a 32 KiB L1.
inline constexpr Index kKC = 256;
// Rows of partial sums kept between PC blocks.
inline constexpr Index kMC = 120;

template <class T, int kRows, int kPanels>
struct Tile {
  Vector<T> sums[kRows][kPanels * kParts];

  void clear() {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j) sums[i][j] = Vector<T>{};
  }

  void load_from(const T* from, Index stride) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        sums[i][j] = load<T>(from + i * stride + j * kLanes<T>);
  }

  void store_to(T* to, Index stride) const {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        store<T>(to + i * stride + j * kLanes<T>, sums[i][j]);
  }

  // sums[i][j] += a(i, p) b(p, j), p = 0..depth-1. kAcross: a(i, p) = a[p * a_stride + i], the
  // batch is summed; else a[i * a_stride + p]. b(p, .) = b + p * b_step, panels b_panel apart.
  template <bool kAcross>
  void accumulate(const T* a, Index a_stride, const T* b, Index b_step, Index b_panel,
                  Index depth) {
    for (Index p = 0; p < depth; ++p) {
      Vector<T> row[kPanels * kParts];
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        row[j] = load<T>(b + (j / kParts) * b_panel + (j % kParts) * kLanes<T>);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const Vector<T> factor = broadcast<T>(kAcross ? a[i] : a[i * a_stride]);
#pragma GCC unroll 16
        for (int j = 0; j < kPanels * kParts; ++j) sums[i][j] = fma(factor, row[j], sums[i][j]);
      }
      a += kAcross ? a_stride : 1;
      b += b_step;
    }
  }
};

// What happens to a finished tile. Each has finish<kRows, kPanels>(tile, row, panel).

template <class T>
struct ForwardEpilogue {
  const ForwardArgs<T>& args;

  template <int kRows, int kPanels>
  void finish(Tile<T, kRows, kPanels>& tile, Index row, Index panel) const {
    const Index column = panel * kPanel<T>;
    const Vector<T> alpha = broadcast<T>(args.alpha);
#pragma GCC unroll 16
    for (int j = 0; j < kPanels * kParts; ++j) {
      const Vector<T> bias = load<T>(args.bias + column + j * kLanes<T>);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) tile.sums[i][j] = fma(tile.sums[i][j], alpha, bias);
    }
    const Index at = row * args.stride + column;
    const bool only_a = args.z == nullptr && args.slope == nullptr && args.blend == nullptr;
    if (only_a && args.activation == Activation::relu) {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
        for (int j = 0; j < kPanels * kParts; ++j) tile.sums[i][j] = at_least_zero(tile.sums[i][j]);
      tile.store_to(args.a + at, args.stride);
      return;
    }
    T* z = args.z != nullptr ? args.z : args.a;
    tile.store_to(z + at, args.stride);
    if (only_a && args.activation == Activation::identity) return;
    T* slope = args.slope != nullptr ? args.slope + at : nullptr;
    constexpr Index kWidth = kPanels * kPanel<T>;
    activate<T>(args.activation, z + at, args.a + at, slope, args.stride, kRows, kWidth);
    if (args.blend == nullptr) return;
    alignas(64) T kept[kRows * kWidth];  // a may lie where z was
    tile.store_to(kept, kWidth);
    blend_block<T>(kept, kWidth, args.blend + column, args.a + at, slope,
                   args.residual != nullptr ? args.residual + at : nullptr, args.stride, kRows,
                   kWidth);
  }
};

template <class T>
struct BackwardEpilogue {
  const BackwardArgs<T>& args;

  template <int kRows, int kPanels>
  void finish(Tile<T, kRows, kPanels>& tile, Index row, Index panel) const {
    const Index at = row * args.stride + panel * kPanel<T>;
    const Vector<T> alpha = broadcast<T>(args.alpha);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j) {
        const Index here = at + i * args.stride + j * kLanes<T>;
        Vector<T> v = tile.sums[i][j] * alpha;
        if (args.mask != nullptr) v *= load<T>(args.mask + here);
        if (args.residual != nullptr)
          store<T>(args.residual + here, v * load<T>(args.residual + here));
        if (args.stored) {
          v *= load<T>(args.below + here);
        } else if (args.activation == Activation::relu) {
          v = load<T>(args.a + here) > T(0) ? v : Vector<T>{};
        }
        store<T>(args.below + here, v);
      }
    }
    if (args.stored) return;
    T* below = args.below + at;
    const T* a = args.a + at;
    constexpr Index kWidth = kPanels * kPanel<T>;
    switch (args.activation) {
      case Activation::sigmoid:
        return slope_block<T, Activation::sigmoid>(below, a, args.stride, kRows, kWidth);
      case Activation::tanh:
        return slope_block<T, Activation::tanh>(below, a, args.stride, kRows, kWidth);
      case Activation::leaky_relu:
        return slope_block<T, Activation::leaky_relu>(below, a, args.stride, kRows, kWidth);
      case Activation::elu:
        return slope_block<T, Activation::elu>(below, a, args.stride, kRows, kWidth);
      case Activation::selu:
        return slope_block<T, Activation::selu>(below, a, args.stride, kRows, kWidth);
      default: return;
    }
  }
};

template <class T>
struct GradientEpilogue {
  const GradientArgs<T>& args;

  template <int kRows, int kPanels>
  void finish(Tile<T, kRows, kPanels>& tile, Index row, Index panel) const {
    const Vector<T> scale = broadcast<T>(args.scale);
    const Index rows = args.last - args.first;
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        store<T>(args.out + ((panel + j / kParts) * rows + row + i) * kPanel<T> +
                     (j % kParts) * kLanes<T>,
                 tile.sums[i][j] * scale);
  }
};

// Where the factors of a product lie.
template <class T>
struct Operands {
  const T* a;
  Index a_stride;
  const T* b;
  Index b_step;
  Index b_panel;
  Index depth;
};

// One tile over the whole summed index, or over one PC block of it with `partial` sums between.
template <class T, bool kAcross, int kRows, int kPanels, class Epilogue>
inline void run_tile(const Operands<T>& from, const Epilogue& epilogue, Index row, Index panel,
                     Index start, Index depth, T* partial) {
  Tile<T, kRows, kPanels> tile;
  constexpr Index kWidth = kPanels * kPanel<T>;
  if (start == 0) {
    tile.clear();
  } else {
    tile.load_from(partial, kWidth);
  }
  const T* a = from.a + (kAcross ? start * from.a_stride + row : row * from.a_stride + start);
  const T* b = from.b + panel * from.b_panel + start * from.b_step;
  tile.template accumulate<kAcross>(a, from.a_stride, b, from.b_step, from.b_panel, depth);
  if (start + depth < from.depth) {
    tile.store_to(partial, kWidth);
  } else {
    epilogue.template finish<kRows, kPanels>(tile, row, panel);
  }
}

// Picks the instantiation for 1..kMR rows.
template <class T, bool kAcross, bool kGroup, class Epilogue, int kRows = kMR>
inline void pick_tile(int rows, const Operands<T>& from, const Epilogue& epilogue, Index row,
                      Index panel, Index start, Index depth, T* partial) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return pick_tile<T, kAcross, kGroup, Epilogue, kRows - 1>(rows, from, epilogue, row, panel,
                                                                start, depth, partial);
    }
  }
  run_tile<T, kAcross, kRows, kGroup ? tile_panels(kRows) : 1>(from, epilogue, row, panel, start,
                                                               depth, partial);
}

// All panels x rows of one product. Rows are split evenly: 32 = 6,6,5,5,5,5 rather than 6,...,2.
template <class T, bool kAcross, class Epilogue>
inline void product(const Operands<T>& from, Index rows, Index n_panels, const Epilogue& epilogue) {
  if (rows <= kMR && n_panels == 1 && from.depth < kKC) {  // a small network's: one tile
    return pick_tile<T, kAcross, false>(static_cast<int>(rows), from, epilogue, 0, 0, 0, from.depth,
                                        nullptr);
  }
  alignas(64) T partial[kMC * kPanel<T> * 6];
  for (Index top = 0; top < rows; top += kMC) {
    const Index height = rows - top < kMC ? rows - top : kMC;
    const Index n_tiles = (height + kMR - 1) / kMR;
    const Index base = n_tiles == 1 ? height : height / n_tiles;
    const Index longer = height - base * n_tiles;
    const int group = tile_panels(static_cast<int>(base));
    Index panel = 0;
    while (panel < n_panels) {
      const bool grouped =
          n_panels - panel >= group && tile_panels(static_cast<int>(base + (longer > 0))) == group;
      Index start = 0;
      do {
        const Index left = from.depth - start;
        const Index depth = left < kKC + kKC / 2 ? left : kKC;
        Index row = top;
        for (Index tile = 0; tile < n_tiles; ++tile) {
          const int size = static_cast<int>(base + (tile < longer));
          T* kept = partial + (row - top) * kPanel<T> * group;
          if (grouped) {
            pick_tile<T, kAcross, true>(size, from, epilogue, row, panel, start, depth, kept);
          } else {
            pick_tile<T, kAcross, false>(size, from, epilogue, row, panel, start, depth, kept);
          }
          row += size;
        }
        start += depth;
      } while (start < from.depth);
      panel += grouped ? group : 1;
    }
  }
}

template <class T>
void forward_product(const ForwardArgs<T>& args) {
  const Operands<T> from{args.x,    args.x_stride,     args.weights,
                         kPanel<T>, args.panel_stride, args.n_in};
  product<T, false>(from, args.rows, args.n_panels, ForwardEpilogue<T>{args});
}

template <class T>
void backward_data_product(const BackwardArgs<T>& args) {
  const Operands<T> from{args.delta, args.delta_stride, args.weights_t,
                         kPanel<T>,  args.panel_stride, args.n_out};
  product<T, false>(from, args.rows, args.n_panels, BackwardEpilogue<T>{args});
}

template <class T>
void weight_gradient_product(const GradientArgs<T>& args) {
  const Operands<T> from{args.x + args.first, args.x_stride, args.delta,
                         args.delta_stride,   kPanel<T>,     args.batch};
  product<T, true>(from, args.last - args.first, args.n_panels, GradientEpilogue<T>{args});
}

// Bias gradients: the chain of the weights' with x = 1.
template <class T>
void column_sums(const T* delta, Index stride, Index batch, Index n_panels, T scale, T* out) {
  for (Index j = 0; j < n_panels * kPanel<T>; j += kLanes<T>) {
    Vector<T> sum{};
    for (Index b = 0; b < batch; ++b) sum += load<T>(delta + b * stride + j);
    store<T>(out + j, sum * scale);
  }
}
