// SPDX-License-Identifier: Apache-2.0
// Subnormal numbers cost up to 200 cycles each and carry nothing in training: within an engine call
// they are flushed to zero, and the caller's floating-point mode is restored on every way out.
#pragma once

#include <cstdint>

#if defined(CHAINRULE_X86)
#include <immintrin.h>
#endif

namespace chainrule {

class FlushSubnormals {
 public:
  FlushSubnormals() {
#if defined(CHAINRULE_X86)
    saved_ = _mm_getcsr();
    _mm_setcsr(static_cast<unsigned>(saved_) | 0x8040u);  // FTZ and DAZ
#elif defined(CHAINRULE_ARM)
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" ::"r"(saved_ | (std::uint64_t{1} << 24)));  // FZ
#endif
  }

  ~FlushSubnormals() {
#if defined(CHAINRULE_X86)
    _mm_setcsr(static_cast<unsigned>(saved_));
#elif defined(CHAINRULE_ARM)
    asm volatile("msr fpcr, %0" ::"r"(saved_));
#endif
  }

  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  [[maybe_unused]] std::uint64_t saved_ = 0;  // of processors that have such a mode
};

// The mode outside, for as long as an engine call runs somebody else's code.
class KeepSubnormals {
 public:
  KeepSubnormals() {
#if defined(CHAINRULE_X86)
    saved_ = _mm_getcsr();
    _mm_setcsr(static_cast<unsigned>(saved_) & ~0x8040u);
#elif defined(CHAINRULE_ARM)
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" ::"r"(saved_ & ~(std::uint64_t{1} << 24)));
#endif
  }

  ~KeepSubnormals() {
#if defined(CHAINRULE_X86)
    _mm_setcsr(static_cast<unsigned>(saved_));
#elif defined(CHAINRULE_ARM)
    asm volatile("msr fpcr, %0" ::"r"(saved_));
#endif
  }

  KeepSubnormals(const KeepSubnormals&) = delete;
  KeepSubnormals& operator=(const KeepSubnormals&) = delete;

 private:
  [[maybe_unused]] std::uint64_t saved_ = 0;  // of processors that have such a mode
};

inline void pause_briefly() {
#if defined(CHAINRULE_X86)
  _mm_pause();
#elif defined(CHAINRULE_ARM)
  asm volatile("yield");
#endif
}

}  // namespace chainrule
