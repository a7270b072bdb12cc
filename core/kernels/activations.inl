// SPDX-License-Identifier: Apache-2.0
// Every activation: its value and, adjacent, its derivative. value() returns sigma(z); where the
// derivative cannot be had from a, it comes out of the same call, since it shares the exponential.

inline constexpr double kLeakySlope = 0.01;
inline constexpr double kSeluLambda = 1.0507009873554805;
inline constexpr double kSeluAlpha = 1.6732632423543772;

#define CHAINRULE_ACTIVATIONS(ROW) \
  ROW(identity)                    \
  ROW(sigmoid)                     \
  ROW(tanh)                        \
  ROW(relu)                        \
  ROW(leaky_relu)                  \
  ROW(elu)                         \
  ROW(selu)                        \
  ROW(gelu)                        \
  ROW(silu)                        \
  ROW(mish)                        \
  ROW(softplus)                    \
  ROW(exp)                         \
  ROW(softmax)

#define CHAINRULE_ROW(name) name,
enum class ActivationKind : int { CHAINRULE_ACTIVATIONS(CHAINRULE_ROW) };
#undef CHAINRULE_ROW

inline ActivationKind kind_of(Activation activation) {
  return static_cast<ActivationKind>(activation);
}
static_assert(static_cast<int>(ActivationKind::identity) == static_cast<int>(Activation::identity));

template <class T, ActivationKind kKind>
struct Sigma;

template <class T>
struct Sigma<T, ActivationKind::identity> {
  static Vector<T> value(Vector<T> z) { return z; }
  static Vector<T> slope(Vector<T>) { return broadcast<T>(T(1)); }
};

template <class T>
struct Sigma<T, ActivationKind::sigmoid> {
  static Vector<T> value(Vector<T> z) { return sigmoid_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return a * (T(1) - a); }
};

template <class T>
struct Sigma<T, ActivationKind::tanh> {
  static Vector<T> value(Vector<T> z) { return tanh_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return fma(-a, a, broadcast<T>(T(1))); }
};

template <class T>
struct Sigma<T, ActivationKind::relu> {
  static Vector<T> value(Vector<T> z) { return at_least_zero(z); }
  static Vector<T> slope(Vector<T> a) { return a > T(0) ? broadcast<T>(T(1)) : Vector<T>{}; }
};

template <class T>
struct Sigma<T, ActivationKind::leaky_relu> {
  static Vector<T> value(Vector<T> z) { return z > T(0) ? z : T(kLeakySlope) * z; }
  static Vector<T> slope(Vector<T> a) {
    return a > T(0) ? broadcast<T>(T(1)) : broadcast<T>(T(kLeakySlope));
  }
};

template <class T>
struct Sigma<T, ActivationKind::elu> {
  static Vector<T> value(Vector<T> z) { return z > T(0) ? z : expm1_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return a > T(0) ? broadcast<T>(T(1)) : a + T(1); }
};

template <class T>
struct Sigma<T, ActivationKind::selu> {
  static Vector<T> value(Vector<T> z) {
    return z > T(0) ? T(kSeluLambda) * z : T(kSeluLambda * kSeluAlpha) * expm1_of<T>(z);
  }
  static Vector<T> slope(Vector<T> a) {
    return a > T(0) ? broadcast<T>(T(kSeluLambda)) : a + T(kSeluLambda * kSeluAlpha);
  }
};

template <class T>
struct Sigma<T, ActivationKind::exp> {
  static Vector<T> value(Vector<T> z) { return exp_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return a; }
};

// z Phi(z), Phi the normal distribution function: derivative Phi(z) + z phi(z).
template <class T>
struct Sigma<T, ActivationKind::gelu> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> u = absolute<T>(z) * T(0.70710678118654752440);
    const Vector<T> tail = T(0.5) * erfc_of<T>(u);
    const Vector<T> phi_total = z > T(0) ? T(1) - tail : tail;
    const Vector<T> density = T(0.39894228040143267794) * exp_of<T>(-T(0.5) * z * z);
    *slope = fma(z, density, phi_total);
    return z * phi_total;
  }
};

// z s(z), s the sigmoid: derivative s + z s (1 - s).
template <class T>
struct Sigma<T, ActivationKind::silu> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> s = sigmoid_of<T>(z);
    const Vector<T> a = z * s;
    *slope = fma(a, T(1) - s, s);
    return a;
  }
};

