// SPDX-License-Identifier: Apache-2.0
// A product's rows for a group of neighbouring panels, in tiles. Loops, outside in: PC block of the
// summed index, chain, IR tile of rows: a chain over the batch has its rows in L1 for all tiles.
// Weights too large for L3 are fetched a block ahead.

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

// Rows of a product that share a group of so many panels, whose partial sums wait between PC
// blocks. Groups wider than the main one have one tile. Where rows are input units, sums wait in
// double, and a task has as many.
template <Over kOver>
constexpr Index most_rows(int panels) {
  if (panels > kMainPanels) return tile_rows(panels);
  return kOver == Over::chains ? 48 : 264;
}

// Panels of the next group, when so many are left: those of the main tile or, where there are no
// more rows than a wider tile has, of that.
inline int tile_panels(Index rows, Index left) {
  for (int panels = kMostPanels; panels > kMainPanels; --panels)
    if (panels <= left && rows <= tile_rows(panels)) return panels;
  int panels = kMainPanels;
  while (panels > left || tile_rows(panels) == 0) --panels;
  return panels;
}

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

// Where a call's part of the summed index lies: at the ends of the whole, and of its PC block.
struct Span {
  Index start;
  Index depth;
  bool first, last;              // of the whole
  bool first_chain, last_chain;  // of the block, where it is summed in chains
};

// One tile over the whole summed index, or over one PC block or chain of it with `partial` sums
// between blocks and `sums` between chains.
template <class T, Over kOver, bool kFetch, int kRows, int kPanels, class Epilogue>
inline void run_tile(const Operands<T>& from, const Epilogue& epilogue, Index row, Index panel,
                     const Span& span, Partial<T, kOver>* partial, T* sums, Prefetch& prefetch) {
  Tile<T, kRows, kPanels> tile;
  constexpr Index kWidth = kPanels * kPanel<T>;
  tile.clear();
  if constexpr (kOver != Over::chains) {
    if (!span.first) tile.load_from(partial, kWidth);
  }
  run_chain<T, kOver != Over::units, kFetch>(tile, from, row, panel, span.start, span.depth,
                                             prefetch);
  if constexpr (kOver == Over::chains) {
    if (!span.first_chain) tile.add(sums, kWidth);
    if (!span.last_chain) return tile.store_to(sums, kWidth);
    if (!(span.first && span.last)) {
      tile.store_to(sums, kWidth);
      carry(sums, partial, kRows * kWidth, span.first, span.last);
      if (span.last) tile.load_from(sums, kWidth);
    }
  } else if (!span.last) {
    tile.store_to(partial, kWidth);
  }
  if (span.last) epilogue.template finish<kRows, kPanels>(tile, row, panel);
}

// Picks the instantiation for the rows of a tile.
template <class T, Over kOver, bool kFetch, int kPanels, class Epilogue,
          int kRows = tile_rows(kPanels)>
inline void pick_tile(Index rows, const Operands<T>& from, const Epilogue& epilogue, Index row,
                      Index panel, const Span& span, Partial<T, kOver>* partial, T* sums,
                      Prefetch& prefetch) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return pick_tile<T, kOver, kFetch, kPanels, Epilogue, kRows - 1>(
          rows, from, epilogue, row, panel, span, partial, sums, prefetch);
    }
  }
  run_tile<T, kOver, kFetch, kRows, kPanels>(from, epilogue, row, panel, span, partial, sums,
                                             prefetch);
}

// Rows of the tiles that cover so many: 32 = 6,6,5,5,5,5 rather than 6,...,2.
struct EvenRows {
  Index n_tiles, base, longer;

  EvenRows(Index rows, Index most)
      : n_tiles((rows + most - 1) / most), base(rows / n_tiles), longer(rows % n_tiles) {}
  Index of(Index tile) const { return base + (tile < longer); }
};

// Most summed units of a PC block of so many panels.
constexpr Index units_of(int panels) { return panels > 2 ? kKC / 2 : kKC; }

// The block of weights after this one: of the same panels, or of the next group's.
template <class T>
inline Prefetch next_block(const Operands<T>& from, Index panel, int width, Index n_panels,
                           Index next, Index calls) {
  Prefetch prefetch;
  if (next == from.depth) {
    next = 0;
    panel += width;
  }
  for (Index j = panel; j < panel + width && j < n_panels; ++j)
    prefetch.add(from.b + j * from.b_panel + next * from.b_step,
                 block_depth(from.depth - next, units_of(width)) * kCacheLine);
  prefetch.spread(calls);
  return prefetch;
}

// A group of panels of rows top..top+height-1.
template <class T, Over kOver, bool kFetch, int kPanels, class Epilogue>
[[gnu::noinline]] void product_of_group(const Operands<T>& from, const Epilogue& epilogue,
                                        Index top, Index height, Index panel, Index n_panels,
                                        Prefetch& prefetch) {
  constexpr Index kWidth = kPanel<T> * kPanels;
  constexpr Index kKept = most_rows<kOver>(kPanels) * kWidth;
  alignas(64) Partial<T, kOver> partial[kKept];
  alignas(64) T sums[kOver == Over::chains ? kKept : 1];
  const EvenRows rows(height, tile_rows(kPanels));
  Span span{};
  do {
    const Index block =
        block_depth(from.depth - span.start, kOver == Over::units ? units_of(kPanels) : kKC);
    const Index end = span.start + block;
    if constexpr (kFetch && kOver == Over::units) {
      prefetch = next_block(from, panel, kPanels, n_panels, end, rows.n_tiles * chunks_of(block));
    }
    span.first = span.start == 0;
    span.last = end == from.depth;
    span.first_chain = true;
    do {
      span.depth = kOver == Over::chains ? chain_depth(end - span.start) : block;
      span.last_chain = span.start + span.depth == end;
      Index row = 0;
      for (Index tile = 0; tile < rows.n_tiles; ++tile) {
        const Index at = kOver == Over::chains ? row * kWidth : 0;
        pick_tile<T, kOver, kFetch, kPanels>(rows.of(tile), from, epilogue, top + row, panel, span,
                                             partial + row * kWidth, sums + at, prefetch);
        row += rows.of(tile);
      }
      span.start += span.depth;
      span.first_chain = false;
    } while (span.start < end);
  } while (span.start < from.depth);
}

// Picks the instantiation for the panels of a group.
template <class T, Over kOver, bool kFetch, class Epilogue, int kPanels = kMostPanels>
inline void pick_group(int panels, const Operands<T>& from, const Epilogue& epilogue, Index top,
                       Index height, Index panel, Index n_panels, Prefetch& prefetch) {
  if constexpr (kPanels > 1) {
    if (panels < kPanels)
      return pick_group<T, kOver, kFetch, Epilogue, kPanels - 1>(panels, from, epilogue, top,
                                                                 height, panel, n_panels, prefetch);
  }
  if constexpr (tile_rows(kPanels) > 0)
    product_of_group<T, kOver, kFetch, kPanels>(from, epilogue, top, height, panel, n_panels,
                                                prefetch);
}
