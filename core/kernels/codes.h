// SPDX-License-Identifier: Apache-2.0
// What activations, losses, optimizers and elementwise functions are called, and what the training
// loop must know of each. Only names.h turns a name into its code.
#pragma once

namespace chainrule {

// A code is an index into a list of rows, which stands in activations.inl, losses.inl or
// updates.inl; no file outside knows what it counts.
enum class Activation : int { identity = 0 };
enum class Loss : int {};
enum class Optimizer : int {};

struct ActivationRow {
  const char* name;
  bool slope_from_value;  // sigma'(z) is taken from a in the backward pass, else stored in forward
};

struct LossRow {
  const char* name;
  bool of_classes;  // one loss over the outputs, which are the probabilities of classes
};

struct OptimizerRow {
  const char* name;
  bool first_moment;   // or velocity
  bool second_moment;  // or sum of squares
};

template <class Row>
struct List {
  const Row* rows;
  int count;
};

// Elementwise functions, which the loop uses by value and tests evaluate by name.
#define CHAINRULE_FUNCTIONS(ROW) \
  ROW(exp)                       \
  ROW(expm1)                     \
  ROW(log)                       \
  ROW(log1p)                     \
  ROW(tanh)                      \
  ROW(sigmoid)                   \
  ROW(softplus)                  \
  ROW(erfc)                      \
  ROW(cos2pi)                    \
  ROW(sin2pi)

#define CHAINRULE_ROW(name) name,
enum class Function : int { CHAINRULE_FUNCTIONS(CHAINRULE_ROW) };
#undef CHAINRULE_ROW

}  // namespace chainrule
