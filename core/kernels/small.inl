// SPDX-License-Identifier: Apache-2.0
// A step of a small network in two calls, where one call a product, with its arguments, would cost
// more than the arithmetic. The kernels and their order are those of larger networks: so are the
// bits.

template <class T>
void small_rows(const SmallLayer<T>* layers, Index n_layers, const LossArgs<T>& loss) {
  for (Index l = 0; l < n_layers; ++l) {
    if (layers[l].skinny) {
      skinny_forward_product<T>(layers[l].forward, layers[l].n_out);
    } else {
      forward_product<T>(layers[l].forward);
    }
  }
  loss_rows<T>(loss);
  for (Index l = n_layers - 1; l > 0; --l) backward_data_product<T>(layers[l].backward);
}

// Zeros in the lanes from `n_used` on.
template <class T>
inline void clear_beyond(T* rows, Index n_rows, Index n_used) {
  for (Index j = 0; j < kPanel<T>; j += kLanes<T>) {
    const Bits<T> outside = beyond<T>(j, n_used);
    for (Index i = 0; i < n_rows; ++i) {
      T* at = rows + i * kPanel<T> + j;
      store<T>(at, outside ? Vector<T>{} : load<T>(at));
    }
  }
}

template <class T>
unsigned small_weights(const SmallLayer<T>* layers, Index n_layers, const SmallUpdate<T>& step) {
  constexpr Index P = kPanel<T>;
  UpdateArgs<T> args = step.shared;
  unsigned found = 0;
  const auto update = [&](const SmallParameters<T>& to, Index at, T* gradient, Index count) {
    const bool frozen = to.values == nullptr;
    args.w = frozen ? gradient : to.values + at;
    args.g = gradient;
    args.first = to.first == nullptr ? nullptr : to.first + at;
    args.second = to.second == nullptr ? nullptr : to.second + at;
    args.count = count;
    args.rate = to.rate;
    args.keep = to.keep;
    found |= update_parameters<T>(args) & (frozen ? fault::kOfSecond : fault::kAny);
  };
  for (Index l = 0; l < n_layers; ++l) {
    const SmallLayer<T>& layer = layers[l];
    const GradientArgs<T>& product = layer.gradient;
    const Index rows = product.last, count = rows * P;
    weight_gradient_product<T>(product);
    if (layer.skinny && layer.n_in % P != 0)
      clear_beyond<T>(product.out + (product.n_panels - 1) * count, rows, layer.n_in % P);
    column_sums<T>(layer.delta, layer.forward.out.stride, product.batch, layer.out_panels,
                   step.scale, layer.bias_gradient);
    for (Index p = 0; p < product.n_panels; ++p) {
      T* gradient = product.out + p * count;
      const T* w = layer.forward.weights + p * layer.forward.panel_stride;
      if (step.l1 != T(0) || step.l2 != T(0)) penalize<T>(gradient, w, count, step.l1, step.l2);
      update(layer.weights, p * layer.forward.panel_stride, gradient, count);
      if (layer.transposed == nullptr) continue;
      // Fours of rows, of which the last may be padding: zeros in both copies.
      for (Index i = 0; i < rows; i += P)
        transpose<T>(w + i * P, P, rows - i < P ? (rows - i + 3) / 4 * 4 : P, P,
                     layer.transposed + (i * layer.out_panels + p * P) * P, P);
    }
    update(layer.bias, 0, layer.bias_gradient, layer.out_panels * P);
  }
  return found;
}
