// SPDX-License-Identifier: Apache-2.0
// What a mutated source calls: each operator, number, condition and statement with its number, and
// changed where that number is the one that is switched on. An operator keeps its precedence: what
// was `a < b` is `a < Less<7>{} < b`, the first half of which remembers a.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <type_traits>

extern "C" __attribute__((visibility("default"))) int chainrule_mutant;
extern "C" __attribute__((visibility("default"))) unsigned char chainrule_reached[];

namespace chainrule::mutants {

// Whether mutant k is on; that somebody asked is remembered.
inline bool on(int k) {
  chainrule_reached[k] = 1;
  return chainrule_mutant == k;
}

// Mutant k would not compile: text does not subtract.
inline void impossible(int k) { chainrule_reached[k] = 2; }

template <class A, class Operator>
struct Left {
  const A& a;
};
template <class E, std::size_t N, class Operator>
struct Left<E[N], Operator> {  // a pointer to what may be changed
  E (&a)[N];
};

// a <carrier> Name<K>, which waits for what stands on the right.
#define CHAINRULE_LEFT(Name, carrier)                       \
  template <int K>                                          \
  struct Name {};                                           \
  template <class A, int K>                                 \
  Left<A, Name<K>> operator carrier(const A& a, Name<K>) {  \
    return {a};                                             \
  }                                                         \
  template <class E, std::size_t N, int K>                  \
  Left<E[N], Name<K>> operator carrier(E(&a)[N], Name<K>) { \
    return {a};                                             \
  }

// Vectors, too: so every choice is a branch, which compilers do not take for one lane by lane.
#define CHAINRULE_OPERATOR(Name, carrier, right, first, second) \
  CHAINRULE_LEFT(Name, carrier)                                 \
  template <class A, int K, class B>                            \
  auto operator carrier(Left<A, Name<K>> left, const B& b) {    \
    if (on(K)) return left.a first b;                           \
    if (on(K + 1)) return left.a second b;                      \
    return left.a right b;                                      \
  }

CHAINRULE_OPERATOR(Less, <, <, <=, >=)
CHAINRULE_OPERATOR(AtMost, <, <=, <, >)
CHAINRULE_OPERATOR(More, <, >, >=, <=)
CHAINRULE_OPERATOR(AtLeast, <, >=, >, <)
#undef CHAINRULE_OPERATOR

#define CHAINRULE_OPERATOR(Name, carrier, right, wrong)                    \
  CHAINRULE_LEFT(Name, carrier)                                            \
  template <class A, int K, class B>                                       \
  auto operator carrier(Left<A, Name<K>> left, const B& b) {               \
    if constexpr (requires { on(K) ? left.a wrong b : left.a right b; }) { \
      if (on(K)) return left.a wrong b;                                    \
      return left.a right b;                                               \
    } else {                                                               \
      impossible(K);                                                       \
      return left.a right b;                                               \
    }                                                                      \
  }

CHAINRULE_OPERATOR(Equal, ==, ==, !=)
CHAINRULE_OPERATOR(Unequal, ==, !=, ==)
CHAINRULE_OPERATOR(Plus, +, +, -)
CHAINRULE_OPERATOR(Minus, +, -, +)
CHAINRULE_OPERATOR(Times, *, *, /)
CHAINRULE_OPERATOR(Over, *, /, *)
CHAINRULE_OPERATOR(Modulo, *, %, *)
#undef CHAINRULE_OPERATOR
#undef CHAINRULE_LEFT

// The minus before a number or a vector.
template <int K>
struct Sign {};
template <int K, class A>
auto operator*(Sign<K>, const A& a) {
  if (on(K)) return +a;
  return -a;
}

// A condition, of a branch or lane by lane.
template <int K, class C>
auto negated(const C& condition) {
  if constexpr (std::is_constructible_v<bool, const C&>) {
    return on(K) != static_cast<bool>(condition);
  } else {
    if (on(K)) return ~condition;
    return condition;
  }
}

template <int K, class N>
N number(N value) {
  return on(K) ? value + N(1) : value;
}

template <int K, class N>
N number_up_or_down(N value) {
  return on(K) ? value + N(1) : on(K + 1) ? value - N(1) : value;
}

template <int K, class T = void, class A, class B>
auto least(const A& a, const B& b) {
  using C = std::conditional_t<std::is_void_v<T>, A, T>;
  return on(K) ? std::max<C>(a, b) : std::min<C>(a, b);
}
template <int K, class T = void, class A>
A least(std::initializer_list<A> all) {
  return on(K) ? std::max(all) : std::min(all);
}
template <int K, class T = void, class A, class B>
auto greatest(const A& a, const B& b) {
  using C = std::conditional_t<std::is_void_v<T>, A, T>;
  return on(K) ? std::min<C>(a, b) : std::max<C>(a, b);
}
template <int K, class T = void, class A>
A greatest(std::initializer_list<A> all) {
  return on(K) ? std::min(all) : std::max(all);
}

}  // namespace chainrule::mutants
