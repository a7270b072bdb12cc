// SPDX-License-Identifier: Apache-2.0
// A network packed once for many predictions: one row costs a few microseconds.
#include "convert.h"

#include <cmath>
#include <memory>
#include <mutex>

#include "base/cpu.h"
#include "base/floating_point.h"
#include "base/team.h"
#include "train/fit.h"
#include "train/validation.h"

namespace chainrule {
namespace {

// Multiply-adds up to which a call keeps the interpreter lock and one thread.
constexpr double kSmall = 1e6;

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

template <class T>
class PackedNetwork {
 public:
  PackedNetwork(const nb::dict& form,
                std::vector<nb::ndarray<const T, nb::c_contig, nb::device::cpu>> params)
      : plan_(network_plan(form)), network_(plan_) {
    network_.pack(parameter_pointers<const T>(network_.tensors(), params),
                  network_.values().data());
    for (const LayerPlan& layer : plan_.layers)
      row_work_ += static_cast<double>(layer.n_in) * static_cast<double>(layer.n_out);
  }

  // a(L), or z(L) with `logits`; None where X does not fit, is not finite or holds a code that is
  // none, for the caller to say.
  nb::object predict(Matrix<T> x, bool logits, int n_threads) {
    const auto n = static_cast<Index>(x.shape(0));
    if (static_cast<Index>(x.shape(1)) != plan_.n_features) return nb::none();
    Rows<T> rows;
    rows.x = x.data();
    rows.n_features = plan_.n_features;
    rows.n = n;
    T* out = nullptr;
    nb::object array =
        new_array<T>({x.shape(0), static_cast<std::size_t>(plan_.n_outputs())}, &out);
    bool finite = false;
    if (row_work_ * static_cast<double>(n) < kSmall) {
      finite = run(rows, logits, 1, out);
    } else {
      const int threads =
          n_threads > 0 ? n_threads : useful_threads(plan_, n / 3, available_threads());
      const nb::gil_scoped_release release;
      finite = run(rows, logits, threads, out);
    }
    return finite ? array : nb::none();
  }

 private:
  // Whether embedded categories hold whole codes 0..known.
  bool codes_fit(const Rows<T>& rows) const {
    const std::vector<Index>& levels = plan_.stem.levels;
    const Index first = rows.n_features - static_cast<Index>(levels.size());
    for (Index i = 0; i < rows.n && !levels.empty(); ++i) {
      const T* code = rows.x + i * rows.n_features + first;
      for (const Index known : levels) {
        if (*code < T(0) || *code > static_cast<T>(known) || *code != std::floor(*code))
          return false;
        ++code;
      }
    }
    return true;
  }

  bool run(const Rows<T>& rows, bool logits, int threads, T* out) {
    if (!all_finite(rows.x, rows.n * rows.n_features) || !codes_fit(rows)) return false;
    const FlushSubnormals flush;
    Team team(threads);
    if (team.size() > 1) {
      Predictor<T>(plan_, team.size()).predict(network_, rows, logits, team, team.size(), out);
      return true;
    }
    std::unique_ptr<Predictor<T>> predictor = borrow();
    predictor->predict(network_, rows, logits, team, 1, out);
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
    return std::make_unique<Predictor<T>>(plan_, 1);
  }

  void give_back(std::unique_ptr<Predictor<T>> predictor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    spare_.push_back(std::move(predictor));
  }

  NetworkPlan plan_;
  Network<T> network_;
  double row_work_ = 0;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Predictor<T>>> spare_;
};

template <class T>
void register_packed(nb::module_& module, const char* name) {
  nb::class_<PackedNetwork<T>>(module, name)
      .def(nb::init<const nb::dict&,
                    std::vector<nb::ndarray<const T, nb::c_contig, nb::device::cpu>>>())
      .def("predict", &PackedNetwork<T>::predict, nb::arg("x").noconvert(), nb::arg("logits"),
           nb::arg("n_threads"));
}

}  // namespace

void register_predictor(nb::module_& module) {
  register_packed<float>(module, "PackedFloat32");
  register_packed<double>(module, "PackedFloat64");
}

}  // namespace chainrule
