// SPDX-License-Identifier: Apache-2.0
// What Python sees of the core, one register_* a topic. Only chainrule.engine imports this module.
#include "calls.h"
#include "convert.h"

#include "base/arena.h"
#include "base/cpu.h"
#include "kernels/dispatch.h"
#include "kernels/peak.h"

// For threadpoolctl, which knows a library by what it exports; see engine/thread_limits.py.
extern "C" {
NB_EXPORT int chainrule_get_num_threads() { return chainrule::available_threads(); }
NB_EXPORT void chainrule_set_num_threads(int limit) { chainrule::limit_threads(limit); }
}

NB_MODULE(_core, module) {
  using namespace chainrule;
  nb::register_exception_translator([](const std::exception_ptr& error, void*) {
    try {
      std::rethrow_exception(error);
    } catch (const SizeError& e) {
      PyErr_SetString(PyExc_MemoryError, e.what());
    }
  });
  module.def("instruction_set", &instruction_set);
  module.def("instruction_sets", &instruction_sets);
  module.def("use_instruction_set", &use_instruction_set);
  module.def("has_bfloat16", [] { return pair_kernels<float>() != nullptr; });
  module.def("available_threads", &available_threads);
  module.def("fma_peak", &fma_peak, nb::arg("seconds"), nb::arg("n_threads"),
             nb::call_guard<nb::gil_scoped_release>());
  module.def("stream_bandwidth", &stream_bandwidth, nb::arg("n_bytes"), nb::arg("seconds"),
             nb::arg("n_threads"), nb::call_guard<nb::gil_scoped_release>());
  module.def("core_round_trip", &core_round_trip, nb::arg("rounds"),
             nb::call_guard<nb::gil_scoped_release>());
  module.def("latency", &latency, nb::arg("operation"), nb::arg("rounds"),
             nb::call_guard<nb::gil_scoped_release>());
  module.attr("compiler") = CHAINRULE_COMPILER;
  module.def("leave", &leave, nb::arg("seconds"), nb::arg("tells_leaks"));
  module.def("forget_calls", [] { Calls::all().inside = 0; });  // of the parent, after a fork
  // Fails the import with a sentence when CHAINRULE_ISA names a set that this machine lacks.
  instruction_set();
  register_plans(module);
  register_numbers(module);
  register_predictor(module);
  register_pullback(module);
  register_training(module);
  register_trace(module);
}
