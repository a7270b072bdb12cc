// SPDX-License-Identifier: Apache-2.0
#include "train/initialize.h"

#include <cmath>

#include "base/random.h"
#include "kernels/table.h"

namespace chainrule {

template <class T>
void initialize(Distribution distribution, double scale, std::uint64_t seed, Index layer,
                Index n_in, Index n_out, T* w) {
  const KernelTable<double>& table = kernels<double>();
  for (Index j = 0; j < n_out; ++j) {
    for (Index i = 0; i < n_in; ++i) {
      const Words words = draw(seed, Stream::init, static_cast<std::uint32_t>(layer), 0,
                               static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
      const double u1 = uniform(words[0], words[1]), u2 = uniform(words[2], words[3]);
      double value = 0;
      if (distribution == Distribution::uniform) {
        value = scale * (2 * u1 - 1);
      } else if (distribution == Distribution::normal) {  // Box-Muller
        const double rest = 1 - u1;
        double log_rest = 0, cosine = 0;
        table.evaluate(Function::log, &rest, &log_rest, 1);
        table.evaluate(Function::cos2pi, &u2, &cosine, 1);
        value = scale * std::sqrt(-2 * log_rest) * cosine;
      }
      w[j * n_in + i] = static_cast<T>(value);
    }
  }
}

template void initialize(Distribution, double, std::uint64_t, Index, Index, Index, float*);
template void initialize(Distribution, double, std::uint64_t, Index, Index, Index, double*);

}  // namespace chainrule
