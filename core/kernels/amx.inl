// SPDX-License-Identifier: Apache-2.0
// The products of pairs in the tiles of AMX, 16 rows of 64 bytes each:
//
//   sums[i][j] += sum over 16 words p of a[i][p] . b[p][j]      a, b pairs of bfloat16
//
// The hardware adds up the lower halves of the words in ascending order, and the upper ones, and
// then both to the sum. What is left of the summed index behind whole tiles, vectors finish, word
// by word; so an element's bits depend neither on the rows beside it nor on the thread. Along a
// batch, sums over 1,024 rows each are added up in double. Four tiles hold the sums of 32 rows x 2
// panels; two each hold their a and b.

inline constexpr Index kTileRows = 16;
inline constexpr Index kTileWords = 16;
inline constexpr Index kBlockRows = 2 * kTileRows;
// Rows that vectors finish at a time.
inline constexpr int kFinishedRows = 8;
// Tiles along a batch whose sums stay in float; beyond, they are added up in double.
inline constexpr Index kChainedTiles = 32;

inline Index blocks_of(Index rows) { return (rows + kBlockRows - 1) / kBlockRows; }

// Calls of fetch() in a block.
inline Index fetches_of(Index depth) { return depth < kTileWords ? 1 : depth / kTileWords; }

// What the hardware reads of the shape of each tile.
struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t first_row = 0;
  std::uint8_t unused[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};

// Shapes the tiles for a block of 1 to 32 rows: 16 in the upper ones, the rest in the lower.
inline void shape_tiles(Index rows) {
  const auto upper = static_cast<std::uint8_t>(rows < kTileRows ? rows : kTileRows);
  const auto lower = static_cast<std::uint8_t>(rows > kTileRows ? rows - kTileRows : kTileRows);
  TileShapes shapes;
  for (int tile = 0; tile < 8; ++tile) {
    shapes.row_bytes[tile] = kCacheLine;
    shapes.rows[tile] = tile >= 6 ? kTileRows : tile == 2 || tile == 3 || tile == 5 ? lower : upper;
  }
  // Compilers do not know that the instruction reads all of it.
  asm volatile("" : : "r"(&shapes) : "memory");
  _tile_loadconfig(&shapes);
}

