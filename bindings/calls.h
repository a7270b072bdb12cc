// SPDX-License-Identifier: Apache-2.0
// Calls of the core and the end of the interpreter. A thread that comes back from a computation
// after the interpreter has ended would be killed in the midst of C++ frames, and the process with
// it; so the end waits for the calls that are inside, and training is told to stop.
#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace chainrule {

namespace nb = nanobind;

// What all calls know of each other.
struct Calls {
  std::atomic<int> inside{0};
  std::atomic<bool> leaving{false};  // the interpreter wants to end
  std::atomic<bool> over{false};     // and waits no longer
  std::thread::id last;              // the thread that ends it, which may still compute

  static Calls& all() {
    static Calls calls;
    return calls;
  }

  // Whether this thread must leave the core.
  bool must_leave() const {
    return leaving.load(std::memory_order_acquire) && std::this_thread::get_id() != last;
  }

  // The lock of an interpreter that has ended is not to be had: the thread ends here, with the
  // process.
  void stay_away() const {
    while (over.load(std::memory_order_acquire) && std::this_thread::get_id() != last)
      std::this_thread::sleep_for(std::chrono::hours(1));
  }
};

// Ends the thread in silence, as Python ends threads that nobody waits for.
[[noreturn]] inline void leave_thread() {
  PyErr_SetNone(PyExc_SystemExit);
  throw nb::python_error();
}

// A call from Python that computes without the interpreter's lock; made while it is held, where
// there is one. It counts before it asks: whoever leaves says so before counting.
class Call {
 public:
  Call() {
    ++Calls::all().inside;
    if (!Calls::all().must_leave()) return;
    --Calls::all().inside;
    leave_thread();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() { --Calls::all().inside; }
};

// The interpreter's lock is free as long as this lives.
class Unlocked {
 public:
  Unlocked() : state_(PyEval_SaveThread()) {}
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;
  ~Unlocked() {
    Calls::all().stay_away();
    PyEval_RestoreThread(state_);
  }

 private:
  PyThreadState* state_;
};

// Tells all calls to end and waits for them, for so many seconds at most.
inline void leave(double seconds, bool tells_leaks) {
  Calls& calls = Calls::all();
  calls.last = std::this_thread::get_id();
  calls.leaving = true;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (calls.inside > 0 && std::chrono::steady_clock::now() < end) {
    const Unlocked unlocked;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  calls.over = true;
  nb::set_leak_warnings(tells_leaks);
}

}  // namespace chainrule
