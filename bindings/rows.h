// SPDX-License-Identifier: Apache-2.0
// The rows of a table as the core reads them, and calls into Python from the loop.
#pragma once

#include <exception>

#include "base/floating_point.h"
#include "calls.h"
#include "convert.h"

namespace chainrule {

// The arrays of a table, as Python gave them.
struct TableArrays {
  nb::object x, y, classes, weights, rows;
  nb::object pins;  // which keep the arrays' memory where it is; see engine/rows.py
};

// The same in the number type of a network, checked; whoever holds it keeps the arrays alive. What
// the core indexes with is a copy of its own, which nothing outside can change.
template <class T>
class Table {
 public:
  Table(const TableArrays& arrays, const NetworkPlan& plan)
      : pins_(arrays.pins), x_(nb::cast<Matrix<T>>(arrays.x, false)) {
    const std::size_t n = x_.shape(0);
    if (static_cast<Index>(x_.shape(1)) != plan.n_features)
      throw std::invalid_argument("X has the wrong number of columns");
    view_.x = x_.data();
    view_.n_features = plan.n_features;
    view_.n = static_cast<Index>(n);
    if (!arrays.y.is_none()) {
      y_ = nb::cast<Matrix<T>>(arrays.y, false);
      if (y_->shape(0) != n || static_cast<Index>(y_->shape(1)) != plan.n_outputs)
        throw std::invalid_argument("y has the wrong shape");
      view_.y = y_->data();
    }
    if (!arrays.weights.is_none()) {
      weights_ = nb::cast<Column<T>>(arrays.weights, false);
      if (weights_->size() != n) throw std::invalid_argument("sample_weight has the wrong length");
      view_.weights = weights_->data();
    }
    classes_ = copy_of<std::int32_t>(arrays.classes);
    rows_ = copy_of<std::uint32_t>(arrays.rows);
    if (!classes_.empty()) {
      if (classes_.size() != n) throw std::invalid_argument("y has the wrong length");
      for (const std::int32_t index : classes_)
        if (index < 0 || index >= plan.n_outputs)
          throw std::invalid_argument("a class index is out of range");
      view_.classes = classes_.data();
    }
    if (!arrays.rows.is_none()) {
      for (const std::uint32_t row : rows_)
        if (row >= n) throw std::invalid_argument("a row index is out of range");
      view_.rows = rows_.data();
      view_.n = static_cast<Index>(rows_.size());
    }
  }

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const Rows<T>& view() const { return view_; }

 private:
  template <class Word>
  static std::vector<Word> copy_of(const nb::object& array) {
    if (array.is_none()) return {};
    const auto column = nb::cast<Column<Word>>(array, false);
    return {column.data(), column.data() + column.size()};
  }

  nb::object pins_;
  Matrix<T> x_;
  std::optional<Matrix<T>> y_;
  std::optional<Column<T>> weights_;
  std::vector<std::int32_t> classes_;
  std::vector<std::uint32_t> rows_;
  Rows<T> view_;
};

// Calls into Python from the loop: the first exception stops the loop and is raised after it.
// Ctrl-C stops it too, wherever it arrives, but raises nothing; so does the interpreter's end.
class PythonCalls {
 public:
  // `asked_to_stop`, unless None, is asked whether another thread wants an end.
  explicit PythonCalls(nb::object asked_to_stop = nb::none())
      : asked_to_stop_(std::move(asked_to_stop)) {}

  template <class Function>
  auto guarded(Function function, decltype(function()) otherwise) {
    const KeepSubnormals mode;
    Calls::all().stay_away();
    const nb::gil_scoped_acquire acquire;
    try {
      return function();
    } catch (nb::python_error& error) {
      if (error.matches(PyExc_KeyboardInterrupt)) {
        interrupted_ = true;
      } else if (!error_) {
        error_ = std::current_exception();
      }
    } catch (...) {
      if (!error_) error_ = std::current_exception();
    }
    return otherwise;
  }

  // Asks for signals, which reach the main thread only, and for others' wishes; true when the loop
  // must end.
  bool interrupted() {
    const auto ask = [&] {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (!asked_to_stop_.is_none()) interrupted_ = nb::cast<bool>(asked_to_stop_());
      return interrupted_;
    };
    if (Calls::all().must_leave()) leaving_ = true;
    return failed() || guarded(ask, true);
  }

  bool failed() const { return interrupted_ || leaving_ || error_; }
  bool was_interrupted() const { return interrupted_; }

  void rethrow() const {
    if (leaving_) leave_thread();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  nb::object asked_to_stop_;
  std::exception_ptr error_;
  bool interrupted_ = false;
  bool leaving_ = false;
};

}  // namespace chainrule
