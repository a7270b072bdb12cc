// SPDX-License-Identifier: Apache-2.0
// The most that this instruction set computes: what a benchmark calls 100 %, and how long a result
// takes, which bounds a step whose operations wait for each other.

// Multiply-adds in chains that do not wait for each other and never leave the registers; returns
// the floating-point operations. x <- 0.75 x + 0.25 stays within [0, 1].
template <class T>
Index multiply_add_chains(Index rounds, T* out) {
  constexpr int kChains = kVectorBytes == 32 ? 12 : 24;  // of 16 and of 32 registers
  const Vector<T> factor = broadcast<T>(T(0.75)), term = broadcast<T>(T(0.25));
  Vector<T> chains[kChains];
#pragma GCC unroll 24
  for (int i = 0; i < kChains; ++i) chains[i] = broadcast<T>(T(i) / T(kChains));  // all differ
  for (Index round = 0; round < rounds; ++round) {
#pragma GCC unroll 24
    for (int i = 0; i < kChains; ++i) chains[i] = fma(chains[i], factor, term);
  }
  Vector<T> sum{};
#pragma GCC unroll 24
  for (int i = 0; i < kChains; ++i) sum += chains[i];
  store<T>(out, sum);
  return rounds * kChains * kLanes<T> * 2;
}

// One chain, whose numbers stay within [0.25, 2]: a result's latency, not how many fit side by
// side.
template <class T>
void waiting_chain(Waits kind, Index rounds, T* out) {
  const Vector<T> half = broadcast<T>(T(0.5)), over = broadcast<T>(T(1.7));
  Vector<T> x = broadcast<T>(T(1.3));
  const auto repeat = [&](auto next) {
    for (Index round = 0; round < rounds; ++round) x = next(x);
  };
  switch (kind) {
    case Waits::multiply_add: repeat([&](Vector<T> v) { return fma(v, half, half); }); break;
    case Waits::divide: repeat([&](Vector<T> v) { return over / v; }); break;
    case Waits::square_root: repeat([](Vector<T> v) { return square_root(v); }); break;
    case Waits::exponential:  // of minus x: the sign is one more bit operation
      repeat([](Vector<T> v) { return exp_of<T>(-v); });
      break;
  }
  store<T>(out, x);
}
