// SPDX-License-Identifier: Apache-2.0
// One allocation per fit. Sizes are added up first in checked arithmetic, then handed out in the
// same order; what cannot be had is std::bad_alloc or SizeError, never a signal.
#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/types.h"

namespace chainrule {

// More memory than the machine could ever address, or than it gave.
struct SizeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline Index checked_multiply(Index a, Index b) {
  Index product = 0;
  if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product)) {
    throw SizeError("the size of this computation exceeds 2^63 bytes");
  }
  return product;
}

inline Index checked_add(Index a, Index b) {
  Index sum = 0;
  if (a < 0 || b < 0 || __builtin_add_overflow(a, b, &sum)) {
    throw SizeError("the size of this computation exceeds 2^63 bytes");
  }
  return sum;
}

// From 4 MiB on, pages of 2 MiB: a strided walk over rows then needs few page-table entries.
inline constexpr Index kHugePage = Index{1} << 21;
inline constexpr Index kHugeFrom = Index{1} << 22;
// From 64 MiB on, the system's own pages of zeros, which it gives when they are first touched: all
// at once would take it up to a second for 500 MiB, in which nobody could stop the computation.
inline constexpr Index kMappedFrom = Index{1} << 26;

// A zeroed, 64-byte aligned array of numbers that frees itself.
template <class T>
class Buffer {
 public:
  Buffer() = default;

  explicit Buffer(Index count) : count_(count) {
    Index bytes = checked_multiply(count, static_cast<Index>(sizeof(T)));
    bytes = checked_add(bytes, kCacheLine - 1) / kCacheLine * kCacheLine;
    if (bytes == 0) return;
    const Index alignment = bytes >= kHugeFrom ? kHugePage : kCacheLine;
    bytes = checked_add(bytes, alignment - 1) / alignment * alignment;
    const auto size = static_cast<std::size_t>(bytes);
#if defined(__linux__)
    if (bytes >= kMappedFrom) {
      map(size);
      return;
    }
#endif
    void* memory = std::aligned_alloc(static_cast<std::size_t>(alignment), size);
    if (memory == nullptr) refuse(size);
    data_.reset(static_cast<T*>(memory));
#if defined(__linux__)
    if (alignment == kHugePage) madvise(memory, size, MADV_HUGEPAGE);
#endif
    std::memset(memory, 0, size);
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  Index size() const { return count_; }
  T& operator[](Index i) { return data_.get()[i]; }
  const T& operator[](Index i) const { return data_.get()[i]; }

 private:
  [[noreturn]] static void refuse(std::size_t bytes) {
    throw SizeError("this computation needs " + std::to_string(bytes) +
                    " bytes of memory in one piece, and the machine did not give them");
  }

#if defined(__linux__)
  // A huge page more than needed, so that one may begin where the numbers do.
  void map(std::size_t bytes) {
    constexpr auto kPage = static_cast<std::size_t>(kHugePage);
    const std::size_t whole = bytes + kPage;
    void* start = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) refuse(bytes);
    const std::size_t skipped = (kPage - reinterpret_cast<std::uintptr_t>(start) % kPage) % kPage;
    char* memory = static_cast<char*>(start) + skipped;
    data_ = {reinterpret_cast<T*>(memory), Free{start, whole}};
    madvise(memory, bytes, MADV_HUGEPAGE);
  }
#endif

  struct Free {
    void* start = nullptr;  // of what was mapped; null where it is the allocator's
    std::size_t bytes = 0;

    void operator()(T* memory) const {
#if defined(__linux__)
      if (start != nullptr) {
        munmap(start, bytes);
        return;
      }
#endif
      std::free(memory);
    }
  };
  std::unique_ptr<T, Free> data_;
  Index count_ = 0;
};

// Collects requests, then fills every pointer from one Buffer.
template <class T>
class Arena {
 public:
  // Asks for `rows` x `stride` numbers; `*place` is set by allocate().
  void request(T** place, Index rows, Index stride) {
    const Index count = (checked_multiply(rows, stride) + kPanel<T> - 1) / kPanel<T> * kPanel<T>;
    requests_.push_back({place, total_});
    total_ = checked_add(total_, count);
  }

  void allocate() {
    memory_ = Buffer<T>(total_);
    for (const Request& request : requests_) *request.place = memory_.data() + request.offset;
  }

 private:
  struct Request {
    T** place;
    Index offset;
  };
  std::vector<Request> requests_;
  Buffer<T> memory_;
  Index total_ = 0;
};

}  // namespace chainrule
