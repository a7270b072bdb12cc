// SPDX-License-Identifier: Apache-2.0
// A network packed once for many predictions: one row costs a few microseconds.
#include "rows.h"

#include <nanobind/stl/unique_ptr.h>

#include <cmath>
#include <memory>
#include <mutex>

#include "base/floating_point.h"
#include "base/thread_pool.h"
#include "train/fit.h"
#include "train/validation.h"

namespace chainrule {
namespace {

// Multiply-adds up to which a call keeps the interpreter lock and one thread.
constexpr double kSmall = 1e6;

using AnyRows = nb::ndarray<nb::ro, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

template <class T>
bool all_finite(const T* x, Index count) {
  constexpr Index kStep = 16;
  T zeros[kStep] = {};  // 0 * x is 0, or NaN
  Index i = 0;
  for (; i + kStep <= count; i += kStep)
    for (Index j = 0; j < kStep; ++j) zeros[j] += T(0) * x[i + j];
  for (; i < count; ++i) zeros[0] += T(0) * x[i];
  T sum = T(0);
  for (const T zero : zeros) sum += zero;
  return sum == T(0);
}

class AnyPredictor {
 public:
  virtual ~AnyPredictor() = default;
  // (a(L), or z(L) with `logits`; whether all of it is finite). None where X does not fit, is not
  // finite or holds what a layer cannot read, for the caller to say.
  virtual nb::object predict(const AnyRows& x, bool logits, int n_threads) = 0;
};

template <class T>
class PackedNetwork final : public AnyPredictor {
 public:
  PackedNetwork(const NetworkPlan& plan, const Arrays& values) : network_(plan) {
    load_arrays(network_, values, network_.values());
  }

  nb::object predict(const AnyRows& x, bool logits, int n_threads) override {
    const NetworkPlan& plan = network_.plan();
    const auto n = static_cast<Index>(x.shape(0));
    if (x.dtype() != nb::dtype<T>() || static_cast<Index>(x.shape(1)) != plan.n_features)
      return nb::none();
    Rows<T> rows;
    rows.x = static_cast<const T*>(x.data());
    rows.n_features = plan.n_features;
    rows.n = n;
    T* out = nullptr;
    nb::object array = new_array<T>({x.shape(0), static_cast<std::size_t>(plan.n_outputs)}, &out);
    bool fits = false;
    if (network_.work() * static_cast<double>(n) < kSmall) {
      Poll poll;  // nobody asks
      fits = run(rows, logits, 1, out, poll);
    } else {
      const int threads = n_threads > 0 ? n_threads : useful_threads(network_, n / 3);
      const Call call;
      PythonCalls python;
      Poll poll;
      const Interrupts interrupts(
          poll, [&] { return python.interrupted(); }, network_.work(), threads == 1);
      {
        const Unlocked unlocked;
        fits = run(rows, logits, threads, out, poll);
      }
      python.rethrow();
      if (interrupts.seen()) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
        throw nb::python_error();
      }
    }
    if (!fits) return nb::none();
    return nb::make_tuple(array, all_finite(out, n * plan.n_outputs));
  }

 private:
  bool run(const Rows<T>& rows, bool logits, int threads, T* out, Poll& poll) {
    if (!all_finite(rows.x, rows.n * rows.n_features) ||
        !network_.layers().front()->accepts({rows.x, rows.n_features}, rows.n))
      return false;
    const FlushSubnormals flush;
    ThreadPool pool(threads);
    if (pool.size() > 1) {
      Predictor<T>(network_, pool.size()).predict(rows, logits, pool, pool.size(), out, poll);
      return true;
    }
    std::unique_ptr<Predictor<T>> predictor = borrow();
    predictor->predict(rows, logits, pool, 1, out, poll);
    give_back(std::move(predictor));
    return true;
  }

  // Threads that predict at once each have a workspace of their own.
  std::unique_ptr<Predictor<T>> borrow() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!spare_.empty()) {
        std::unique_ptr<Predictor<T>> predictor = std::move(spare_.back());
        spare_.pop_back();
        return predictor;
      }
    }
    return std::make_unique<Predictor<T>>(network_, 1);
  }

  void give_back(std::unique_ptr<Predictor<T>> predictor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    spare_.push_back(std::move(predictor));
  }

  Network<T> network_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Predictor<T>>> spare_;
};

std::unique_ptr<AnyPredictor> packed(const NetworkPlan& plan, const Arrays& values) {
  return with_type(values, [&]<class T>() -> std::unique_ptr<AnyPredictor> {
    return std::make_unique<PackedNetwork<T>>(plan, values);
  });
}

}  // namespace

void register_predictor(nb::module_& module) {
  nb::class_<AnyPredictor>(module, "PackedNetwork")
      .def("predict", &AnyPredictor::predict, nb::arg("x").noconvert(), nb::arg("logits"),
           nb::arg("n_threads"));
  module.def("packed", &packed, nb::arg("network"), nb::arg("values"));
}

}  // namespace chainrule
