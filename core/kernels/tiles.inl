// SPDX-License-Identifier: Apache-2.0
// The register tile that all three products are made of, and what happens to a finished one. What
// works on a tile is always inlined: else its sums would go through memory.

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
  [[gnu::always_inline]] inline void accumulate(const T* a, Index a_stride, const T* b,
                                                Index b_step, Index b_panel, Index depth) {
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
  [[gnu::always_inline]] inline void finish(Tile<T, kRows, kPanels>& tile, Index row,
                                            Index panel) const {
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
  [[gnu::always_inline]] inline void finish(Tile<T, kRows, kPanels>& tile, Index row,
                                            Index panel) const {
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
  [[gnu::always_inline]] inline void finish(Tile<T, kRows, kPanels>& tile, Index row,
                                            Index panel) const {
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
