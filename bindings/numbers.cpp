// SPDX-License-Identifier: Apache-2.0
// Random numbers, starting weights and the elementwise functions.
#include "convert.h"

#include "base/floating_point.h"
#include "base/random.h"
#include "kernels/names.h"
#include "train/initialize.h"

namespace chainrule {
namespace {

template <class T>
void evaluate_function(const std::string& function, Column<T> x, Writable<T> out) {
  if (x.size() != out.size()) throw std::invalid_argument("x and out differ in length");
  const FlushSubnormals flush;
  kernels<T>().evaluate(function_named(function), x.data(), out.data(),
                        static_cast<Index>(x.size()));
}

Distribution distribution_named(const std::string& name) {
  return named<Distribution>(
      name, "distribution", {{"uniform", Distribution::uniform}, {"normal", Distribution::normal}});
}

Stream stream_named(const std::string& name) {
  return named<Stream>(name, "stream",
                       {{"init", Stream::init},
                        {"shuffle", Stream::shuffle},
                        {"split", Stream::split},
                        {"dropout", Stream::dropout}});
}

template <class T>
void initialize_weights(const std::string& distribution, double size, std::uint64_t seed,
                        Index layer, nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu> w) {
  initialize<T>(distribution_named(distribution), size, seed, layer, static_cast<Index>(w.shape(1)),
                static_cast<Index>(w.shape(0)), w.data());
}

nb::object permutation(Index n, std::uint64_t seed, const std::string& stream,
                       std::uint32_t epoch) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  shuffle(order.data(), n, seed, stream_named(stream), epoch);
  std::int64_t* data = nullptr;
  nb::object array = new_array<std::int64_t>({order.size()}, &data);
  for (std::size_t i = 0; i < order.size(); ++i) data[i] = order[i];
  return array;
}

std::vector<std::uint32_t> philox_words(const std::vector<std::uint32_t>& counter,
                                        std::uint64_t key) {
  const Words words = philox({counter.at(0), counter.at(1), counter.at(2), counter.at(3)}, key);
  return {words.begin(), words.end()};
}

}  // namespace

void register_numbers(nb::module_& module) {
  module.def("evaluate", &evaluate_function<float>, nb::arg("function"), nb::arg("x").noconvert(),
             nb::arg("out").noconvert());
  module.def("evaluate", &evaluate_function<double>, nb::arg("function"), nb::arg("x").noconvert(),
             nb::arg("out").noconvert());
  module.def("initialize", &initialize_weights<float>, nb::arg("distribution"), nb::arg("size"),
             nb::arg("seed"), nb::arg("layer"), nb::arg("w").noconvert());
  module.def("initialize", &initialize_weights<double>, nb::arg("distribution"), nb::arg("size"),
             nb::arg("seed"), nb::arg("layer"), nb::arg("w").noconvert());
  module.def("permutation", &permutation, nb::arg("n"), nb::arg("seed"), nb::arg("stream"),
             nb::arg("epoch"));
  module.def("philox", &philox_words);
}

}  // namespace chainrule
