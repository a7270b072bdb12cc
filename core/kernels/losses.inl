// SPDX-License-Identifier: Apache-2.0
// Every loss with its output activation, a row at a time: a = sigma(z), the row's loss (summed over
// outputs), and delta = dloss/dz. For softmax, sigmoid and exp with their own loss the activation's
// derivative cancels: delta = a - y.

// name, and whether it is of the probabilities of classes.
#define CHAINRULE_LOSSES(ROW)      \
  ROW(squared_error, false)        \
  ROW(absolute_error, false)       \
  ROW(huber, false)                \
  ROW(pinball, false)              \
  ROW(poisson, false)              \
  ROW(binary_cross_entropy, false) \
  ROW(cross_entropy, true)

#define CHAINRULE_ROW(name, of_classes) name,
enum class LossKind : int { CHAINRULE_LOSSES(CHAINRULE_ROW) };
#undef CHAINRULE_ROW

#define CHAINRULE_ROW(name, of_classes) {#name, of_classes},
inline constexpr LossRow kLossRows[] = {CHAINRULE_LOSSES(CHAINRULE_ROW)};
#undef CHAINRULE_ROW

inline LossKind kind_of(Loss loss) { return static_cast<LossKind>(loss); }

// The mask of the last panel: lanes at or beyond n_outputs.
template <class T>
inline Bits<T> beyond(Index column, Index n_outputs) {
  return lane_numbers<T>(column) >= static_cast<decltype(Simd<T>::kBias)>(n_outputs);
}

// Sum of the kPanel lanes in a fixed tree: halves added until one is left.
template <class T>
inline T sum_panel(const Vector<T> (&parts)[kParts]) {
  return sum_lanes<T>(fold_parts<T>(parts));
}

template <class T>
T sum_units(const T* x, Index count) {
  Vector<T> parts[kParts]{};
  for (Index i = 0; i < count; i += kPanel<T>)
#pragma GCC unroll 4
    for (int j = 0; j < kParts; ++j) parts[j] += load<T>(x + i + j * kLanes<T>);
  return sum_panel<T>(parts);
}

