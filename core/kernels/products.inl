// SPDX-License-Identifier: Apache-2.0
// The three matrix products of backpropagation from one register tile:
//
//   forward            z     = x W^T + b      streams panels of W,   broadcasts rows of x
//   backward data      below = delta W        streams panels of WT,  broadcasts rows of delta
//   backward weights   dW    = delta^T x      streams columns of delta over the batch, broadcasts x
//
// An element is one chain of FMAs from 0 over the summed index in ascending order, so neither the
// tile, nor the K block, nor the thread that computes it changes a bit.
// Loops, outside in: JR panel group, PC block of the summed index, IR tile of rows. Weights too
// large for L3 are fetched a block ahead.

// Summed indices per PC block: one panel block of 256 x 64 bytes fills half of a 32 KiB L1.
inline constexpr Index kKC = 256;
// Rows of partial sums kept between PC blocks.
inline constexpr Index kMC = 264;

// Summed indices of the next PC block, when so many are left.
inline Index block_depth(Index left) { return left < kKC + kKC / 2 ? left : kKC; }

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
template <class T, bool kAcross, bool kFetch, int kRows, int kPanels, class Epilogue>
inline void run_tile(const Operands<T>& from, const Epilogue& epilogue, Index row, Index panel,
                     Index start, Index depth, T* partial, Prefetch& prefetch) {
  Tile<T, kRows, kPanels> tile;
  constexpr Index kWidth = kPanels * kPanel<T>;
  if (start == 0) {
    tile.clear();
  } else {
    tile.load_from(partial, kWidth);
  }
  const T* a = from.a + (kAcross ? start * from.a_stride + row : row * from.a_stride + start);
  const T* b = from.b + panel * from.b_panel + start * from.b_step;
  if constexpr (kFetch) {
    for (Index p = 0; p < depth; p += kChunk) {
      prefetch.fetch();
      tile.template accumulate<kAcross>(a + (kAcross ? p * from.a_stride : p), from.a_stride,
                                        b + p * from.b_step, from.b_step, from.b_panel,
                                        depth - p < kChunk ? depth - p : kChunk);
    }
  } else {
    tile.template accumulate<kAcross>(a, from.a_stride, b, from.b_step, from.b_panel, depth);
  }
  if (start + depth < from.depth) {
    tile.store_to(partial, kWidth);
  } else {
    epilogue.template finish<kRows, kPanels>(tile, row, panel);
  }
}

// Picks the instantiation for 1..kMR rows.
template <class T, bool kAcross, bool kFetch, bool kGroup, class Epilogue, int kRows = kMR>
inline void pick_tile(int rows, const Operands<T>& from, const Epilogue& epilogue, Index row,
                      Index panel, Index start, Index depth, T* partial, Prefetch& prefetch) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return pick_tile<T, kAcross, kFetch, kGroup, Epilogue, kRows - 1>(
          rows, from, epilogue, row, panel, start, depth, partial, prefetch);
    }
  }
  run_tile<T, kAcross, kFetch, kRows, kGroup ? tile_panels(kRows) : 1>(
      from, epilogue, row, panel, start, depth, partial, prefetch);
}

// The block of weights after this one: of the same panels, or of the next group's.
template <class T>
inline Prefetch next_block(const Operands<T>& from, Index panel, Index width, Index n_panels,
                           Index next, Index calls) {
  Prefetch prefetch;
  if (next == from.depth) {
    next = 0;
    panel += width;
  }
  for (Index j = panel; j < panel + width && j < n_panels; ++j)
    prefetch.add(from.b + j * from.b_panel + next * from.b_step,
                 block_depth(from.depth - next) * kCacheLine);
  prefetch.spread(calls);
  return prefetch;
}

