// SPDX-License-Identifier: Apache-2.0
#include "kernels/names.h"

#include <stdexcept>
#include <string>

#include "kernels/kernels.h"

namespace chainrule {
namespace {

struct FunctionRow {
  const char* name;
};

#define CHAINRULE_ROW(name) {#name},
constexpr FunctionRow kFunctionRows[] = {CHAINRULE_FUNCTIONS(CHAINRULE_ROW)};
#undef CHAINRULE_ROW
constexpr List<FunctionRow> kFunctions{kFunctionRows, sizeof(kFunctionRows) / sizeof(FunctionRow)};

template <class Code, class Row>
Code code_of(std::string_view name, const char* what, const List<Row>& list) {
  std::vector<std::string_view> known;
  for (int i = 0; i < list.count; ++i) {
    if (name == list.rows[i].name) return static_cast<Code>(i);
    known.push_back(list.rows[i].name);
  }
  refuse_name(name, what, known);
}

// The same list in the table of every instruction set and number type.
const KernelTable<float>& table() { return kernels<float>(); }

}  // namespace

void refuse_name(std::string_view name, const char* what,
                 const std::vector<std::string_view>& known) {
  std::string sentence("unknown ");
  sentence.append(what).append(" '").append(name).append("'; known: ");
  for (std::size_t i = 0; i < known.size(); ++i)
    sentence.append(i > 0 ? ", " : "").append(known[i]);
  throw std::invalid_argument(sentence);
}

Activation activation_named(std::string_view name) {
  return code_of<Activation>(name, "activation", table().activations);
}

Loss loss_named(std::string_view name) { return code_of<Loss>(name, "loss", table().losses); }

Optimizer optimizer_named(std::string_view name) {
  return code_of<Optimizer>(name, "optimizer", table().optimizers);
}

Function function_named(std::string_view name) {
  return code_of<Function>(name, "function", kFunctions);
}

const ActivationRow& row_of(Activation activation) {
  return table().activations.rows[static_cast<int>(activation)];
}

const LossRow& row_of(Loss loss) { return table().losses.rows[static_cast<int>(loss)]; }

const OptimizerRow& row_of(Optimizer optimizer) {
  return table().optimizers.rows[static_cast<int>(optimizer)];
}

}  // namespace chainrule
