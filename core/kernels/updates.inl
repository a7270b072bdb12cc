// SPDX-License-Identifier: Apache-2.0
// Every optimizer's rule, one line of formula each, over whole panels of parameters.

// name, whether it keeps a first moment (or velocity), and a second (or sum of squares).
#define CHAINRULE_OPTIMIZERS(ROW) \
  ROW(sgd, false, false)          \
  ROW(momentum, true, false)      \
  ROW(nesterov, true, false)      \
  ROW(adagrad, false, true)       \
  ROW(rmsprop, false, true)       \
  ROW(adam, true, true)           \
  ROW(adamw, true, true)

#define CHAINRULE_ROW(name, first, second) name,
enum class OptimizerKind : int { CHAINRULE_OPTIMIZERS(CHAINRULE_ROW) };
#undef CHAINRULE_ROW

#define CHAINRULE_ROW(name, first, second) {#name, first, second},
inline constexpr OptimizerRow kOptimizerRows[] = {CHAINRULE_OPTIMIZERS(CHAINRULE_ROW)};
#undef CHAINRULE_ROW

// g <- g + l2 w + l1 sign(w), sign(0) = 0.
template <class T>
void penalize(T* g, const T* w, Index count, T l1, T l2) {
  const Vector<T> zero{}, up = broadcast<T>(l1), ridge = broadcast<T>(l2);
  for (Index i = 0; i < count; i += kLanes<T>) {
    const Vector<T> weight = load<T>(w + i);
    const Vector<T> side = weight > zero ? up : (weight < zero ? -up : zero);
    store<T>(g + i, fma(ridge, weight, load<T>(g + i) + side));
  }
}

// Some bit in the lanes of what is not finite: x - x is 0, or NaN.
template <class T>
inline Bits<T> faults_of(Vector<T> x) {
  return as_bits<T>(x - x);
}

// Returns fault bits. A first moment that is not finite shows in the parameters at once; a second
// one would divide by infinity, and freeze them in silence.
template <class T, OptimizerKind kKind>
inline unsigned update_all(const UpdateArgs<T>& args) {
  const Vector<T> rate = broadcast<T>(args.rate), keep = broadcast<T>(args.keep);
  const Vector<T> momentum = broadcast<T>(args.momentum), epsilon = broadcast<T>(args.epsilon);
  const Vector<T> beta1 = broadcast<T>(args.beta1), beta2 = broadcast<T>(args.beta2);
  const Vector<T> fresh1 = T(1) - beta1, fresh2 = T(1) - beta2;
  const Vector<T> step = rate * args.correction1;
  const Vector<T> correction2 = broadcast<T>(args.correction2);
  // Copies, since what is stored might be the arguments for all the compiler knows.
  const T* const g_at = args.g;
  T *const w_at = args.w, *const first = args.first, *const second = args.second;
  const Index count = args.count;
  Bits<T> of_w{}, of_second{};
  for (Index i = 0; i < count; i += kLanes<T>) {
    const Vector<T> g = load<T>(g_at + i);
    Vector<T> w = load<T>(w_at + i) * keep;
    if constexpr (kKind == OptimizerKind::sgd) {  // w <- w - eta g
      w = fma(-rate, g, w);
    } else if constexpr (kKind == OptimizerKind::momentum) {  // v <- mu v - eta g, w <- w + v
      const Vector<T> v = fma(momentum, load<T>(first + i), -rate * g);
      store<T>(first + i, v);
      w += v;
    } else if constexpr (kKind == OptimizerKind::nesterov) {  // v as above, w <- w + mu v - eta g
      const Vector<T> push = -rate * g;
      const Vector<T> v = fma(momentum, load<T>(first + i), push);
      store<T>(first + i, v);
      w += fma(momentum, v, push);
    } else if constexpr (kKind ==
                         OptimizerKind::adagrad) {  // s <- s + g^2, w <- w - eta g/(sqrt s + e)
      const Vector<T> s = fma(g, g, load<T>(second + i));
      store<T>(second + i, s);
      of_second |= faults_of<T>(s);
      w -= rate * g / (square_root(s) + epsilon);
    } else if constexpr (kKind == OptimizerKind::rmsprop) {  // s <- rho s + (1 - rho) g^2
      const Vector<T> s = fma(beta2, load<T>(second + i), fresh2 * g * g);
      store<T>(second + i, s);
      of_second |= faults_of<T>(s);
      w -= rate * g / (square_root(s) + epsilon);
    } else {  // adam and adamw, which differ in keep: m, v, then w <- w - eta m^/(sqrt(v^) + e), m^
              // = m/(1-b1^t), v^ = v/(1-b2^t)
      const Vector<T> m = fma(beta1, load<T>(first + i), fresh1 * g);
      const Vector<T> v = fma(beta2, load<T>(second + i), fresh2 * g * g);
      store<T>(first + i, m);
      store<T>(second + i, v);
      of_second |= faults_of<T>(v);
      w -= step * m / (square_root(v * correction2) + epsilon);
    }
    store<T>(w_at + i, w);
    of_w |= faults_of<T>(w);
  }
  return (has_bits(Int64s(of_w)) ? fault::kOfParameter : 0u) |
         (has_bits(Int64s(of_second)) ? fault::kOfSecond : 0u);
}

