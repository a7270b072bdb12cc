// SPDX-License-Identifier: Apache-2.0
// The forward product of a layer with at most kSkinnyOutputs outputs: a dot product an output,
// inputs in the lanes, so that no lane idles. A row's sum does not depend on the rows beside it.

// Of kLanes sums, kStep a row: those of row kRow, then zeros.
template <class T, int kStep, int kRow>
struct SumsOfRow {
  static constexpr int of(int lane) {
    return lane < kStep ? kRow * kStep + lane : kLanes<T> + lane;
  }
};

// z of rows top, top + 1, ... from their sums, kStep a row.
template <class T, int kStep, int kRow = 0>
inline void finish_skinny_rows(const ForwardArgs<T>& args, const Vector<T>* sums, Index top) {
  const Vector<T> alpha = broadcast<T>(args.alpha);
  T* to = args.out.a + (top + kRow) * args.out.stride;
  constexpr int kUsed = kStep > kLanes<T> ? kStep / kLanes<T> : 1;  // vectors of a row's panel
  if constexpr (kUsed > 1) {
#pragma GCC unroll 4
    for (int part = 0; part < kUsed; ++part)
      store<T>(to + part * kLanes<T>,
               fma(sums[part], alpha, load<T>(args.bias + part * kLanes<T>)));
  } else {
    const Vector<T> row =
        shuffle_lanes<SumsOfRow<T, kStep, kRow>>(sums[0], Vector<T>{}, Upto<kLanes<T>>{});
    store<T>(to, fma(row, alpha, load<T>(args.bias)));
  }
#pragma GCC unroll 4
  for (int part = kUsed; part < kParts; ++part) store<T>(to + part * kLanes<T>, Vector<T>{});
  if constexpr ((kRow + 1) * kStep < kLanes<T>) {
    if (top + kRow + 1 < args.rows) finish_skinny_rows<T, kStep, kRow + 1>(args, sums, top);
  }
}

template <class T, int kOutputs>
inline void skinny_rows(const ForwardArgs<T>& args) {
  constexpr int kStep = kOutputs == 3 ? 4 : kOutputs;
  // As many rows as fill a vector with their sums; of those, so many at once that registers hold
  // the sums under way.
  constexpr int kRows = kStep < kLanes<T> ? kLanes<T> / kStep : 1;
  constexpr int kWanted = (tile_rows(1) >= 12 ? 16 : 8) / (kOutputs * kParts);
  constexpr int kAtOnce = kWanted < 1 ? 1 : kWanted < kRows ? kWanted : kRows;
  const Index last = args.rows - 1;
  for (Index top = 0; top < args.rows; top += kRows) {
    Vector<T> totals[kRows * kStep] = {};
#pragma GCC unroll 16
    for (int group = 0; group < kRows; group += kAtOnce) {
      Vector<T> sums[kAtOnce][kOutputs][kParts] = {};
      for (Index panel = 0; panel < args.n_panels; ++panel) {
        const T* w = args.weights + panel * args.panel_stride;
#pragma GCC unroll 16
        for (int i = 0; i < kAtOnce; ++i) {
          const Index row = top + group + i < last ? top + group + i : last;  // or the last again
          const T* x = args.x + row * args.x_stride + panel * kPanel<T>;
#pragma GCC unroll 4
          for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 4
            for (int part = 0; part < kParts; ++part)
              sums[i][j][part] =
                  fma(load<T>(x + part * kLanes<T>), load<T>(w + j * kPanel<T> + part * kLanes<T>),
                      sums[i][j][part]);
        }
      }
#pragma GCC unroll 16
      for (int i = 0; i < kAtOnce; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < kOutputs; ++j)
          totals[(group + i) * kStep + j] = fold_parts<T>(sums[i][j]);
    }
    Vector<T> folded[kRows * kStep / kLanes<T>];
#pragma GCC unroll 2
    for (int i = 0; i < kRows * kStep / kLanes<T>; ++i)
      folded[i] = fold_lanes<T>(totals + i * kLanes<T>);
    finish_skinny_rows<T, kStep>(args, folded, top);
    const Index n = args.rows - top < kRows ? args.rows - top : kRows;
    if (is_only<T>(args.out, ActivationKind::identity)) continue;
    finish_activation<T>(args.out, args.out.a, top, 0, n, kPanel<T>);
  }
}

template <class T>
void skinny_forward_product(const ForwardArgs<T>& args, Index n_out) {
  switch (n_out) {
    case 1: return skinny_rows<T, 1>(args);
    case 2: return skinny_rows<T, 2>(args);
    case 3: return skinny_rows<T, 3>(args);
    default: return skinny_rows<T, kSkinnyOutputs>(args);
  }
}
