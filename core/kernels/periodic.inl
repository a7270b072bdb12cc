// SPDX-License-Identifier: Apache-2.0
// The periodic embedding of a number x, with x itself as its last output:
//
//   out_m = sum_k weight_mk cos(u_k) + bias_m,   u_k = 2 pi frequency_k x + phase_k
//
// With delta_m = dl/dout_m and g_k = sum_m weight_mk delta_m:
//
//   dweight_mk = delta_m cos(u_k)       dbias_m = delta_m
//   dphase_k = -g_k sin(u_k)            dfrequency_k = -2 pi x g_k sin(u_k)
//
// summed over the batch. Rows lie in the lanes, and sums run in kPanel lanes and one tree, so that
// no vector width changes a bit; blocks of rows are added in double.

// Rows of a block: as many as a chain has in each lane.
template <class T>
inline constexpr Index kPeriodicRows = kChain * kPanel<T>;

inline constexpr double kTurn = 6.283185307179586;

// Whole turns of frequency_k x + phase_k / (2 pi).
template <class T>
inline Vector<T> turns_of(const PeriodicColumn<T>& column, Index k, Vector<T> x) {
  const T phase = column.phase[k] * T(1 / kTurn);
  return fma(broadcast<T>(column.frequency[k]), x, broadcast<T>(phase));
}

// kOutputs 0 stands for any number of them.
template <class T, int kOutputs>
inline void periodic_rows(const PeriodicForwardArgs<T>& args) {
  const PeriodicColumn<T>& column = args.column;
  const Index n_outputs = kOutputs > 0 ? kOutputs : column.outputs;
  for (Index top = 0; top < args.rows; top += kLanes<T>) {
    const Index n = args.rows - top < kLanes<T> ? args.rows - top : Index{kLanes<T>};
    T lanes[kLanes<T>] = {};
    for (Index i = 0; i < n; ++i) lanes[i] = args.x[(top + i) * args.x_stride];
    const Vector<T> x = load<T>(lanes);
    Vector<T> sums[kPeriodicOutputs] = {};
    for (Index k = 0; k < column.frequencies; ++k) {
      const Vector<T> c = cos2pi_of<T>(turns_of<T>(column, k, x));
#pragma GCC unroll 4
      for (Index m = 0; m < n_outputs; ++m)
        sums[m] = fma(broadcast<T>(column.weight[m * column.weight_stride + k]), c, sums[m]);
    }
    for (Index m = 0; m < n_outputs; ++m) {
      T out[kLanes<T>];
      store<T>(out, sums[m] + column.bias[m]);
      for (Index i = 0; i < n; ++i) args.out[(top + i) * args.out_stride + m] = out[i];
    }
    for (Index i = 0; i < n; ++i) args.out[(top + i) * args.out_stride + n_outputs] = lanes[i];
  }
}

template <class T>
void periodic_forward(const PeriodicForwardArgs<T>& args) {
  if (args.column.outputs == 3) return periodic_rows<T, 3>(args);
  periodic_rows<T, 0>(args);
}

template <class T, int kOutputs>
inline void periodic_gradients(const PeriodicGradientArgs<T>& args) {
  const PeriodicColumn<T>& column = args.column;
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
    args.bias[m] = args.scale * static_cast<T>(sum_rows<T>(delta + m * padded, padded));
  for (Index k = 0; k < column.frequencies; ++k) {
    double weights[kPeriodicOutputs] = {}, phases = 0, frequencies = 0;
    for (Index top = 0; top < padded;) {
      const Index end =
          kChained<T> && padded - top > kPeriodicRows<T> ? top + kPeriodicRows<T> : padded;
      Vector<T> weight[kPeriodicOutputs][kParts] = {}, phase[kParts] = {}, frequency[kParts] = {};
      for (; top < end; top += kPanel<T>) {
#pragma GCC unroll 4
        for (int part = 0; part < kParts; ++part) {
          const Index at = top + part * kLanes<T>;
          const Vector<T> value = load<T>(x + at);
          const Vector<T> turns = turns_of<T>(column, k, value);
          const Vector<T> c = cos2pi_of<T>(turns);
          Vector<T> g{};
#pragma GCC unroll 4
          for (Index m = 0; m < n_outputs; ++m) {
            const Vector<T> d = load<T>(delta + m * padded + at);
            weight[m][part] = fma(d, c, weight[m][part]);
            g = fma(broadcast<T>(column.weight[m * column.weight_stride + k]), d, g);
          }
          const Vector<T> pull = g * sin2pi_of<T>(turns);
          phase[part] -= pull;
          frequency[part] = fma(-pull, value, frequency[part]);
        }
      }
      for (Index m = 0; m < n_outputs; ++m) weights[m] += sum_panel<T>(weight[m]);
      phases += sum_panel<T>(phase);
      frequencies += sum_panel<T>(frequency);
    }
    for (Index m = 0; m < n_outputs; ++m)
      args.weight[m * column.weight_stride + k] = args.scale * static_cast<T>(weights[m]);
    args.phase[k] = args.scale * static_cast<T>(phases);
    args.frequency[k] = args.scale * T(kTurn) * static_cast<T>(frequencies);
  }
}

template <class T>
void periodic_gradient(const PeriodicGradientArgs<T>& args) {
  if (args.column.outputs == 3) return periodic_gradients<T, 3>(args);
  periodic_gradients<T, 0>(args);
}
