// SPDX-License-Identifier: Apache-2.0
// Between rows and lanes, in registers: sums over the lanes of many vectors at once, and columns of
// rows as vectors. Through memory, a vector loaded from what was just stored in pieces would wait
// for the pieces to leave the store buffer.

// 0, 1, ..., N - 1 as template arguments.
template <int... kNumbers>
struct Sequence {};
template <int N, int... kNumbers>
struct MakeSequence : MakeSequence<N - 1, N - 1, kNumbers...> {};
template <int... kNumbers>
struct MakeSequence<0, kNumbers...> {
  using Type = Sequence<kNumbers...>;
};
template <int N>
using Upto = typename MakeSequence<N>::Type;

// {a, b}[pick(0)], {a, b}[pick(1)], ... for the lanes of the result.
template <class Pick, class V, int... kNumbers>
inline auto shuffle_lanes(V a, V b, Sequence<kNumbers...>) {
  return __builtin_shufflevector(a, b, Pick::of(kNumbers)...);
}

struct EveryLane {
  static constexpr int of(int lane) { return lane; }
};

// Lanes kFirst, kFirst + 1, ...
template <int kFirst>
struct LanesFrom {
  static constexpr int of(int lane) { return kFirst + lane; }
};

// Of vectors that hold sums of kTerms terms each: the lower or the upper half of every sum's terms.
template <int kTerms, bool kUpper>
struct HalfOfTerms {
  static constexpr int of(int lane) {
    constexpr int kHalf = kTerms / 2;
    return lane / kHalf * kTerms + lane % kHalf + (kUpper ? kHalf : 0);
  }
};

// The parts of a panel added by halves.
template <class T, int kCount = kParts>
inline Vector<T> fold_parts(const Vector<T>* parts) {
  if constexpr (kCount == 1) {
    return parts[0];
  } else {
    Vector<T> halves[kCount / 2];
#pragma GCC unroll 4
    for (int i = 0; i < kCount / 2; ++i) halves[i] = parts[i] + parts[i + kCount / 2];
    return fold_parts<T, kCount / 2>(halves);
  }
}

// The sum over a panel's lanes.
template <class T, int kTerms = kLanes<T>>
inline T sum_lanes(Vector<T> v) {
  if constexpr (kTerms == 1) {
    return v[0];
  } else {
    return sum_lanes<T, kTerms / 2>(
        v + shuffle_lanes<HalfOfTerms<kTerms, true>>(v, v, Upto<kLanes<T>>{}));
  }
}

// The sums over all lanes of kLanes vectors, in their order: halves are added until one term is
// left.
template <class T, int kVectors = kLanes<T>>
inline Vector<T> fold_lanes(const Vector<T>* vectors) {
  if constexpr (kVectors == 1) {
    return vectors[0];
  } else {
    Vector<T> halves[kVectors / 2];
#pragma GCC unroll 16
    for (int i = 0; i < kVectors / 2; ++i) {
      const Vector<T> a = vectors[2 * i], b = vectors[2 * i + 1];
      halves[i] = shuffle_lanes<HalfOfTerms<kVectors, false>>(a, b, Upto<kLanes<T>>{}) +
                  shuffle_lanes<HalfOfTerms<kVectors, true>>(a, b, Upto<kLanes<T>>{});
    }
    return fold_lanes<T, kVectors / 2>(halves);
  }
}

// A unit is 16 bytes, the least vector there is; a vector is one or more side by side.
typedef float FloatUnit __attribute__((vector_size(16)));
typedef double DoubleUnit __attribute__((vector_size(16)));

template <class T>
struct UnitOf;
template <>
struct UnitOf<float> {
  using Type = FloatUnit;
};
template <>
struct UnitOf<double> {
  using Type = DoubleUnit;
};

template <class T>
inline constexpr int kUnit = 16 / static_cast<int>(sizeof(T));

// Within each unit, lanes kFrom of the units of a and b beside one another.
template <class T, int... kFrom>
struct WithinUnit {
  static constexpr int of(int lane) {
    constexpr int kTable[] = {kFrom...};
    const int from = kTable[lane % kUnit<T>];
    return lane / kUnit<T> * kUnit<T> + from % kUnit<T> + (from >= kUnit<T> ? kLanes<T> : 0);
  }
};

