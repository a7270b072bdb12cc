// SPDX-License-Identifier: Apache-2.0
// The register tile that all three products are made of, and what happens to a finished one. What
// works on a tile is always inlined: else its sums would go through memory. Factors are spread by
// every_lane() and multiplied by add_product(): see numbers.inl.

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

  void add(const T* from, Index stride) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        sums[i][j] += load<T>(from + i * stride + j * kLanes<T>);
  }

  void multiply(const T* from, Index stride) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        sums[i][j] *= load<T>(from + i * stride + j * kLanes<T>);
  }

  // 0 where a = relu(z) is.
  void pass_relu(const T* a, Index stride) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        sums[i][j] = through_relu<T>(load<T>(a + i * stride + j * kLanes<T>), sums[i][j]);
  }

  // sums[i][j] += a(i, p) b(p, j), p = 0..depth-1. kAcross: a(i, p) = a[p * a_stride + i], the
  // batch is summed; else a[i * a_stride + p]. b(p, .) = b + p * b_step, panels b_panel apart.
  template <bool kAcross>
  [[gnu::always_inline]] inline void accumulate(const T* a, Index a_stride, const T* b,
                                                Index b_step, Index b_panel, Index depth) {
#pragma GCC unroll 1
    for (Index p = 0; p < depth; ++p) {
      Vector<T> row[kPanels * kParts];
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j)
        row[j] = load<T>(b + (j / kParts) * b_panel + (j % kParts) * kLanes<T>);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const Vector<T> factor = every_lane<T>(kAcross ? a[i] : a[i * a_stride]);
#pragma GCC unroll 16
        for (int j = 0; j < kPanels * kParts; ++j)
          sums[i][j] = add_product(factor, row[j], sums[i][j]);
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
    const bool relu = is_only<T>(args.out, ActivationKind::relu);
    if (relu) {  // while the sums are in registers
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
        for (int j = 0; j < kPanels * kParts; ++j) tile.sums[i][j] = at_least_zero(tile.sums[i][j]);
    }
    tile.store_to(args.out.a + row * args.out.stride + column, args.out.stride);
    if (relu || is_only<T>(args.out, ActivationKind::identity)) return;
    finish_activation<T>(args.out, args.out.a, row, column, kRows, kPanels * kPanel<T>);
  }
};

template <class T>
struct BackwardEpilogue {
  const BackwardArgs<T>& args;

  template <int kRows, int kPanels>
  [[gnu::always_inline]] inline void finish(Tile<T, kRows, kPanels>& tile, Index row,
                                            Index panel) const {
    constexpr Index kWidth = kPanels * kPanel<T>;
    const Tail<T>& below = args.below;
    const Index at = row * below.stride + panel * kPanel<T>;
    const Vector<T> alpha = broadcast<T>(args.alpha);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 16
      for (int j = 0; j < kPanels * kParts; ++j) tile.sums[i][j] *= alpha;
    if (below.residual == nullptr) {  // while the sums are in registers
      if (below.mask != nullptr) tile.multiply(below.mask + at, below.stride);
      if (below.slope != nullptr) {
        tile.multiply(below.slope + at, below.stride);
      } else if (kind_of(below.activation) == ActivationKind::relu) {
        tile.pass_relu(below.a + at, below.stride);
      }
      tile.store_to(below.delta + at, below.stride);
    } else {
      alignas(64) T d_a[kRows * kWidth];
      tile.store_to(d_a, kWidth);
      pass_back_block<T>(below, at, d_a, kWidth, kRows, kWidth);
    }
    finish_deltas<T>(below, at, kRows, kWidth);
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
