// SPDX-License-Identifier: Apache-2.0
// Every activation: its value and, adjacent, its derivative. value() returns sigma(z); where the
// derivative cannot be had from a, it comes out of the same call, since it shares the exponential.

inline constexpr double kLeakySlope = 0.01;
inline constexpr double kSeluLambda = 1.0507009873554805;
inline constexpr double kSeluAlpha = 1.6732632423543772;

template <class T, Activation kKind>
struct Sigma;

template <class T>
struct Sigma<T, Activation::identity> {
  static Vector<T> value(Vector<T> z) { return z; }
  static Vector<T> slope(Vector<T>) { return broadcast<T>(T(1)); }
};

template <class T>
struct Sigma<T, Activation::sigmoid> {
  static Vector<T> value(Vector<T> z) { return sigmoid_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return a * (T(1) - a); }
};

template <class T>
struct Sigma<T, Activation::tanh> {
  static Vector<T> value(Vector<T> z) { return tanh_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return fma(-a, a, broadcast<T>(T(1))); }
};

template <class T>
struct Sigma<T, Activation::relu> {
  static Vector<T> value(Vector<T> z) { return at_least_zero(z); }
  static Vector<T> slope(Vector<T> a) { return a > T(0) ? broadcast<T>(T(1)) : Vector<T>{}; }
};

template <class T>
struct Sigma<T, Activation::leaky_relu> {
  static Vector<T> value(Vector<T> z) { return z > T(0) ? z : T(kLeakySlope) * z; }
  static Vector<T> slope(Vector<T> a) {
    return a > T(0) ? broadcast<T>(T(1)) : broadcast<T>(T(kLeakySlope));
  }
};

template <class T>
struct Sigma<T, Activation::elu> {
  static Vector<T> value(Vector<T> z) {
    return z > T(0) ? z : expm1_of<T>(z > T(0) ? Vector<T>{} : z);
  }
  static Vector<T> slope(Vector<T> a) { return a > T(0) ? broadcast<T>(T(1)) : a + T(1); }
};

template <class T>
struct Sigma<T, Activation::selu> {
  static Vector<T> value(Vector<T> z) {
    return z > T(0) ? T(kSeluLambda) * z
                    : T(kSeluLambda * kSeluAlpha) * expm1_of<T>(z > T(0) ? Vector<T>{} : z);
  }
  static Vector<T> slope(Vector<T> a) {
    return a > T(0) ? broadcast<T>(T(kSeluLambda)) : a + T(kSeluLambda * kSeluAlpha);
  }
};

template <class T>
struct Sigma<T, Activation::exp> {
  static Vector<T> value(Vector<T> z) { return exp_of<T>(z); }
  static Vector<T> slope(Vector<T> a) { return a; }
};

// z Phi(z), Phi the normal distribution function: derivative Phi(z) + z phi(z).
template <class T>
struct Sigma<T, Activation::gelu> {
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
struct Sigma<T, Activation::silu> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> s = sigmoid_of<T>(z);
    const Vector<T> a = z * s;
    *slope = fma(a, T(1) - s, s);
    return a;
  }
};

// z t, t = tanh(softplus(z)) = (e^2 + 2e) / (e^2 + 2e + 2), e = e^z: derivative t + z s (1 - t^2).
template <class T>
struct Sigma<T, Activation::mish> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> capped = z > T(20) ? broadcast<T>(T(20)) : z;
    const Vector<T> e = exp_of<T>(capped);
    const Vector<T> n = fma(e, e, e + e);
    const Vector<T> d = n + T(2);
    const Vector<T> t = n / d;
    // 1 - t^2 = 4 (e + 1)^2 / d^2 and s = e / (1 + e), so s (1 - t^2) = 4 e (e + 1) / d^2.
    *slope = fma(z, T(4) * fma(e, e, e) / (d * d), t);
    return z * t;
  }
};

template <class T>
struct Sigma<T, Activation::softplus> {
  static Vector<T> value(Vector<T> z, Vector<T>* slope) {
    const Vector<T> e = exp_of<T>(-absolute<T>(z));
    const Vector<T> s = T(1) / (T(1) + e);
    *slope = z < T(0) ? e * s : s;
    return at_least_zero(z) + log1p_of<T>(e);
  }
};

// a = sigma(z) and, where slope is wanted, sigma'(z) over rows x width (whole panels), in place or
// not. `a` may be `z`.
template <class T, Activation kKind>
inline void activate_block(const T* z, T* a, T* slope, Index stride, Index rows, Index width) {
  for (Index row = 0; row < rows; ++row) {
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index at = row * stride + j;
      const Vector<T> input = load<T>(z + at);
      if constexpr (slope_from_value(kKind)) {
        const Vector<T> value = Sigma<T, kKind>::value(input);
        store<T>(a + at, value);
        if (slope != nullptr) store<T>(slope + at, Sigma<T, kKind>::slope(value));
      } else {
        Vector<T> derivative;
        store<T>(a + at, Sigma<T, kKind>::value(input, &derivative));
        if (slope != nullptr) store<T>(slope + at, derivative);
      }
    }
  }
}

template <class T>
void activate(Activation activation, const T* z, T* a, T* slope, Index stride, Index rows,
              Index width) {
  switch (activation) {
#define CHAINRULE_CASE(kind) \
  case Activation::kind:     \
    return activate_block<T, Activation::kind>(z, a, slope, stride, rows, width);
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
    case Activation::softmax: return;  // a row at a time, with its loss
  }
}

// The parametric activation over rows x width, from z and what activate() made of it:
// a = z + blend (sigma - z), da/dz = 1 + blend (sigma' - 1), residual = sigma - z.
template <class T>
inline void blend_block(const T* z, Index z_stride, const T* blend, T* a, T* slope, T* residual,
                        Index stride, Index rows, Index width) {
  const Vector<T> one = broadcast<T>(T(1));
  for (Index row = 0; row < rows; ++row) {
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index at = row * stride + j;
      const Vector<T> input = load<T>(z + row * z_stride + j), factor = load<T>(blend + j);
      const Vector<T> rest = load<T>(a + at) - input;
      store<T>(a + at, fma(factor, rest, input));
      if (residual != nullptr) store<T>(residual + at, rest);
      if (slope != nullptr) store<T>(slope + at, fma(factor, load<T>(slope + at) - one, one));
    }
  }
}

// delta <- delta * sigma'(z) over rows x width; sigma'(z) from a, or from `stored`.
template <class T, Activation kKind>
inline void slope_block(T* delta, const T* a, Index stride, Index rows, Index width) {
  for (Index row = 0; row < rows; ++row) {
    for (Index j = 0; j < width; j += kLanes<T>) {
      const Index at = row * stride + j;
      store<T>(delta + at, load<T>(delta + at) * Sigma<T, kKind>::slope(load<T>(a + at)));
    }
  }
}