// In each unit position, the kUnit x kUnit block of the vectors' units is transposed.
inline void transpose_units(Floats (&v)[4]) {
  constexpr auto kAll = Upto<kLanes<float>>{};
  using Low = WithinUnit<float, 0, 4, 1, 5>;
  using High = WithinUnit<float, 2, 6, 3, 7>;
  using Lower = WithinUnit<float, 0, 1, 4, 5>;
  using Upper = WithinUnit<float, 2, 3, 6, 7>;
  const Floats a = shuffle_lanes<Low>(v[0], v[1], kAll), b = shuffle_lanes<Low>(v[2], v[3], kAll);
  const Floats c = shuffle_lanes<High>(v[0], v[1], kAll), d = shuffle_lanes<High>(v[2], v[3], kAll);
  v[0] = shuffle_lanes<Lower>(a, b, kAll);
  v[1] = shuffle_lanes<Upper>(a, b, kAll);
  v[2] = shuffle_lanes<Lower>(c, d, kAll);
  v[3] = shuffle_lanes<Upper>(c, d, kAll);
}

inline void transpose_units(Doubles (&v)[2]) {
  constexpr auto kAll = Upto<kLanes<double>>{};
  const Doubles a = v[0];
  v[0] = shuffle_lanes<WithinUnit<double, 0, 2>>(a, v[1], kAll);
  v[1] = shuffle_lanes<WithinUnit<double, 1, 3>>(a, v[1], kAll);
}

// Units of rows first, first + kUnit, first + 2 kUnit, ... side by side. Unless all kLanes rows
// exist, those from `n` on are the last one again.
template <class T, bool kAll, int kUnits = kLanes<T> / kUnit<T>>
inline auto load_units(const T* from, Index stride, Index first, Index n) {
  if constexpr (kUnits == 1) {
    typename UnitOf<T>::Type unit;
    const Index row = kAll || first < n ? first : n - 1;
    __builtin_memcpy(&unit, from + row * stride, sizeof(unit));
    return unit;
  } else {
    constexpr Index kHalf = kUnits / 2;
    return shuffle_lanes<EveryLane>(
        load_units<T, kAll, kHalf>(from, stride, first, n),
        load_units<T, kAll, kHalf>(from, stride, first + kHalf * kUnit<T>, n),
        Upto<kUnits * kUnit<T>>{});
  }
}

template <class T, int kPart, int... kNumbers>
inline void store_unit(T* to, Vector<T> v, Sequence<kNumbers...>) {
  const typename UnitOf<T>::Type unit =
      __builtin_shufflevector(v, v, (kPart * kUnit<T> + kNumbers)...);
  __builtin_memcpy(to, &unit, sizeof(unit));
}

template <class T, bool kAll, int kPart = 0>
inline void store_units(T* to, Index stride, Index first, Index n, Vector<T> v) {
  if constexpr (kPart < kLanes<T> / kUnit<T>) {
    if (kAll || first < n) store_unit<T, kPart>(to + first * stride, v, Upto<kUnit<T>>{});
    store_units<T, kAll, kPart + 1>(to, stride, first + kUnit<T>, n, v);
  }
}

template <class T, bool kAll>
inline void gather_some(const T* from, Index stride, Index n, Index n_columns, T* columns,
                        Index apart) {
  for (Index c = 0; c < n_columns; c += kUnit<T>) {
    Vector<T> v[kUnit<T>];
#pragma GCC unroll 4
    for (int i = 0; i < kUnit<T>; ++i) v[i] = load_units<T, kAll>(from + c, stride, i, n);
    transpose_units(v);
#pragma GCC unroll 4
    for (int i = 0; i < kUnit<T>; ++i) store<T>(columns + (c + i) * apart, v[i]);
  }
}

// columns[c * kLanes + i] = from[i * stride + c] for kLanes rows, of which `n` exist and the last
// is repeated, and for n_columns columns rounded up to whole units.
template <class T>
inline void gather_columns(const T* from, Index stride, Index n, Index n_columns, T* columns) {
  if (n == kLanes<T>) {
    gather_some<T, true>(from, stride, n, n_columns, columns, kLanes<T>);
  } else {
    gather_some<T, false>(from, stride, n, n_columns, columns, kLanes<T>);
  }
}

template <class T, bool kAll>
inline void scatter_some(const T* columns, Index n, Index n_columns, T* to, Index stride) {
  for (Index c = 0; c < n_columns; c += kUnit<T>) {
    Vector<T> v[kUnit<T>];
#pragma GCC unroll 4
    for (int i = 0; i < kUnit<T>; ++i) v[i] = load<T>(columns + (c + i) * kLanes<T>);
    transpose_units(v);
#pragma GCC unroll 4
    for (int i = 0; i < kUnit<T>; ++i) store_units<T, kAll>(to + c, stride, i, n, v[i]);
  }
}

// The reverse: to[i * stride + c] = columns[c * kLanes + i] for i < n.
template <class T>
inline void scatter_columns(const T* columns, Index n, Index n_columns, T* to, Index stride) {
  if (n == kLanes<T>) {
    scatter_some<T, true>(columns, n, n_columns, to, stride);
  } else {
    scatter_some<T, false>(columns, n, n_columns, to, stride);
  }
}
