// SPDX-License-Identifier: Apache-2.0
// Software prefetch: what is wanted next comes into L2 a few lines at a time between multiply-adds,
// so that memory and arithmetic overlap. The hardware does this within a run, not across runs.

// Multiply-adds along the summed index between two calls of fetch().
inline constexpr Index kChunk = 16;

inline Index chunks_of(Index depth) { return (depth + kChunk - 1) / kChunk; }

class Prefetch {
 public:
  void add(const void* from, Index bytes) {
    runs_[n_++] = {from, bytes};
    lines_ += bytes / kCacheLine;
  }

  // Divides all lines among `calls` of fetch().
  void spread(Index calls) { share_ = (lines_ + calls - 1) / calls; }

  void fetch() {
    for (Index left = share_; left > 0 && n_ > 0;) {
      Run& run = runs_[n_ - 1];
      const Index lines = left < run.bytes / kCacheLine ? left : run.bytes / kCacheLine;
      const char* from = static_cast<const char*>(run.from);
      for (Index i = 0; i < lines; ++i) __builtin_prefetch(from + i * kCacheLine, 0, 2);
      run = {from + lines * kCacheLine, run.bytes - lines * kCacheLine};
      left -= lines;
      if (run.bytes < kCacheLine) --n_;
    }
  }

 private:
  Run runs_[kMostRuns];
  int n_ = 0;
  Index lines_ = 0;
  Index share_ = 0;
};