// z t, t = tanh(softplus(z)) = (e^2 + 2e) / (e^2 + 2e + 2), e = e^z: derivative t + z s (1 - t^2).
template <class T>
struct Sigma<T, ActivationKind::mish> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> capped = z > T(20) ? broadcast<T>(T(20)) : z;
    const Vector<T> e = exp_of<T>(capped);
    const Vector<T> n = fma(e, e, e + e);
    const Vector<T> d = n + T(2);
    const Vector<T> t = n / d;
    // 1 - t^2 = 4 (e + 1)^2 / d^2 and s = e / (1 + e), so s (1 - t^2) = 4 e (e + 1) / d^2.
    *slope = fma(capped, T(4) * fma(e, e, e) / (d * d), t);
    return z * t;
  }
};

template <class T>
struct Sigma<T, ActivationKind::softplus> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> e = exp_of<T>(-absolute<T>(z));
    const Vector<T> s = T(1) / (T(1) + e);
    *slope = z < T(0) ? e * s : s;
    return at_least_zero(z) + log1p_of<T>(e);
  }
};

// Of a whole row, with its loss: losses.inl.
template <class T>
struct Sigma<T, ActivationKind::softmax> {};

// Whether sigma'(z) can be had from a; else value() gives it, and somebody has to keep it.
template <ActivationKind kKind>
inline constexpr bool kSlopeFromValue =
    !requires(Vector<float> z) { Sigma<float, kKind>::value(z, &z); };

#define CHAINRULE_ROW(name) {#name, kSlopeFromValue<ActivationKind::name>},
inline constexpr ActivationRow kActivationRows[] = {CHAINRULE_ACTIVATIONS(CHAINRULE_ROW)};
#undef CHAINRULE_ROW

// Calls act<kKind>() for the kind that the code stands for.
template <class Act>
[[gnu::always_inline]] inline void with_kind(Activation activation, const Act& act) {
  switch (kind_of(activation)) {
#define CHAINRULE_ROW(name) \
  case ActivationKind::name: return act.template operator()<ActivationKind::name>();
    CHAINRULE_ACTIVATIONS(CHAINRULE_ROW)
#undef CHAINRULE_ROW
  }
}

// Whether a = sigma(z) of this kind is all that is wanted.
template <class T>
[[gnu::always_inline]] inline bool is_only(const Epilogue<T>& out, ActivationKind kind) {
  return kind_of(out.activation) == kind && out.slope == nullptr && out.factors == nullptr;
}

// From z to what `out` wants, over rows x kWidth at element `at`; z may be out.a. With a factor w a
// unit, a = z + w (sigma(z) - z) and da/dz = 1 + w (sigma'(z) - 1).
template <class T, ActivationKind kKind, bool kFactors, Index kWidth>
inline void activate_block(const Epilogue<T>& out, const T* z, const T* factors, Index at,
                           Index rows, Index any_width) {
  const Index width = kWidth > 0 ? kWidth : any_width;
  T *const a = out.a + at, *const slope = out.slope != nullptr ? out.slope + at : nullptr;
  T* const residual = out.residual != nullptr ? out.residual + at : nullptr;
  const Index stride = out.stride;
  const Vector<T> one = broadcast<T>(T(1));
  for (Index row = 0; row < rows; ++row) {
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index here = row * stride + j;
      const Vector<T> input = load<T>(z + at + here);
      Vector<T> value, derivative{};
      if constexpr (kSlopeFromValue<kKind>) {
        value = Sigma<T, kKind>::value(input);
        if (slope != nullptr) derivative = Sigma<T, kKind>::slope(value);
      } else {
        value = Sigma<T, kKind>::value(input, &derivative);
      }
      if constexpr (kFactors) {
        const Vector<T> w = load<T>(factors + j), rest = value - input;
        value = fma(w, rest, input);
        derivative = fma(w, derivative - one, one);
        if (residual != nullptr) store<T>(residual + here, rest);
      }
      store<T>(a + here, value);
      if (slope != nullptr) store<T>(slope + here, derivative);
    }
  }
}