// All panels x rows of one product. Rows are split evenly: 32 = 6,6,5,5,5,5 rather than 6,...,2.
// With kFetch, `prefetch` comes in meanwhile, or where the caller has none, the next block of b.
template <class T, bool kAcross, bool kFetch, class Epilogue>
[[gnu::noinline]] void product_of_tiles(const Operands<T>& from, Index rows, Index n_panels,
                                        Epilogue epilogue, Prefetch& prefetch) {
  // Fewer rows than kMR may have more panels, but then fewer sums.
  alignas(64) T partial[kMC * kPanel<T> * tile_panels(kMR)];
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
        const Index depth = block_depth(from.depth - start);
        if constexpr (kFetch && !kAcross) {
          prefetch = next_block(from, panel, grouped ? group : 1, n_panels, start + depth,
                                n_tiles * chunks_of(depth));
        }
        Index row = top;
        for (Index tile = 0; tile < n_tiles; ++tile) {
          const int size = static_cast<int>(base + (tile < longer));
          T* kept = partial + (row - top) * kPanel<T> * group;
          if (grouped) {
            pick_tile<T, kAcross, kFetch, true>(size, from, epilogue, row, panel, start, depth,
                                                kept, prefetch);
          } else {
            pick_tile<T, kAcross, kFetch, false>(size, from, epilogue, row, panel, start, depth,
                                                 kept, prefetch);
          }
          row += size;
        }
        start += depth;
      } while (start < from.depth);
      panel += grouped ? group : 1;
    }
  }
}

// A small network's product. Out of line, so that nothing larger is prepared for it.
template <class T, bool kAcross, class Epilogue, int kRows>
[[gnu::noinline]] void product_of_one_tile(const Operands<T>& from, Epilogue epilogue) {
  Tile<T, kRows, 1> tile;
  tile.clear();
  tile.template accumulate<kAcross>(from.a, from.a_stride, from.b, from.b_step, from.b_panel,
                                    from.depth);
  epilogue.template finish<kRows, 1>(tile, 0, 0);
}

template <class T, bool kAcross, class Epilogue, int kLeast = 1, int kMost = kMR>
inline void pick_one_tile(Index rows, const Operands<T>& from, const Epilogue& epilogue) {
  if constexpr (kLeast == kMost) {
    product_of_one_tile<T, kAcross, Epilogue, kLeast>(from, epilogue);
  } else {
    constexpr int kMiddle = (kLeast + kMost) / 2;
    if (rows <= kMiddle) {
      pick_one_tile<T, kAcross, Epilogue, kLeast, kMiddle>(rows, from, epilogue);
    } else {
      pick_one_tile<T, kAcross, Epilogue, kMiddle + 1, kMost>(rows, from, epilogue);
    }
  }
}

template <class T, bool kAcross, class Epilogue>
inline void product(const Operands<T>& from, Index rows, Index n_panels, const Epilogue& epilogue,
                    bool fetch, Prefetch& prefetch) {
  if (rows <= kMR && n_panels == 1 && from.depth < kKC) {
    pick_one_tile<T, kAcross>(rows, from, epilogue);
  } else if (fetch) {
    product_of_tiles<T, kAcross, true>(from, rows, n_panels, epilogue, prefetch);
  } else {
    product_of_tiles<T, kAcross, false>(from, rows, n_panels, epilogue, prefetch);
  }
}

template <class T>
void forward_product(const ForwardArgs<T>& args) {
  const Operands<T> from{args.x,    args.x_stride,     args.weights,
                         kPanel<T>, args.panel_stride, args.n_in};
  Prefetch prefetch;
  product<T, false>(from, args.rows, args.n_panels, ForwardEpilogue<T>{args},
                    args.n_in * args.n_panels * kCacheLine >= kFetchFrom, prefetch);
}

template <class T>
void backward_data_product(const BackwardArgs<T>& args) {
  const Operands<T> from{args.delta, args.delta_stride, args.weights_t,
                         kPanel<T>,  args.panel_stride, args.n_out};
  Prefetch prefetch;
  product<T, false>(from, args.rows, args.n_panels, BackwardEpilogue<T>{args},
                    args.n_out * args.n_panels * kCacheLine >= kFetchFrom, prefetch);
}

template <class T>
void weight_gradient_product(const GradientArgs<T>& args) {
  const Operands<T> from{args.x + args.first, args.x_stride, args.delta,
                         args.delta_stride,   kPanel<T>,     args.batch};
  const Index rows = args.last - args.first;
  Prefetch prefetch;
  for (int i = 0; i < args.n_runs; ++i) prefetch.add(args.runs[i].from, args.runs[i].bytes);
  constexpr Index kGroup = tile_panels(kMR);
  if (args.n_runs > 0)
    prefetch.spread((rows + kMR - 1) / kMR * ((args.n_panels + kGroup - 1) / kGroup) *
                    chunks_of(args.batch));
  product<T, true>(from, rows, args.n_panels, GradientEpilogue<T>{args}, args.n_runs > 0, prefetch);
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
