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
// Groups of panels (JR) follow one another for a block of rows (MC).

template <class T>
inline Operands<T> operands_of(const ForwardArgs<T>& args) {
  return {args.x, args.x_stride, args.weights, kPanel<T>, args.panel_stride, args.n_in};
}

template <class T>
inline Operands<T> operands_of(const BackwardArgs<T>& args) {
  return {args.delta, args.delta_stride, args.weights_t, kPanel<T>, args.panel_stride, args.n_out};
}

// All panels x rows of one product. With kFetch, `prefetch` comes in meanwhile, or where the caller
// has none, the next block of b.
template <class T, Over kOver, bool kFetch, class Epilogue>
[[gnu::noinline]] void product_of_tiles(const Operands<T>& from, Index rows, Index n_panels,
                                        Epilogue epilogue, Prefetch& prefetch) {
  constexpr Index kMost = most_rows<kOver>(kMainPanels);
  for (Index top = 0; top < rows; top += kMost) {
    const Index height = rows - top < kMost ? rows - top : kMost;
    for (Index panel = 0; panel < n_panels;) {
      const int panels = tile_panels(height, n_panels - panel);
      pick_group<T, kOver, kFetch>(panels, from, epilogue, top, height, panel, n_panels, prefetch);
      panel += panels;
    }
  }
}

// A small network's product. Out of line, so that nothing larger is prepared for it.
template <class T, Over kOver, class Epilogue, int kRows>
[[gnu::noinline]] void product_of_one_tile(const Operands<T>& from, Epilogue epilogue) {
  Prefetch nothing;
  const Span whole{0, from.depth, true, true, true, true};
  run_tile<T, kOver, false, kRows, 1>(from, epilogue, 0, 0, whole, nullptr, nullptr, nothing);
}

template <class T, Over kOver, class Epilogue, int kLeast = 1, int kMost = tile_rows(1)>
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
  // Chains are cut by the batch alone, and a tile has as many rows as the registers allow.
  constexpr bool kMayBeOneTile = kServesSmall && kOver != Over::chains;
  if (kMayBeOneTile && rows <= tile_rows(1) && n_panels == 1 && from.depth < kKC) {
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
  if (args.n_runs > 0) {
    Index n_tiles = 0;
    for (Index panel = 0; panel < args.n_panels;) {
      const int panels = tile_panels(rows, args.n_panels - panel);
      n_tiles += EvenRows(rows, tile_rows(panels)).n_tiles;
      panel += panels;
    }
    prefetch.spread(n_tiles * chunks_of(args.batch));
  }
  const GradientEpilogue<T> epilogue{args};
  if constexpr (kChained<T>) {
    if (!kServesSmall || chain_depth(args.batch) < args.batch)
      return product<T, Over::chains>(from, rows, args.n_panels, epilogue, args.n_runs > 0,
                                      prefetch);
  }
  product<T, Over::rows>(from, rows, args.n_panels, epilogue, args.n_runs > 0, prefetch);
}
