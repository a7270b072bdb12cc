// SPDX-License-Identifier: Apache-2.0
// The engine's own exp, expm1, log, tanh, ... at most 2 ULP where the exact result is a normal
// number (smaller results are 0). Only + - * /, FMA and integer arithmetic: the same bits wherever
// there is an FMA. libm differs from one platform to the next, so it is not used.

template <class T>
struct Constants;

template <>
struct Constants<float> {
  static constexpr float kLog2e = 1.44269504f;
  static constexpr float kLn2High = 0.693359375f;  // 9 bits: n * kLn2High is exact
  static constexpr float kLn2Low = -2.12194440e-4f;
  static constexpr float kRound = 12582912.0f;  // 1.5 * 2^23
  static constexpr float kExpHigh = 88.7228391f;
  static constexpr float kExpLow = -87.3365448f;
  static constexpr float kExpm1Low = -18.0f;    // below, e^x - 1 rounds to -1
  static constexpr float kTanhHigh = 10.0f;     // above, tanh rounds to 1
  static constexpr float kErfcHigh = 11.0f;     // above, erfc is 0
  static constexpr float kSigmoidHigh = 88.0f;  // below its negative, sigmoid is subnormal, so 0
};

template <>
struct Constants<double> {
  static constexpr double kLog2e = 1.4426950408889634;
  static constexpr double kLn2High = 0.693147180369123816490;
  static constexpr double kLn2Low = 1.90821492927058770002e-10;
  static constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double kExpHigh = 709.782712893383973096;
  static constexpr double kExpLow = -708.39641853226410622;
  static constexpr double kExpm1Low = -38.0;
  static constexpr double kTanhHigh = 20.0;
  static constexpr double kErfcHigh = 28.0;
  static constexpr double kSigmoidHigh = 709.0;
};

// c[0] + c[1] x + c[2] x^2 + ..., Horner from the top.
template <class T, int N>
inline Vector<T> polynomial(const T (&c)[N], Vector<T> x) {
  Vector<T> value = broadcast<T>(c[N - 1]);
#pragma GCC unroll 32
  for (int i = N - 2; i >= 0; --i) value = fma(value, x, broadcast<T>(c[i]));
  return value;
}

// x = n ln 2 + r: returns e^r - 1 = r + r^2 q(r), n in *exponent. |r| <= ln 2 / 2.
template <class T>
inline Vector<T> reduced_expm1(Vector<T> x, Bits<T>* exponent) {
  using C = Constants<T>;
  const Vector<T> magic = broadcast<T>(C::kRound);
  const Vector<T> rounded = fma(x, broadcast<T>(C::kLog2e), magic);
  *exponent = wrapped_difference<T>(as_bits<T>(rounded), as_bits<T>(magic));
  const Vector<T> n = rounded - magic;
  Vector<T> r = fma(n, broadcast<T>(-C::kLn2High), x);
  r = fma(n, broadcast<T>(-C::kLn2Low), r);
  return fma(r * r, polynomial<T>(Coefficients<T>::kExpTail, r), r);
}

// 2^n for n within the exponent range.
template <class T>
inline Vector<T> power_of_two(Bits<T> n) {
  return from_bits<T>(wrapped_sum<T>(n, Simd<T>::kBias - Bits<T>{}) << Simd<T>::kMantissa);
}

template <class T>
inline Vector<T> exp_of(Vector<T> x) {
  using C = Constants<T>;
  const Vector<T> high = broadcast<T>(C::kExpHigh), low = broadcast<T>(C::kExpLow);
  Bits<T> n;
  const Vector<T> p = reduced_expm1<T>(x, &n) + T(1);
  // p in [0.7, 1.42]: between the limits the sum of exponents stays inside the format.
  Vector<T> value = from_bits<T>(wrapped_sum<T>(as_bits<T>(p), n << Simd<T>::kMantissa));
  value = x > high ? broadcast<T>(T(__builtin_inff())) : value;
  value = x < low ? Vector<T>{} : value;
  return x == x ? value : x;
}

