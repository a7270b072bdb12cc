// SPDX-License-Identifier: Apache-2.0
// The three matrix products of backpropagation from one register tile:
//
//   forward            z     = x W^T + b      streams panels of W,   broadcasts rows of x
//   backward data      below = delta W        streams panels of WT,  broadcasts rows of delta
//   backward weights   dW    = delta^T x      streams columns of delta over the batch, broadcasts x
//
// An element of the first two is one chain of FMAs from 0 over the summed index in ascending order,
// one of the third the sum of such chains that sums.inl describes; so neither the tile, nor the
// thread that computes it changes a bit.
// Loops, outside in: JR panel group, PC block of the summed index, IR tile of rows. Weights too
// large for L3 are fetched a block ahead.

// Rows of partial sums kept between PC blocks.
inline constexpr Index kMC = 264;
// The same where they are input units and the sums wait in double: as many as a task has.
inline constexpr Index kMCAcross = 96;

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

template <class T>
inline Operands<T> operands_of(const ForwardArgs<T>& args) {
  return {args.x, args.x_stride, args.weights, kPanel<T>, args.panel_stride, args.n_in};
}

template <class T>
inline Operands<T> operands_of(const BackwardArgs<T>& args) {
  return {args.delta, args.delta_stride, args.weights_t, kPanel<T>, args.panel_stride, args.n_out};
}

// What is summed over: a layer's units, or the rows of a batch, beyond one chain as sums.inl says.
enum class Over { units, rows, chains };

// What partial sums are kept in between PC blocks.
template <class T, Over kOver>
struct PartialOf {
  using Type = T;
};
template <>
struct PartialOf<float, Over::chains> {
  using Type = double;
};
template <class T, Over kOver>
using Partial = typename PartialOf<T, kOver>::Type;

// Summed indices [start, start + depth) of one tile, in one chain.
template <class T, bool kAcross, bool kFetch, int kRows, int kPanels>
[[gnu::always_inline]] inline void run_chain(Tile<T, kRows, kPanels>& tile, const Operands<T>& from,
                                             Index row, Index panel, Index start, Index depth,
                                             Prefetch& prefetch) {
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
}

// The chains of a block but the last one, into `sums`; returns where that begins. Out of line, so
// that registers hold nothing but the tile.
template <class T, bool kFetch, int kRows, int kPanels>
[[gnu::noinline]] Index run_first_chains(const Operands<T>& from, Index row, Index panel,
                                         Index start, Index depth, T* sums, Prefetch& prefetch) {
  constexpr Index kWidth = kPanels * kPanel<T>;
  Index p = 0;
  for (; chain_depth(depth - p) < depth - p; p += kChain) {
    Tile<T, kRows, kPanels> tile;
    tile.clear();
    run_chain<T, true, kFetch>(tile, from, row, panel, start + p, kChain, prefetch);
    if (p > 0) tile.add(sums, kWidth);
    tile.store_to(sums, kWidth);
  }
  return start + p;
}

// One tile over the whole summed index, or over one PC block of it with `partial` sums between.
template <class T, Over kOver, bool kFetch, int kRows, int kPanels, class Epilogue>
inline void run_tile(const Operands<T>& from, const Epilogue& epilogue, Index row, Index panel,
                     Index start, Index depth, Partial<T, kOver>* partial, Prefetch& prefetch) {
  Tile<T, kRows, kPanels> tile;
  constexpr Index kWidth = kPanels * kPanel<T>;
  const bool first = start == 0, last = start + depth == from.depth;
  if constexpr (kOver == Over::chains) {
    alignas(64) T sums[kRows * kWidth];
    const Index end = start + depth;
    const bool one = !kServesSmall && chain_depth(depth) == depth;
    if (!one)
      start = run_first_chains<T, kFetch, kRows, kPanels>(from, row, panel, start, depth, sums,
                                                          prefetch);
    tile.clear();
    run_chain<T, true, kFetch>(tile, from, row, panel, start, end - start, prefetch);
    if (!one) tile.add(sums, kWidth);
    if (!(first && last)) {
      tile.store_to(sums, kWidth);
      carry(sums, partial, kRows * kWidth, first, last);
      if (last) tile.load_from(sums, kWidth);
    }
  } else {
    if (first) {
      tile.clear();
    } else {
      tile.load_from(partial, kWidth);
    }
    run_chain<T, kOver != Over::units, kFetch>(tile, from, row, panel, start, depth, prefetch);
    if (!last) tile.store_to(partial, kWidth);
  }
  if (last) epilogue.template finish<kRows, kPanels>(tile, row, panel);
}