// The sums of a block over `n_tiles` tiles of words from `start` on, to [32][kPanels * P].
template <int kPanels, bool kLower, bool kFetch>
[[gnu::always_inline]] inline void multiply_tiles(const Operands<float>& from, Index row,
                                                  Index panel, Index start, Index n_tiles,
                                                  float* sums, Prefetch& prefetch) {
  constexpr Index kWidth = kPanels * kPanel<float>;
  const float* a = from.a + row * from.a_stride + start;
  const float* b = from.b + panel * from.b_panel + start * from.b_step;
  const auto bytes = [](Index words) { return static_cast<std::size_t>(words) * sizeof(float); };
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (Index tile = 0; tile < n_tiles; ++tile) {
    if constexpr (kFetch) prefetch.fetch();
    _tile_loadd(6, b, bytes(from.b_step));
    _tile_loadd(4, a, bytes(from.a_stride));
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (kPanels == 2) {
      _tile_loadd(7, b + from.b_panel, bytes(from.b_step));
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (kLower) {
      _tile_loadd(5, a + kTileRows * from.a_stride, bytes(from.a_stride));
      _tile_dpbf16ps(2, 5, 6);
      if constexpr (kPanels == 2) _tile_dpbf16ps(3, 5, 7);
    }
    a += kTileWords;
    b += kTileWords * from.b_step;
  }
  _tile_stored(0, sums, bytes(kWidth));
  if constexpr (kPanels == 2) _tile_stored(1, sums + kPanel<float>, bytes(kWidth));
  if constexpr (kLower) {
    float* lower = sums + kTileRows * kWidth;
    _tile_stored(2, lower, bytes(kWidth));
    if constexpr (kPanels == 2) _tile_stored(3, lower + kPanel<float>, bytes(kWidth));
  }
}

// Sums over the first `done` words become those over all, and what the epilogue makes of them.
template <int kRows, int kPanels, class Epilogue>
inline void finish_sums(const Operands<float>& from, const Epilogue& epilogue, const float* sums,
                        Index row, Index panel, Index done) {
  Tile<float, kRows, kPanels> tile;
  if (done > 0) {
    tile.load_from(sums, kPanels * kPanel<float>);
  } else {
    tile.clear();
  }
  tile.template accumulate<false>(from.a + row * from.a_stride + done, from.a_stride,
                                  from.b + panel * from.b_panel + done * from.b_step, from.b_step,
                                  from.b_panel, from.depth - done);
  epilogue.template finish<kRows, kPanels>(tile, row, panel);
}

// One block of 1 to 32 rows and one or two panels, for which the tiles are shaped.
template <Over kOver, int kPanels, bool kFetch, class Epilogue>
[[gnu::noinline]] void run_block(const Operands<float>& from, const Epilogue& epilogue, Index row,
                                 Index rows, Index panel, Prefetch& prefetch) {
  constexpr Index kWidth = kPanels * kPanel<float>;
  alignas(64) float sums[kBlockRows * kWidth];
  alignas(64) double totals[kOver == Over::units ? 1 : kBlockRows * kWidth];
  const Index n_tiles = from.depth / kTileWords, done = n_tiles * kTileWords;
  const Index most = kOver == Over::units ? n_tiles : kChainedTiles;
  for (Index tile = 0; tile < n_tiles; tile += most) {
    const Index start = tile * kTileWords, n = n_tiles - tile < most ? n_tiles - tile : most;
    if (rows > kTileRows) {
      multiply_tiles<kPanels, true, kFetch>(from, row, panel, start, n, sums, prefetch);
    } else {
      multiply_tiles<kPanels, false, kFetch>(from, row, panel, start, n, sums, prefetch);
    }
    if (n < n_tiles) carry(sums, totals, rows * kWidth, tile == 0, tile + n == n_tiles);
  }
  if (kFetch && n_tiles == 0) prefetch.fetch();
  Index i = 0;
  for (; i + kFinishedRows <= rows; i += kFinishedRows)
    finish_sums<kFinishedRows, kPanels>(from, epilogue, sums + i * kWidth, row + i, panel, done);
  for (; i < rows; ++i)
    finish_sums<1, kPanels>(from, epilogue, sums + i * kWidth, row + i, panel, done);
}

// The panels behind these two come in meanwhile.
inline Prefetch next_panels(const Operands<float>& from, Index panel, Index n_panels, Index calls) {
  Prefetch prefetch;
  for (Index j = panel + 2; j < panel + 4 && j < n_panels; ++j)
    prefetch.add(from.b + j * from.b_panel, from.depth * kCacheLine);
  prefetch.spread(calls);
  return prefetch;
}

// All panels x rows of one product. With kFetch, `prefetch` comes in meanwhile, or where the caller
// has none, the next panels of b.
template <Over kOver, bool kFetch, class Epilogue>
[[gnu::noinline]] void product_of_blocks(const Operands<float>& from, Index rows, Index n_panels,
                                         const Epilogue& epilogue, Prefetch& prefetch) {
  Index shaped = 0;
  for (Index panel = 0; panel < n_panels; panel += 2) {
    if constexpr (kFetch && kOver == Over::units)
      prefetch = next_panels(from, panel, n_panels, blocks_of(rows) * fetches_of(from.depth));
    for (Index row = 0; row < rows; row += kBlockRows) {
      const Index n = rows - row < kBlockRows ? rows - row : kBlockRows;
      if (n != shaped) shape_tiles(shaped = n);
      if (panel + 1 < n_panels) {
        run_block<kOver, 2, kFetch>(from, epilogue, row, n, panel, prefetch);
      } else {
        run_block<kOver, 1, kFetch>(from, epilogue, row, n, panel, prefetch);
      }
    }
  }
  _tile_release();  // so that nobody has to save them
}

void forward_in_tiles(const ForwardArgs<float>& args) {
  Prefetch prefetch;
  product_of_blocks<Over::units, true>(operands_of(args), args.rows, args.n_panels,
                                       ForwardEpilogue<float>{args}, prefetch);
}

void backward_data_in_tiles(const BackwardArgs<float>& args) {
  Prefetch prefetch;
  product_of_blocks<Over::units, true>(operands_of(args), args.rows, args.n_panels,
                                       BackwardEpilogue<float>{args}, prefetch);
}

// x lies by unit here: [n_in][x_stride], pairs of rows.
void weight_gradient_in_tiles(const GradientArgs<float>& args) {
  const Operands<float> from{args.x + args.first * args.x_stride,
                             args.x_stride,
                             args.delta,
                             args.delta_stride,
                             kPanel<float>,
                             args.batch};
  const Index rows = args.last - args.first;
  Prefetch prefetch;
  for (int i = 0; i < args.n_runs; ++i) prefetch.add(args.runs[i].from, args.runs[i].bytes);
  const GradientEpilogue<float> epilogue{args};
  if (args.n_runs == 0)
    return product_of_blocks<Over::rows, false>(from, rows, args.n_panels, epilogue, prefetch);
  prefetch.spread(blocks_of(rows) * ((args.n_panels + 1) / 2) * fetches_of(args.batch));
  product_of_blocks<Over::rows, true>(from, rows, args.n_panels, epilogue, prefetch);
}

// to[j][r] = (from[2r][j], from[2r + 1][j]); words of `to` beside these rows stay as they are.
void pair_rows_by_unit(const float* from, Index stride, Index rows, Index width, float* to,
                       Index to_stride) {
  constexpr Index P = kPanel<float>;
  alignas(64) float words[P * P] = {}, by_unit[P * P];
  for (Index row = 0; row < rows; row += 2 * P) {
    const Index n = rows - row < 2 * P ? rows - row : 2 * P;
    const auto some = static_cast<__mmask16>((1u << pairs_of(n)) - 1);
    for (Index j = 0; j < width; j += P) {
      const Index n_units = width - j < P ? width - j : P;
      pair_rows(from + row * stride + j, stride, n, n_units, words, P);
      gather_some<float, true>(words, P, P, P, by_unit, P);
      for (Index unit = 0; unit < n_units; ++unit)
        _mm512_mask_storeu_ps(to + (j + unit) * to_stride + row / 2, some,
                              _mm512_load_ps(by_unit + unit * P));
    }
  }
}
