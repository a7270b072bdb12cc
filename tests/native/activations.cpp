// SPDX-License-Identifier: Apache-2.0
// A network written without fusion gives the same bits: product, activation and mask one by one
// against the product with its epilogue.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "checks.h"
#include "kernels/kernels.h"
#include "kernels/names.h"

namespace chainrule {
namespace {

// A dense layer's arrays around one activation: n_in inputs, n_out outputs.
template <class T>
struct DenseCase {
  static constexpr Index P = kPanel<T>;

  DenseCase(Index n_rows, Index inputs, Index outputs)
      : rows(n_rows),
        n_in(inputs),
        n_out(outputs),
        in_panels(panels<T>(inputs)),
        stride(panels<T>(outputs) * P),
        x(numbers<T>(rows * in_panels * P, 5)),
        weights(numbers<T>(std::max(in_panels * n_out, stride / P * n_in) * P, 6)),
        bias(numbers<T>(stride, 7)),
        factors(numbers<T>(stride, 8)),
        mask(numbers<T>(rows * stride, 9)) {}

  Index rows, n_in, n_out, in_panels, stride;
  std::vector<T> x, weights, bias, factors, mask;
};

template <class T>
bool equal(const std::vector<T>& a, const std::vector<T>& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// a, da/dz and the residual of one product with its epilogue, and of two calls.
template <class T>
void forward_in_two_calls(const DenseCase<T>& run, Activation activation, bool weighted,
                          bool skinny) {
  const KernelTable<T>& table = kernels<T>();
  ForwardArgs<T> args{.x = run.x.data(),
                      .x_stride = run.in_panels * run.P,
                      .rows = run.rows,
                      .n_in = run.n_in,
                      .weights = run.weights.data(),
                      .panel_stride = (skinny ? run.n_out : run.n_in) * run.P,
                      .n_panels = skinny ? run.in_panels : run.stride / run.P,
                      .bias = run.bias.data(),
                      .alpha = T(3),
                      .out = {}};
  const auto product = [&] {
    if (skinny) return table.skinny_forward_product(args, run.n_out);
    table.forward_product(args);
  };
  for (const bool keep : {false, true}) {
    std::vector<T> z(run.mask.size()), fused[3], apart[3];
    const auto epilogue = [&](std::vector<T>(&arrays)[3]) {
      for (std::vector<T>& array : arrays) array.resize(z.size());
      return Epilogue<T>{.activation = activation,
                         .factors = weighted ? run.factors.data() : nullptr,
                         .a = arrays[0].data(),
                         .slope = keep ? arrays[1].data() : nullptr,
                         .residual = keep && weighted ? arrays[2].data() : nullptr,
                         .stride = run.stride};
    };
    args.out = epilogue(fused);
    product();
    args.out = {.a = z.data(), .stride = run.stride};
    product();
    table.activation_forward(
        {.z = z.data(), .rows = run.rows, .width = run.stride, .out = epilogue(apart)});
    for (int i = 0; i < 3; ++i)
      check(equal(fused[i], apart[i]), "forward in two calls", row_of(activation).name);
  }
}

// delta and the residual's product of one product with its epilogue, and of three calls.
template <class T>
void backward_in_three_calls(const DenseCase<T>& run, Activation activation, bool weighted,
                             bool masked) {
  const KernelTable<T>& table = kernels<T>();
  const std::vector<T> a = numbers<T>(static_cast<Index>(run.mask.size()), 10);
  const std::vector<T> slope = numbers<T>(static_cast<Index>(run.mask.size()), 11);
  const bool stored = weighted || !row_of(activation).slope_from_value;
  std::vector<T> delta = slope, residual = a, d_a(a.size()), residual_apart = a;
  BackwardArgs<T> args{.delta = run.x.data(),
                       .delta_stride = run.in_panels * run.P,
                       .rows = run.rows,
                       .n_out = run.n_in,
                       .weights_t = run.weights.data(),
                       .panel_stride = run.n_in * run.P,
                       .n_panels = run.stride / run.P,
                       .alpha = T(3),
                       .below = {.activation = activation,
                                 .a = a.data(),
                                 .slope = stored ? delta.data() : nullptr,
                                 .mask = masked ? run.mask.data() : nullptr,
                                 .delta = delta.data(),
                                 .residual = weighted ? residual.data() : nullptr,
                                 .stride = run.stride}};
  table.backward_data_product(args);
  Tail<T> alone = args.below;
  alone.slope = stored ? slope.data() : nullptr;
  alone.mask = nullptr;
  alone.delta = d_a.data();
  alone.residual = weighted ? residual_apart.data() : nullptr;
  args.below = {.delta = d_a.data(), .stride = run.stride};
  table.backward_data_product(args);
  if (masked)
    table.multiply(d_a.data(), run.mask.data(), d_a.data(), static_cast<Index>(d_a.size()));
  table.activation_backward(
      {.d_a = d_a.data(), .rows = run.rows, .width = run.stride, .below = alone});
  check(equal(delta, d_a), "backward in three calls", row_of(activation).name);
  check(equal(residual, residual_apart), "residual in three calls", row_of(activation).name);
}

template <class T>
void activations_of_type() {
  const List<ActivationRow>& list = kernels<T>().activations;
  for (int code = 0; code < list.count; ++code) {
    if (std::string(list.rows[code].name) == "softmax") continue;  // with its loss
    const auto activation = static_cast<Activation>(code);
    for (const Index rows : {1, 5, 27}) {
      for (const Index n_out : {3, 40}) {
        const DenseCase<T> run(rows, 21, n_out);
        for (const bool weighted : {false, true}) {
          forward_in_two_calls(run, activation, weighted, false);
          if (n_out <= kSkinnyOutputs) forward_in_two_calls(run, activation, weighted, true);
          for (const bool masked : {false, true})
            backward_in_three_calls(run, activation, weighted, masked);
        }
      }
    }
  }
}

}  // namespace

void activations_in_calls_of_their_own() {
  activations_of_type<float>();
  activations_of_type<double>();
}

}  // namespace chainrule
