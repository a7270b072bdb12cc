// SPDX-License-Identifier: Apache-2.0
// Derivatives of outputs by what the lowest layer makes of each row.
#include "rows.h"
#include "train/fit.h"
#include "train/pullback.h"

namespace chainrule {
namespace {

template <class T>
nb::object pull(const NetworkPlan& plan, const Arrays& values, const TableArrays& arrays,
                const AnyArray& seeds, int n_threads) {
  const Call call;
  const Table<T> table(arrays, plan);
  const Rows<T> rows = table.view();
  if (seeds.dtype() != nb::dtype<T>() || seeds.ndim() != 2 ||
      static_cast<Index>(seeds.shape(0)) != rows.n ||
      static_cast<Index>(seeds.shape(1)) != plan.n_outputs)
    throw std::invalid_argument("seeds have the wrong shape or type");
  Network<T> network(plan);
  load_arrays(network, values, network.values());
  network.refresh();
  const Index width = network.layers()[network.lowest()]->n_out();
  T* out = nullptr;
  nb::object array =
      new_array<T>({static_cast<std::size_t>(rows.n), static_cast<std::size_t>(width)}, &out);
  const int threads = n_threads > 0 ? n_threads : useful_threads(network, rows.n);
  {
    const Unlocked unlocked;
    const FlushSubnormals flush;
    ThreadPool pool(threads);
    pullback(network, rows, static_cast<const T*>(seeds.data()), pool, pool.size(), out);
  }
  return array;
}

}  // namespace

void register_pullback(nb::module_& module) {
  module.def(
      "pullback",
      [](const NetworkPlan& network, const Arrays& values, const TableArrays& rows,
         const AnyArray& seeds, int n_threads) {
        return with_type(
            values, [&]<class T>() { return pull<T>(network, values, rows, seeds, n_threads); });
      },
      nb::arg("network"), nb::arg("values"), nb::arg("rows"), nb::arg("seeds").noconvert(),
      nb::arg("n_threads"));
}

}  // namespace chainrule
