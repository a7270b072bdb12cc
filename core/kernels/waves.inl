// SPDX-License-Identifier: Apache-2.0
// Numbers as waves: out_m = sum_k mix_mk cos(2 pi freq_k x + phase_k) + shift_m, and x itself.
// Rows lie in the lanes. With delta_m = dl/dout_m, c = cos u, s = sin u, g_k = sum_m mix_mk
// delta_m:
//
//   dmix_mk = delta_m c_k   dshift_m = delta_m   dphase_k = -g_k s_k   dfreq_k = -2 pi x g_k s_k
//
// summed over the batch in kPanel lanes and one tree, so that no vector width changes a bit.

inline constexpr double kTurn = 6.283185307179586;

// Whole turns of freq_k x + phase_k / (2 pi).
template <class T>
inline Vector<T> turns_of(const WavePlaces<T>& column, Index k, Vector<T> x) {
  const T phase = column.phase[k] * T(1 / kTurn);
  return fma(broadcast<T>(column.freq[k]), x, broadcast<T>(phase));
}

// kOutputs 0 stands for any number of them.
template <class T, int kOutputs>
inline void wave_rows(const WaveForwardArgs<T>& args) {
  const WavePlaces<T>& column = args.column;
  const Index n_outputs = kOutputs > 0 ? kOutputs : column.outputs;
  for (Index top = 0; top < args.rows; top += kLanes<T>) {
    const Index n = args.rows - top < kLanes<T> ? args.rows - top : Index{kLanes<T>};
    T lanes[kLanes<T>] = {};
    for (Index i = 0; i < n; ++i) lanes[i] = args.x[(top + i) * args.x_stride];
    const Vector<T> x = load<T>(lanes);
    Vector<T> sums[kWaveOutputs] = {};
    for (Index k = 0; k < column.frequencies; ++k) {
      const Vector<T> c = cos2pi_of<T>(turns_of<T>(column, k, x));
#pragma GCC unroll 4
      for (Index m = 0; m < n_outputs; ++m)
        sums[m] = fma(broadcast<T>(column.mix[m * column.mix_stride + k]), c, sums[m]);
    }
    for (Index m = 0; m < n_outputs; ++m) {
      T out[kLanes<T>];
      store<T>(out, sums[m] + column.shift[m]);
      for (Index i = 0; i < n; ++i) args.out[(top + i) * args.out_stride + m] = out[i];
    }
    for (Index i = 0; i < n; ++i) args.out[(top + i) * args.out_stride + n_outputs] = lanes[i];
  }
}

template <class T>
void wave_forward(const WaveForwardArgs<T>& args) {
  if (args.column.outputs == 3) return wave_rows<T, 3>(args);
  wave_rows<T, 0>(args);
}

template <class T, int kOutputs>
inline void wave_gradients(const WaveGradientArgs<T>& args) {
  const WavePlaces<T>& column = args.column;
  const Index n_outputs = kOutputs > 0 ? kOutputs : column.outputs;
  const Index padded = panels<T>(args.batch) * kPanel<T>;
  T* x = args.scratch;
  T* delta = x + padded;  // [n_outputs][padded]
  for (Index b = 0; b < padded; ++b) {
    const bool inside = b < args.batch;
    x[b] = inside ? args.x[b * args.x_stride] : T(0);
    for (Index m = 0; m < n_outputs; ++m)
      delta[m * padded + b] = inside ? args.delta[b * args.delta_stride + m] : T(0);
  }
  for (Index m = 0; m < n_outputs; ++m)
    args.shift[m] = args.scale * sum_rows<T>(delta + m * padded, padded);
  for (Index k = 0; k < column.frequencies; ++k) {
    Vector<T> mix[kWaveOutputs][kParts] = {}, phase[kParts] = {}, freq[kParts] = {};
    for (Index b = 0; b < padded; b += kPanel<T>) {
#pragma GCC unroll 4
      for (int part = 0; part < kParts; ++part) {
        const Index at = b + part * kLanes<T>;
        const Vector<T> value = load<T>(x + at);
        const Vector<T> turns = turns_of<T>(column, k, value);
        const Vector<T> c = cos2pi_of<T>(turns);
        Vector<T> g{};
#pragma GCC unroll 4
        for (Index m = 0; m < n_outputs; ++m) {
          const Vector<T> d = load<T>(delta + m * padded + at);
          mix[m][part] = fma(d, c, mix[m][part]);
          g = fma(broadcast<T>(column.mix[m * column.mix_stride + k]), d, g);
        }
        const Vector<T> pull = g * sin2pi_of<T>(turns);
        phase[part] -= pull;
        freq[part] = fma(-pull, value, freq[part]);
      }
    }
    for (Index m = 0; m < n_outputs; ++m)
      args.mix[m * column.mix_stride + k] = args.scale * sum_panel<T>(mix[m]);
    args.phase[k] = args.scale * sum_panel<T>(phase);
    args.freq[k] = args.scale * T(kTurn) * sum_panel<T>(freq);
  }
}

template <class T>
void wave_gradient(const WaveGradientArgs<T>& args) {
  if (args.column.outputs == 3) return wave_gradients<T, 3>(args);
  wave_gradients<T, 0>(args);
}
