// SPDX-License-Identifier: Apache-2.0
// Every loss with its output activation, a row at a time: a = sigma(z), the row's loss (summed over
// outputs), and delta = dloss/dz. For softmax, sigmoid and exp with their own loss the activation's
// derivative cancels: delta = a - y.

// The mask of the last panel: lanes at or beyond n_outputs.
template <class T>
inline Bits<T> beyond(Index column, Index n_outputs) {
  return lane_numbers<T>(column) >= static_cast<decltype(Simd<T>::kBias)>(n_outputs);
}

// Sum of the kPanel lanes in a fixed tree: halves added until one is left.
template <class T>
inline T sum_panel(const Vector<T> (&parts)[kParts]) {
  T lanes[kPanel<T>];
  for (int j = 0; j < kParts; ++j) store<T>(lanes + j * kLanes<T>, parts[j]);
#pragma GCC unroll 8
  for (Index half = kPanel<T> / 2; half > 0; half /= 2)
#pragma GCC unroll 8
    for (Index i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

template <class T>
T sum_rows(const T* x, Index count) {
  Vector<T> parts[kParts]{};
  for (Index i = 0; i < count; i += kPanel<T>)
    for (int j = 0; j < kParts; ++j) parts[j] += load<T>(x + i + j * kLanes<T>);
  return sum_panel<T>(parts);
}

// Loss of one output and its derivative by a, for the losses that are not fused with sigma.
template <class T>
inline Vector<T> elementwise_loss(const LossArgs<T>& args, Vector<T> a, Vector<T> y, Index column,
                                  Vector<T>* derivative) {
  const Vector<T> zero{}, one = broadcast<T>(T(1));
  const Vector<T> d = a - y;
  switch (args.loss) {
    case LossKind::absolute_error:
      *derivative = d > zero ? one : (d < zero ? -one : d * zero);
      return absolute<T>(d);
    case LossKind::huber: {
      const Vector<T> edge = broadcast<T>(args.huber_delta);
      const Vector<T> size = absolute<T>(d);
      *derivative = size <= edge ? d : with_sign<T>(edge, d);
      return size <= edge ? T(0.5) * d * d : edge * (size - T(0.5) * edge);
    }
    case LossKind::pinball: {
      const Vector<T> q = load<T>(args.quantiles + column);
      *derivative = d < zero ? -q : (d > zero ? one - q : d * zero);
      return d < zero ? -q * d : (one - q) * d;
    }
    default:  // squared_error
      *derivative = d;
      return T(0.5) * d * d;
  }
}

template <class T, Activation kKind>
inline void elementwise_rows(const LossArgs<T>& args) {
  const Index width = panels<T>(args.n_outputs) * kPanel<T>;
  for (Index row = 0; row < args.rows; ++row) {
    Vector<T> total[kParts]{};
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index at = row * args.stride + j;
      const Vector<T> z = load<T>(args.z + at);
      Vector<T> slope;
      Vector<T> a;
      if constexpr (slope_from_value(kKind)) {
        a = Sigma<T, kKind>::value(z);
        slope = Sigma<T, kKind>::slope(a);
      } else {
        a = Sigma<T, kKind>::value(z, &slope);
      }
      if (args.a != nullptr) store<T>(args.a + at, a);
      if (args.slope != nullptr) store<T>(args.slope + at, slope);
      if (args.y == nullptr) continue;
      const Vector<T> y = load<T>(args.y + row * args.y_stride + j);
      const Bits<T> outside = beyond<T>(j, args.n_outputs);
      Vector<T> loss, delta;
      if constexpr (kKind == Activation::exp) {  // poisson: e^z - y z
        loss = fma(-y, z, a);
        delta = a - y;
      } else {
        if (args.loss == LossKind::binary_cross_entropy) {  // softplus(z) - y z
          loss = fma(-y, z, softplus_of<T>(z));
          delta = a - y;
        } else {
          loss = elementwise_loss<T>(args, a, y, j, &delta);
          delta *= slope;
        }
      }
      total[(j / kLanes<T>) % kParts] += outside ? Vector<T>{} : loss;
      if (args.delta != nullptr) store<T>(args.delta + at, outside ? Vector<T>{} : delta);
    }
    if (args.losses != nullptr) args.losses[row] = sum_panel<T>(total);
  }
}

// softmax and cross-entropy: p = e^(z - m) / sum, loss = sum_c y_c (log sum + m - z_c),
// delta = p sum(y) - y.
template <class T>
inline void softmax_rows(const LossArgs<T>& args) {
  const Index width = panels<T>(args.n_outputs) * kPanel<T>;
  const Vector<T> lowest = broadcast<T>(-T(__builtin_inff()));
  for (Index row = 0; row < args.rows; ++row) {
    const T* z = args.z + row * args.stride;
    Vector<T> highest = lowest;
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Vector<T> v = beyond<T>(j, args.n_outputs) ? lowest : load<T>(z + j);
      highest = v < highest ? highest : v;  // NaN in v stays
    }
    T m = highest[0];
    for (int i = 1; i < kLanes<T>; ++i) m = highest[i] < m ? m : highest[i];
    const Vector<T> shift = broadcast<T>(m);
    Vector<T> total[kParts]{};
    T* p = args.a != nullptr ? args.a + row * args.stride : args.delta + row * args.stride;
    // The losses need z after p may have overwritten it: sum_c y_c (z_c - m) is taken here.
    Vector<T> weighted[kParts]{}, mass[kParts]{};
    for (Index j = 0; j < width; j += kLanes<T>) {
      const int part = static_cast<int>((j / kLanes<T>) % kParts);
      const Bits<T> outside = beyond<T>(j, args.n_outputs);
      const Vector<T> centred = load<T>(z + j) - shift;
      const Vector<T> e = outside ? Vector<T>{} : exp_of<T>(centred);
      total[part] += e;
      if (args.y != nullptr) {
        const Vector<T> y = load<T>(args.y + row * args.y_stride + j);
        weighted[part] = outside ? weighted[part] : fma(y, centred, weighted[part]);
        mass[part] += y;
      }
      store<T>(p + j, e);
    }
    const T sum = sum_panel<T>(total);
    const Vector<T> inverse = broadcast<T>(T(1) / sum);
    const T y_sum = args.y != nullptr ? sum_panel<T>(mass) : T(0);
    if (args.losses != nullptr && args.y != nullptr) {
      const T log_sum = log_of<T>(broadcast<T>(sum))[0];
      args.losses[row] = y_sum * log_sum - sum_panel<T>(weighted);
    }
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Vector<T> probability = load<T>(p + j) * inverse;
      if (args.a != nullptr) store<T>(args.a + row * args.stride + j, probability);
      if (args.delta != nullptr && args.y != nullptr) {
        const Vector<T> y = load<T>(args.y + row * args.y_stride + j);
        store<T>(args.delta + row * args.stride + j, fma(probability, broadcast<T>(y_sum), -y));
      }
    }
  }
}

template <class T>
void loss_rows(const LossArgs<T>& args) {
  switch (args.activation) {
    case Activation::softmax: return softmax_rows<T>(args);
#define CHAINRULE_CASE(kind) \
  case Activation::kind: return elementwise_rows<T, Activation::kind>(args);
      CHAINRULE_CASE(identity)
      CHAINRULE_CASE(sigmoid)
      CHAINRULE_CASE(tanh)
      CHAINRULE_CASE(relu)
      CHAINRULE_CASE(leaky_relu)
      CHAINRULE_CASE(elu)
      CHAINRULE_CASE(selu)
      CHAINRULE_CASE(gelu)
      CHAINRULE_CASE(silu)
      CHAINRULE_CASE(mish)
      CHAINRULE_CASE(softplus)
      CHAINRULE_CASE(exp)
#undef CHAINRULE_CASE
  }
}