template <class T>
unsigned update_parameters(const UpdateArgs<T>& args) {
  switch (static_cast<OptimizerKind>(args.optimizer)) {
#define CHAINRULE_ROW(name, first, second) \
  case OptimizerKind::name: return update_all<T, OptimizerKind::name>(args);
    CHAINRULE_OPTIMIZERS(CHAINRULE_ROW)
#undef CHAINRULE_ROW
  }
  return fault::kAny;
}

// One 4 x 4 block in 16-byte vectors: pairs of lanes interleaved, then pairs of pairs.
inline void transpose_block(const float* from, Index stride, float* to, Index to_stride) {
  typedef float Four __attribute__((vector_size(16)));
  Four r[4];
#pragma GCC unroll 4
  for (Index i = 0; i < 4; ++i) __builtin_memcpy(&r[i], from + i * stride, 16);
  const Four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const Four b = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const Four c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const Four d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  const Four columns[4] = {
      __builtin_shufflevector(a, b, 0, 1, 4, 5), __builtin_shufflevector(a, b, 2, 3, 6, 7),
      __builtin_shufflevector(c, d, 0, 1, 4, 5), __builtin_shufflevector(c, d, 2, 3, 6, 7)};
#pragma GCC unroll 4
  for (Index i = 0; i < 4; ++i) __builtin_memcpy(to + i * to_stride, &columns[i], 16);
}

inline void transpose_block(const double* from, Index stride, double* to, Index to_stride) {
  for (Index i = 0; i < 4; ++i)
    for (Index j = 0; j < 4; ++j) to[j * to_stride + i] = from[i * stride + j];
}

// By vectors of rows, then by fours, then what is left of rows and columns.
template <class T>
[[gnu::always_inline]] inline void transpose_any(const T* from, Index stride, Index rows,
                                                 Index columns, T* to, Index to_stride) {
  const Index whole = columns / 4 * 4;
  Index row = 0;
  for (; row + kLanes<T> <= rows; row += kLanes<T>)
    gather_some<T, true>(from + row * stride, stride, kLanes<T>, whole, to + row, to_stride);
  for (; row + 4 <= rows; row += 4)
    for (Index j = 0; j < whole; j += 4)
      transpose_block(from + row * stride + j, stride, to + j * to_stride + row, to_stride);
  if (row == rows && whole == columns) return;
  for (Index j = 0; j < columns; ++j)
    for (Index i = j < whole ? row : 0; i < rows; ++i) to[j * to_stride + i] = from[i * stride + j];
}

// Within the panels of every step the strides are constants.
template <class T>
void transpose(const T* from, Index stride, Index rows, Index columns, T* to, Index to_stride) {
  constexpr Index P = kPanel<T>;
  if (stride == P && columns == P && to_stride == P) {
    transpose_any<T>(from, P, rows, P, to, P);
  } else {
    transpose_any<T>(from, stride, rows, columns, to, to_stride);
  }
}

// In double, for the norm that clips: squares of a float are exact there.
template <class T>
double sum_of_squares(const T* x, Index count) {
  double lanes[kPanel<T>] = {};
  for (Index i = 0; i < count; i += kPanel<T>)
    for (Index j = 0; j < kPanel<T>; ++j) {
      const auto v = static_cast<double>(x[i + j]);
      lanes[j] += v * v;
    }
  for (Index half = kPanel<T> / 2; half > 0; half /= 2)
    for (Index i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

template <class T>
void scale_rows(T* x, Index stride, Index rows, Index width, const T* factors) {
  for (Index row = 0; row < rows; ++row) {
    const Vector<T> factor = broadcast<T>(factors[row]);
    for (Index j = 0; j < width; j += kLanes<T>) {
      T* at = x + row * stride + j;
      store<T>(at, load<T>(at) * factor);
    }
  }
}

template <class T>
void multiply(const T* x, const T* y, T* out, Index count) {
  for (Index i = 0; i < count; i += kLanes<T>) store<T>(out + i, load<T>(x + i) * load<T>(y + i));
}