// The same of any activation. Out of line, once for one panel and once for any width.
template <class T, Index kWidth>
[[gnu::noinline]] void finish_activation_block(const Epilogue<T>& out, const T* z, Index row,
                                               Index column, Index rows, Index width) {
  const Index at = row * out.stride + column;
  with_kind(out.activation, [&]<ActivationKind kKind>() {
    if constexpr (kKind != ActivationKind::softmax) {
      if (out.factors == nullptr) {
        activate_block<T, kKind, false, kWidth>(out, z, nullptr, at, rows, width);
      } else {
        activate_block<T, kKind, true, kWidth>(out, z, out.factors + column, at, rows, width);
      }
    }
  });
}

template <class T>
[[gnu::always_inline]] inline void finish_activation(const Epilogue<T>& out, const T* z, Index row,
                                                     Index column, Index rows, Index width) {
  if (width == kPanel<T>) {
    finish_activation_block<T, kPanel<T>>(out, z, row, column, rows, width);
  } else {
    finish_activation_block<T, 0>(out, z, row, column, rows, width);
  }
}

template <class T>
void activation_forward(const ActivationForwardArgs<T>& args) {
  for (Index column = 0; column < args.width; column += kPanel<T>)
    finish_activation<T>(args.out, args.z, 0, column, args.rows, kPanel<T>);
}

template <class T>
[[gnu::always_inline]] inline Vector<T> through_relu(Vector<T> a, Vector<T> d_a) {
  return a > T(0) ? d_a : Vector<T>{};
}

// delta = d_a * mask * da/dz over rows x width at element `at`, rows of d_a d_stride apart; slopes
// that come from a, other than relu's, are left to finish_deltas().
template <class T>
[[gnu::noinline]] void pass_back_block(const Tail<T>& below, Index at, const T* d_a, Index d_stride,
                                       Index rows, Index width) {
  const bool relu = below.slope == nullptr && kind_of(below.activation) == ActivationKind::relu;
  for (Index row = 0; row < rows; ++row) {
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index here = at + row * below.stride + j;
      Vector<T> d = load<T>(d_a + row * d_stride + j);
      if (below.mask != nullptr) d *= load<T>(below.mask + here);
      if (below.residual != nullptr)
        store<T>(below.residual + here, d * load<T>(below.residual + here));
      if (below.slope != nullptr) d *= load<T>(below.slope + here);
      if (relu) d = through_relu<T>(load<T>(below.a + here), d);
      store<T>(below.delta + here, d);
    }
  }
}

constexpr bool is_done_by_pass_back(ActivationKind kind) {
  return kind == ActivationKind::identity || kind == ActivationKind::relu;
}

// delta <- delta * sigma'(z) over rows x kWidth at element `at`, sigma'(z) from a.
template <class T, Index kWidth>
[[gnu::noinline]] void multiply_by_slopes(const Tail<T>& below, Index at, Index rows,
                                          Index any_width) {
  const Index width = kWidth > 0 ? kWidth : any_width;
  T* const delta = below.delta + at;
  const T* const a = below.a + at;
  const Index stride = below.stride;
  with_kind(below.activation, [&]<ActivationKind kKind>() {
    if constexpr (requires(Vector<T> v) { Sigma<T, kKind>::slope(v); }) {
      for (Index row = 0; row < rows; ++row) {
        for (Index j = row * stride; j < row * stride + width; j += kLanes<T>)
          store<T>(delta + j, load<T>(delta + j) * Sigma<T, kKind>::slope(load<T>(a + j)));
      }
    }
  });
}

template <class T>
[[gnu::always_inline]] inline void finish_deltas(const Tail<T>& below, Index at, Index rows,
                                                 Index width) {
  if (below.slope != nullptr || is_done_by_pass_back(kind_of(below.activation))) return;
  if (width == kPanel<T>) {
    multiply_by_slopes<T, kPanel<T>>(below, at, rows, width);
  } else {
    multiply_by_slopes<T, 0>(below, at, rows, width);
  }
}

template <class T>
void activation_backward(const ActivationBackwardArgs<T>& args) {
  pass_back_block<T>(args.below, 0, args.d_a, args.below.stride, args.rows, args.width);
  for (Index column = 0; column < args.width; column += kPanel<T>)
    finish_deltas<T>(args.below, column, args.rows, kPanel<T>);
}