// e^x - 1 for x <= 700 (double), 85 (float), beyond which it is of no use; meant for elu and selu.
template <class T>
inline Vector<T> expm1_of(Vector<T> x) {
  const Vector<T> low = broadcast<T>(Constants<T>::kExpm1Low);
  const Vector<T> inside = x < low ? low : x;
  Bits<T> n;
  const Vector<T> q = reduced_expm1<T>(inside, &n);
  const Vector<T> scale = power_of_two<T>(n);
  const Vector<T> value = fma(scale, q, scale - T(1));
  return x == x ? value : x;
}

// log(2^k (1 + f)) = k ln 2 + 2 atanh(s), s = f / (2 + f), 1 + f in [sqrt(1/2), sqrt(2)].
template <class T>
inline Vector<T> log_of_parts(Vector<T> k, Vector<T> f) {
  const Vector<T> s = f / (f + T(2));
  const Vector<T> z = s * s;
  const Vector<T> half_square = T(0.5) * f * f;
  // 2 atanh(s) = f - f^2/2 + s (f^2/2 + z q(z)), which keeps the large term f exact.
  const Vector<T> tail = s * fma(z, polynomial<T>(Coefficients<T>::kLogTail, z), half_square);
  const Vector<T> low = fma(k, broadcast<T>(Constants<T>::kLn2Low), tail - half_square);
  return fma(k, broadcast<T>(Constants<T>::kLn2High), f + low);
}

// log of a positive normal number; 0 gives -inf, a negative one NaN.
template <class T>
inline Vector<T> log_of(Vector<T> x) {
  const Bits<T> bits = as_bits<T>(x);
  constexpr auto kOne = static_cast<decltype(Simd<T>::kBias)>(1);
  // The exponent such that m = x / 2^k lies in [sqrt(1/2), sqrt(2)).
  const Bits<T> half = as_bits<T>(broadcast<T>(T(0.70710678118654752440)));
  const Bits<T> offset = wrapped_difference<T>(bits, half);
  const Bits<T> k = offset >> Simd<T>::kMantissa;
  const Vector<T> m = from_bits<T>(wrapped_difference<T>(bits, k << Simd<T>::kMantissa));
  const Vector<T> magic = broadcast<T>(Constants<T>::kRound);
  const Vector<T> exponent = from_bits<T>(wrapped_sum<T>(as_bits<T>(magic), k)) - magic;
  Vector<T> value = log_of_parts<T>(exponent, m - T(1));
  const Vector<T> infinity = broadcast<T>(T(__builtin_inff()));
  value = x == infinity ? infinity : value;
  value = as_bits<T>(absolute<T>(x)) < (kOne << Simd<T>::kMantissa) ? -infinity : value;
  value = x < T(0) ? broadcast<T>(T(__builtin_nanf(""))) : value;
  return x == x ? value : x;
}

// log(1 + x) for 0 <= x <= 1, the range softplus needs.
template <class T>
inline Vector<T> log1p_of(Vector<T> x) {
  const auto upper = x > T(0.41421356237309504880);
  const Vector<T> f = upper ? T(0.5) * (x - T(1)) : x;
  const Vector<T> k = upper ? broadcast<T>(T(1)) : Vector<T>{};
  return log_of_parts<T>(k, f);
}

// tanh |x| = m / (m + 2), m = e^(2|x|) - 1. The quotient is corrected once, by its own remainder
// and by what rounding took from m + 2.
template <class T>
inline Vector<T> tanh_of(Vector<T> x) {
  const Vector<T> high = broadcast<T>(Constants<T>::kTanhHigh);
  Vector<T> size = absolute<T>(x);
  size = size > high ? high : size;
  Bits<T> n;
  const Vector<T> q = reduced_expm1<T>(size + size, &n);
  const Vector<T> scale = power_of_two<T>(n);
  const Vector<T> m = fma(scale, q, scale - T(1));
  const Vector<T> d = m + T(2);
  const Vector<T> lost = m - (d - T(2));
  const Vector<T> inverse = T(1) / d;
  const Vector<T> quotient = m * inverse;
  const Vector<T> remainder = fma(-quotient, lost, fma(-quotient, d, m));
  return with_sign<T>(fma(remainder, inverse, quotient), x);
}

