// SPDX-License-Identifier: Apache-2.0
// The only forward and backward over the layers: training, validation, predictions, traces,
// starting values and numeric derivatives all call it.
//
//   forward    a(0) = X, out = f(in) layer after layer, up to z(L), where the loss goes on
//   backward   from delta(L) = dl/dz(L): dl/d(in) layer after layer, as far down as parameters are
#pragma once

#include "train/batch.h"

namespace chainrule {

// Tells every layer where it reads; once for all rows of a batch.
template <class T>
void connect(const Network<T>& network, Batch<T>& batch, bool dropping);

// Rows [from, to) from layer `first` on, whose input is there. z(L) is left in batch.rows.back().
template <class T>
void forward(const Network<T>& network, const Frame<T>& frame, Batch<T>& batch, Index from,
             Index to, std::size_t first = 0);

// Every delta of rows [from, to) from delta(L). With `weighted`, what the gradients read is
// multiplied by the rows' weights, which enter there and nowhere else.
template <class T>
void backward(const Network<T>& network, const Frame<T>& frame, Batch<T>& batch, bool weighted,
              Index from, Index to);

// Makes what the gradients from layer 1 on read; where rows have weights, multiplies it by them,
// and what is handed further down.
template <class T>
void weigh(const Network<T>& network, const Frame<T>& frame, Batch<T>& batch, Index from, Index to);

}  // namespace chainrule
