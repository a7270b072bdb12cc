// SPDX-License-Identifier: Apache-2.0
// The SIMD shim: one vector type a number type, kVectorBytes wide, from the compilers' vector
// extensions (+ - * / and comparisons come with them). A target adds fma, square_root,
// at_least_zero and has_bits in its own file; everything above is written once.
//
// Included inside a target's unnamed namespace: no std, nothing with external linkage.

typedef float Floats __attribute__((vector_size(kVectorBytes)));
typedef double Doubles __attribute__((vector_size(kVectorBytes)));
typedef float HalfFloats __attribute__((vector_size(kVectorBytes / 2)));
typedef std::int32_t Int32s __attribute__((vector_size(kVectorBytes)));
typedef std::int64_t Int64s __attribute__((vector_size(kVectorBytes)));

typedef std::uint32_t Uint32s __attribute__((vector_size(kVectorBytes)));
typedef std::uint64_t Uint64s __attribute__((vector_size(kVectorBytes)));

template <class T>
struct Simd;

template <>
struct Simd<float> {
  using Vector = Floats;
  using Bits = Int32s;
  using Unsigned = Uint32s;
  static constexpr int kMantissa = 23;
  static constexpr std::int32_t kBias = 127;
};

template <>
struct Simd<double> {
  using Vector = Doubles;
  using Bits = Int64s;
  using Unsigned = Uint64s;
  static constexpr int kMantissa = 52;
  static constexpr std::int64_t kBias = 1023;
};

template <class T>
using Vector = typename Simd<T>::Vector;
template <class T>
using Bits = typename Simd<T>::Bits;

template <class T>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

// Vectors in a panel.
inline constexpr int kParts = 64 / kVectorBytes;

template <class T>
inline Vector<T> load(const T* from) {
  Vector<T> v;
  __builtin_memcpy(&v, from, sizeof(v));
  return v;
}

template <class T>
inline void store(T* to, Vector<T> v) {
  __builtin_memcpy(to, &v, sizeof(v));
}

template <class T>
inline Vector<T> broadcast(T x) {
  return x - Vector<T>{};
}

template <class T>
inline Bits<T> as_bits(Vector<T> v) {
  return reinterpret_cast<Bits<T>>(v);
}

template <class T>
inline Vector<T> from_bits(Bits<T> b) {
  return reinterpret_cast<Vector<T>>(b);
}

// Bits of any number, NaN too, added and subtracted as if without end: signed, that is undefined.
template <class T>
inline Bits<T> wrapped_sum(Bits<T> a, Bits<T> b) {
  using U = typename Simd<T>::Unsigned;
  return reinterpret_cast<Bits<T>>(reinterpret_cast<U>(a) + reinterpret_cast<U>(b));
}

template <class T>
inline Bits<T> wrapped_difference(Bits<T> a, Bits<T> b) {
  using U = typename Simd<T>::Unsigned;
  return reinterpret_cast<Bits<T>>(reinterpret_cast<U>(a) - reinterpret_cast<U>(b));
}

template <class T>
inline Vector<T> absolute(Vector<T> v) {
  constexpr auto kSign = static_cast<decltype(Simd<T>::kBias)>(1) << (sizeof(T) * 8 - 1);
  return from_bits<T>(as_bits<T>(v) & ~kSign);
}

// |magnitude| with the sign of `sign`.
template <class T>
inline Vector<T> with_sign(Vector<T> magnitude, Vector<T> sign) {
  constexpr auto kSign = static_cast<decltype(Simd<T>::kBias)>(1) << (sizeof(T) * 8 - 1);
  return from_bits<T>((as_bits<T>(magnitude) & ~kSign) | (as_bits<T>(sign) & kSign));
}

// 0, 1, 2, ... plus `start`, for masks of the last panel.
template <class T>
inline Bits<T> lane_numbers(Index start) {
  Bits<T> lanes{};
  for (int i = 0; i < kLanes<T>; ++i) lanes[i] = static_cast<decltype(Simd<T>::kBias)>(start + i);
  return lanes;
}