// 1 / (1 + e^-x) with e^-x = s (1 + q), s = 2^n: the smaller of 1 and s is added to s q first.
template <class T>
inline Vector<T> sigmoid_of(Vector<T> x) {
  const Vector<T> high = broadcast<T>(Constants<T>::kSigmoidHigh);
  const Vector<T> low = broadcast<T>(Constants<T>::kExpLow);
  Vector<T> inside = -x > high ? high : -x;
  inside = inside < low ? low : inside;
  Bits<T> n;
  const Vector<T> q = reduced_expm1<T>(inside, &n);
  const Vector<T> s = power_of_two<T>(n);
  const Vector<T> one = broadcast<T>(T(1));
  const Vector<T> larger = s > one ? s : one, smaller = s > one ? one : s;
  return T(1) / (larger + fma(s, q, smaller));
}

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
template <class T>
inline Vector<T> softplus_of(Vector<T> x) {
  return at_least_zero(x) + log1p_of<T>(exp_of<T>(-absolute<T>(x)));
}

// erfc(u) for u >= 0: e^(-u^2) p(t) / (1 + 2u), t = (u - 2) / (u + 2). The square is split so that
// its rounding error does not grow in the exponential.
template <class T>
inline Vector<T> erfc_of(Vector<T> u) {
  const Vector<T> high = broadcast<T>(Constants<T>::kErfcHigh);
  u = u > high ? high : u;
  const Vector<T> square = u * u;
  const Vector<T> error = fma(u, u, -square);
  const Vector<T> t = (u - T(2)) / (u + T(2));
  const Vector<T> e = exp_of<T>(-square);
  const Vector<T> scaled =
      polynomial<T>(Coefficients<T>::kErfcx, t) / fma(u, broadcast<T>(T(2)), broadcast<T>(T(1)));
  return fma(-e, error, e) * scaled;
}

// x mod 1 in [-1/2, 1/2], folded to |t| <= 1/4; *flip says that the cosine changes sign.
template <class T>
inline Vector<T> fold_turn(Vector<T> x, Bits<T>* flip) {
  const Vector<T> magic = broadcast<T>(Constants<T>::kRound);
  const Vector<T> t = x - ((x + magic) - magic);
  *flip = absolute<T>(t) > T(0.25);
  return *flip ? with_sign<T>(T(0.5) - absolute<T>(t), t) : t;
}

// cos(2 pi x), |x| < 2^22 (float).
template <class T>
inline Vector<T> cos2pi_of(Vector<T> x) {
  Bits<T> flip;
  const Vector<T> t = fold_turn<T>(x, &flip);
  const Vector<T> value = polynomial<T>(Coefficients<T>::kCos, t * t);
  return flip ? -value : value;
}

// sin(2 pi x), |x| < 2^22 (float).
template <class T>
inline Vector<T> sin2pi_of(Vector<T> x) {
  Bits<T> flip;
  const Vector<T> t = fold_turn<T>(x, &flip);
  return t * polynomial<T>(Coefficients<T>::kSin, t * t);
}

template <class T, Vector<T> (*kFunction)(Vector<T>)>
inline void evaluate_all(const T* x, T* out, Index count) {
  T padded[kLanes<T>];
  for (Index i = 0; i < count; i += kLanes<T>) {
    const Index n = count - i < kLanes<T> ? count - i : Index{kLanes<T>};
    for (Index j = 0; j < kLanes<T>; ++j) padded[j] = j < n ? x[i + j] : T(1);
    store<T>(padded, kFunction(load<T>(padded)));
    for (Index j = 0; j < n; ++j) out[i + j] = padded[j];
  }
}

template <class T>
void evaluate(Function function, const T* x, T* out, Index count) {
  switch (function) {
#define CHAINRULE_ROW(name) \
  case Function::name: return evaluate_all<T, name##_of<T>>(x, out, count);
    CHAINRULE_FUNCTIONS(CHAINRULE_ROW)
#undef CHAINRULE_ROW
  }
}