// Picks the instantiation for 1..kMR rows.
template <class T, Over kOver, bool kFetch, bool kGroup, class Epilogue, int kRows = kMR>
inline void pick_tile(int rows, const Operands<T>& from, const Epilogue& epilogue, Index row,
                      Index panel, Index start, Index depth, Partial<T, kOver>* partial,
                      Prefetch& prefetch) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return pick_tile<T, kOver, kFetch, kGroup, Epilogue, kRows - 1>(
          rows, from, epilogue, row, panel, start, depth, partial, prefetch);
    }
  }
  run_tile<T, kOver, kFetch, kRows, kGroup ? tile_panels(kRows) : 1>(
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
template <class T, Over kOver, bool kFetch, class Epilogue>
[[gnu::noinline]] void product_of_tiles(const Operands<T>& from, Index rows, Index n_panels,
                                        Epilogue epilogue, Prefetch& prefetch) {
  // Fewer rows than kMR may have more panels, but then fewer sums.
  constexpr Index kMost = kOver == Over::chains ? kMCAcross : kMC;
  alignas(64) Partial<T, kOver> partial[kMost * kPanel<T> * tile_panels(kMR)];
  for (Index top = 0; top < rows; top += kMost) {
    const Index height = rows - top < kMost ? rows - top : kMost;
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
        if constexpr (kFetch && kOver == Over::units) {
          prefetch = next_block(from, panel, grouped ? group : 1, n_panels, start + depth,
                                n_tiles * chunks_of(depth));
        }
        Index row = top;
        for (Index tile = 0; tile < n_tiles; ++tile) {
          const int size = static_cast<int>(base + (tile < longer));
          Partial<T, kOver>* kept = partial + (row - top) * kPanel<T> * group;
          if (grouped) {
            pick_tile<T, kOver, kFetch, true>(size, from, epilogue, row, panel, start, depth, kept,
                                              prefetch);
          } else {
            pick_tile<T, kOver, kFetch, false>(size, from, epilogue, row, panel, start, depth, kept,
                                               prefetch);
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
template <class T, Over kOver, class Epilogue, int kRows>
[[gnu::noinline]] void product_of_one_tile(const Operands<T>& from, Epilogue epilogue) {
  Prefetch nothing;
  run_tile<T, kOver, false, kRows, 1>(from, epilogue, 0, 0, 0, from.depth, nullptr, nothing);
}

template <class T, Over kOver, class Epilogue, int kLeast = 1, int kMost = kMR>
inline void pick_one_tile(Index rows, const Operands<T>& from, const Epilogue& epilogue) {
  if constexpr (kLeast == kMost) {
    product_of_one_tile<T, kOver, Epilogue, kLeast>(from, epilogue);
  } else {
    constexpr int kMiddle = (kLeast + kMost) / 2;
    if (rows <= kMiddle) {
      pick_one_tile<T, kOver, Epilogue, kLeast, kMiddle>(rows, from, epilogue);
    } else {
      pick_one_tile<T, kOver, Epilogue, kMiddle + 1, kMost>(rows, from, epilogue);
    }
  }
}

template <class T, Over kOver, class Epilogue>
inline void product(const Operands<T>& from, Index rows, Index n_panels, const Epilogue& epilogue,
                    bool fetch, Prefetch& prefetch) {
  if (kServesSmall && rows <= kMR && n_panels == 1 && from.depth < kKC) {
    pick_one_tile<T, kOver>(rows, from, epilogue);
  } else if (fetch) {
    product_of_tiles<T, kOver, true>(from, rows, n_panels, epilogue, prefetch);
  } else {
    product_of_tiles<T, kOver, false>(from, rows, n_panels, epilogue, prefetch);
  }
}

template <class T>
void forward_product(const ForwardArgs<T>& args) {
  Prefetch prefetch;
  product<T, Over::units>(operands_of(args), args.rows, args.n_panels, ForwardEpilogue<T>{args},
                          args.n_in * args.n_panels * kCacheLine >= kFetchFrom, prefetch);
}

template <class T>
void backward_data_product(const BackwardArgs<T>& args) {
  Prefetch prefetch;
  product<T, Over::units>(operands_of(args), args.rows, args.n_panels, BackwardEpilogue<T>{args},
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
  const GradientEpilogue<T> epilogue{args};
  if constexpr (kChained<T>) {
    if (!kServesSmall || chain_depth(args.batch) < args.batch)
      return product<T, Over::chains>(from, rows, args.n_panels, epilogue, args.n_runs > 0,
                                      prefetch);
  }
  product<T, Over::rows>(from, rows, args.n_panels, epilogue, args.n_runs > 0, prefetch);
}