// Loss of one output and its derivative by a, for the losses that are not fused with sigma.
template <class T>
inline Vector<T> elementwise_loss(const LossArgs<T>& args, Vector<T> a, Vector<T> y, Index column,
                                  Vector<T>* derivative) {
  const Vector<T> zero{}, one = broadcast<T>(T(1));
  const Vector<T> d = a - y;
  switch (kind_of(args.loss)) {
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

// a = sigma(z) and its slope. Out of line, so that the loops around it are there once.
template <class T>
[[gnu::noinline]] Vector<T> value_and_slope(Activation activation, Vector<T> z, Vector<T>* slope) {
  Vector<T> a{};
  with_kind(activation, [&]<ActivationKind kKind>() {
    if constexpr (kKind == ActivationKind::softmax) {
    } else if constexpr (kSlopeFromValue<kKind>) {
      a = Sigma<T, kKind>::value(z);
      *slope = Sigma<T, kKind>::slope(a);
    } else {
      a = Sigma<T, kKind>::value(z, slope);
    }
  });
  return a;
}

// One vector of outputs: a = sigma(z), its slope, and with targets loss and delta.
template <class T>
struct ElementwiseOutputs {
  Vector<T> a, slope, loss, delta;

  ElementwiseOutputs(const LossArgs<T>& args, Vector<T> z) : slope{}, loss{}, delta{} {
    a = value_and_slope<T>(args.activation, z, &slope);
  }

  void compare(const LossArgs<T>& args, Vector<T> z, Vector<T> y, Index column) {
    if (kind_of(args.activation) == ActivationKind::exp) {  // poisson: e^z - y z
      loss = fma(-y, z, a);
      delta = a - y;
    } else if (kind_of(args.loss) == LossKind::binary_cross_entropy) {  // softplus(z) - y z
      loss = fma(-y, z, softplus_of<T>(z));
      delta = a - y;
    } else {
      loss = elementwise_loss<T>(args, a, y, column, &delta);
      delta *= slope;
    }
  }
};

// With one output, a vector holds as many rows. The panel's other columns of delta, which is z
// overwritten, are zero already.
template <class T>
inline void single_output_rows(const LossArgs<T>& args) {
  for (Index top = 0; top < args.rows; top += kLanes<T>) {
    const Index n = args.rows - top < kLanes<T> ? args.rows - top : Index{kLanes<T>};
    T lanes[kUnit<T> * kLanes<T>];
    const auto gather = [&](const T* from, Index stride) {
      gather_columns<T>(from + top * stride, stride, n, 1, lanes);
      return load<T>(lanes);
    };
    const auto scatter = [&](Vector<T> v, T* to, Index stride) {
      store<T>(lanes, v);
      for (Index i = 0; i < n; ++i) to[(top + i) * stride] = lanes[i];
    };
    const Vector<T> z = gather(args.z, args.stride);
    ElementwiseOutputs<T> out(args, z);
    if (args.y != nullptr) out.compare(args, z, gather(args.y, args.y_stride), 0);
    if (args.a != nullptr) scatter(out.a, args.a, args.stride);
    if (args.slope != nullptr) scatter(out.slope, args.slope, args.stride);
    if (args.y == nullptr) continue;
    if (args.losses != nullptr) scatter(out.loss, args.losses, 1);
    if (args.delta == nullptr) continue;
    scatter(out.delta, args.delta, args.stride);
  }
}

template <class T>
inline void elementwise_rows(const LossArgs<T>& args) {
  if (args.n_outputs == 1 && kind_of(args.loss) != LossKind::pinball)
    return single_output_rows<T>(args);
  const Index width = panels<T>(args.n_outputs) * kPanel<T>;
  for (Index row = 0; row < args.rows; ++row) {
    Vector<T> total[kParts]{};
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index at = row * args.stride + j;
      const Vector<T> z = load<T>(args.z + at);
      ElementwiseOutputs<T> out(args, z);
      if (args.a != nullptr) store<T>(args.a + at, out.a);
      if (args.slope != nullptr) store<T>(args.slope + at, out.slope);
      if (args.y == nullptr) continue;
      out.compare(args, z, load<T>(args.y + row * args.y_stride + j), j);
      const Bits<T> outside = beyond<T>(j, args.n_outputs);
      total[(j / kLanes<T>) % kParts] += outside ? Vector<T>{} : out.loss;
      if (args.delta != nullptr) store<T>(args.delta + at, outside ? Vector<T>{} : out.delta);
    }
    if (args.losses != nullptr) args.losses[row] = sum_panel<T>(total);
  }
}

// softmax and cross-entropy: p = e^(z - m) / sum, loss = sum_c y_c (log sum + m - z_c),
// delta = p sum(y) - y. A vector holds one class of as many rows, so that the exponentials, the
// logarithm and the quotient of many rows are taken at once; `columns` is [n_outputs][kLanes].
template <class T>
inline void few_classes_rows(const LossArgs<T>& args) {
  const Index C = args.n_outputs;
  constexpr Index L = kLanes<T>;
  alignas(64) T z[kPanel<T> * L], y[kPanel<T> * L];
  for (Index top = 0; top < args.rows; top += L) {
    const Index n = args.rows - top < L ? args.rows - top : L;
    gather_columns(args.z + top * args.stride, args.stride, n, C, z);
    Vector<T> m = load<T>(z);
    for (Index c = 1; c < C; ++c) {
      const Vector<T> v = load<T>(z + c * L);
      m = v < m ? m : v;  // NaN in v stays
    }
    if (args.y != nullptr) {
      gather_columns(args.y + top * args.y_stride, args.y_stride, n, C, y);
    } else {
      for (Index c = 0; c < C; ++c) store<T>(y + c * L, Vector<T>{});
    }
    Vector<T> sum{}, weighted{}, mass{};
    for (Index c = 0; c < C; ++c) {
      const Vector<T> centred = load<T>(z + c * L) - m;
      const Vector<T> power = exp_of<T>(centred);
      const Vector<T> target = load<T>(y + c * L);
      sum += power;
      weighted = fma(target, centred, weighted);
      mass += target;
      store<T>(z + c * L, power);
    }
    const Vector<T> inverse = T(1) / sum;
    for (Index c = 0; c < C; ++c) store<T>(z + c * L, load<T>(z + c * L) * inverse);
    if (args.a != nullptr) scatter_columns(z, n, C, args.a + top * args.stride, args.stride);
    if (args.y == nullptr) continue;
    if (args.losses != nullptr) {
      T losses[L];
      store<T>(losses, fma(mass, log_of<T>(sum), -weighted));
      for (Index i = 0; i < n; ++i) args.losses[top + i] = losses[i];
    }
    if (args.delta == nullptr) continue;
    for (Index c = 0; c < C; ++c)
      store<T>(z + c * L, fma(load<T>(z + c * L), mass, -load<T>(y + c * L)));
    scatter_columns(z, n, C, args.delta + top * args.stride, args.stride);
  }
}

// The same with one row's classes in the lanes, for more classes than a panel has.
template <class T>
inline void many_classes_rows(const LossArgs<T>& args) {
  const Index width = panels<T>(args.n_outputs) * kPanel<T>;
  const Vector<T> lowest = broadcast<T>(-T(__builtin_inff()));
  for (Index row = 0; row < args.rows; ++row) {
    const T* z = args.z + row * args.stride;
    const T* y = args.y != nullptr ? args.y + row * args.y_stride : nullptr;
    T* p = args.a != nullptr ? args.a + row * args.stride : args.delta + row * args.stride;
    Vector<T> highest = lowest;
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Vector<T> v = beyond<T>(j, args.n_outputs) ? lowest : load<T>(z + j);
      highest = v < highest ? highest : v;
    }
    T lanes[kLanes<T>];
    store<T>(lanes, highest);
    T m = lanes[0];
#pragma GCC unroll 16
    for (int i = 1; i < kLanes<T>; ++i) m = lanes[i] < m ? m : lanes[i];
    const Vector<T> shift = broadcast<T>(m);
    Vector<T> total[kParts]{}, products[kParts]{}, masses[kParts]{};
    for (Index j = 0; j < width; j += kLanes<T>) {
      const int part = static_cast<int>((j / kLanes<T>) % kParts);
      const Bits<T> outside = beyond<T>(j, args.n_outputs);
      const Vector<T> centred = outside ? Vector<T>{} : load<T>(z + j) - shift;
      const Vector<T> power = outside ? Vector<T>{} : exp_of<T>(centred);
      total[part] += power;
      if (y != nullptr) {
        products[part] = fma(load<T>(y + j), centred, products[part]);
        masses[part] += load<T>(y + j);
      }
      store<T>(p + j, power);
    }
    const T sum = sum_panel<T>(total);
    const T mass = sum_panel<T>(masses);
    if (args.losses != nullptr && y != nullptr) {
      const T log_sum = log_of<T>(broadcast<T>(sum))[0];
      args.losses[row] = mass * log_sum - sum_panel<T>(products);
    }
    const Vector<T> inverse = broadcast<T>(T(1) / sum);
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Vector<T> probability = load<T>(p + j) * inverse;
      if (args.a != nullptr) store<T>(args.a + row * args.stride + j, probability);
      if (args.delta == nullptr || y == nullptr) continue;
      store<T>(args.delta + row * args.stride + j,
               fma(probability, broadcast<T>(mass), -load<T>(y + j)));
    }
  }
}

template <class T>
inline void softmax_rows(const LossArgs<T>& args) {
  if (args.n_outputs <= kPanel<T>) return few_classes_rows<T>(args);
  many_classes_rows<T>(args);
}

template <class T>
void loss_rows(const LossArgs<T>& args) {
  if (kind_of(args.activation) == ActivationKind::softmax) return softmax_rows<T>(args);
  elementwise_rows<T>(args);
}
