// SPDX-License-Identifier: Apache-2.0
// Chooses the instruction set once, at import: the best that this machine runs and whose tests ran
// on real hardware, or the one that CHAINRULE_ISA names.
#include "kernels/dispatch.h"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "base/cpu.h"

namespace chainrule {

#if defined(CHAINRULE_X86)
namespace avx2 {
const KernelTable<float>& float_table();
const KernelTable<double>& double_table();
}  // namespace avx2
namespace avx512 {
const KernelTable<float>& float_table();
const KernelTable<double>& double_table();
}  // namespace avx512
namespace avx512_bf16 {
const PairTable<float>& pair_table();
}  // namespace avx512_bf16
namespace amx {
const PairTable<float>& pair_table();
}  // namespace amx
#elif defined(CHAINRULE_ARM)
namespace neon {
const KernelTable<float>& float_table();
const KernelTable<double>& double_table();
}  // namespace neon
#endif
namespace portable {
const KernelTable<float>& float_table();
const KernelTable<double>& double_table();
}  // namespace portable

namespace {

struct Target {
  const char* name;
  bool supported;
  const KernelTable<float>* float_table;
  const KernelTable<double>* double_table;
  const PairTable<float>* pair_table = nullptr;
  const PairTable<float>* tile_table = nullptr;  // the same in tiles, where the system grants them
};

// Best first. Exactly the features that the file's flags license are asked for.
std::vector<Target> make_targets() {
  std::vector<Target> targets;
#if defined(CHAINRULE_X86)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512cd") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const bool has_bf16 = has_avx512 && __builtin_cpu_supports("avx512bf16");
  targets.push_back({"amx", has_bf16 && has_tiles(), &avx512::float_table(),
                     &avx512::double_table(), &avx512_bf16::pair_table(), &amx::pair_table()});
  targets.push_back({"avx512", has_avx512, &avx512::float_table(), &avx512::double_table(),
                     has_bf16 ? &avx512_bf16::pair_table() : nullptr});
  targets.push_back({"avx2", has_avx2, &avx2::float_table(), &avx2::double_table()});
#elif defined(CHAINRULE_ARM)
  targets.push_back({"neon", true, &neon::float_table(), &neon::double_table()});
#endif
  targets.push_back({"portable", true, &portable::float_table(), &portable::double_table()});
  return targets;
}

const std::vector<Target>& targets() {
  static const std::vector<Target> all = make_targets();
  return all;
}

const Target* find(const std::string& name) {
  for (const Target& target : targets()) {
    if (target.name == name) {
      if (!target.supported) {
        throw std::invalid_argument("this machine does not run the instruction set '" + name + "'");
      }
      return &target;
    }
  }
  std::string known;
  for (const Target& target : targets())
    known += std::string(known.empty() ? "" : ", ") + target.name;
  throw std::invalid_argument("unknown instruction set '" + name + "'; this build has: " + known);
}

const Target* initial() {
  const char* forced = std::getenv("CHAINRULE_ISA");
  if (forced != nullptr && *forced != '\0') return find(forced);
  for (const Target& target : targets()) {
    if (target.supported) return &target;
  }
  return &targets().back();
}

std::atomic<const Target*>& chosen() {
  static std::atomic<const Target*> target{initial()};
  return target;
}

const Target* current() { return chosen().load(std::memory_order_relaxed); }

}  // namespace

template <>
const KernelTable<float>& kernels<float>() {
  return *current()->float_table;
}

template <>
const KernelTable<double>& kernels<double>() {
  return *current()->double_table;
}

template <>
const PairTable<float>* pair_kernels<float>() {
  const Target& target = *current();
  return target.tile_table != nullptr && ask_for_tiles() ? target.tile_table : target.pair_table;
}

template <>
const PairTable<double>* pair_kernels<double>() {
  return nullptr;
}

std::string instruction_set() { return current()->name; }

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Target& target : targets()) {
    if (target.supported) names.emplace_back(target.name);
  }
  return names;
}

void use_instruction_set(const std::string& name) { chosen() = find(name); }

}  // namespace chainrule
