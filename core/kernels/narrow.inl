// SPDX-License-Identifier: Apache-2.0
// The forward product of a layer with at most kNarrowOutputs outputs: a dot product an output,
// inputs in the lanes, so that no lane idles. A row's sum does not depend on the rows beside it.

template <class T, int kOutputs>
inline void narrow_rows(const ForwardArgs<T>& args) {
  // Rows at once, so that about 8 sums are under way.
  constexpr int kRows = kOutputs * kParts >= 8 ? 1 : 8 / (kOutputs * kParts);
  for (Index top = 0; top < args.rows; top += kRows) {
    Vector<T> sums[kRows][kOutputs][kParts] = {};
    const Index last = args.rows - 1;
    for (Index panel = 0; panel < args.n_panels; ++panel) {
      const T* w = args.weights + panel * args.panel_stride;
#pragma GCC unroll 8
      for (int i = 0; i < kRows; ++i) {
        const Index row = top + i < last ? top + i : last;  // beyond the end, the last row again
        const T* x = args.x + row * args.x_stride + panel * kPanel<T>;
#pragma GCC unroll 4
        for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 4
          for (int part = 0; part < kParts; ++part)
            sums[i][j][part] = fma(load<T>(x + part * kLanes<T>),
                                   load<T>(w + j * kPanel<T> + part * kLanes<T>), sums[i][j][part]);
      }
    }
    for (int i = 0; i < kRows && top + i < args.rows; ++i) {
      T z[kPanel<T>] = {};
      for (int j = 0; j < kOutputs; ++j) z[j] = sum_panel<T>(sums[i][j]);
      const Index at = (top + i) * args.stride;
      T* to = args.z != nullptr ? args.z : args.a;
      for (Index j = 0; j < kPanel<T>; j += kLanes<T>) {
        store<T>(z + j, fma(load<T>(z + j), broadcast<T>(args.alpha), load<T>(args.bias + j)));
        store<T>(to + at + j, load<T>(z + j));
      }
      const bool only_a = to == args.a && args.slope == nullptr && args.blend == nullptr;
      if (only_a && args.activation == Activation::identity) continue;
      T* slope = args.slope != nullptr ? args.slope + at : nullptr;
      activate<T>(args.activation, to + at, args.a + at, slope, args.stride, 1, kPanel<T>);
      if (args.blend == nullptr) continue;
      blend_block<T>(z, kPanel<T>, args.blend, args.a + at, slope,
                     args.residual != nullptr ? args.residual + at : nullptr, args.stride, 1,
                     kPanel<T>);
    }
  }
}

template <class T>
void narrow_forward_product(const ForwardArgs<T>& args, Index n_out) {
  switch (n_out) {
    case 1: return narrow_rows<T, 1>(args);
    case 2: return narrow_rows<T, 2>(args);
    case 3: return narrow_rows<T, 3>(args);
    default: return narrow_rows<T, kNarrowOutputs>(args);
  }
}
