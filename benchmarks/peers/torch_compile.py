"""torch.compile: of the model alone, and of the whole step with its Adam in one graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.cases import Case
from benchmarks.peers.system import System
from benchmarks.peers.torch_eager import Eager, loss_function

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


class CompiledModel(Eager):
    """Forward and backward compiled; fused Adam stays the library's."""

    def __init__(self, case: Case, threads: int) -> None:
        torch._dynamo.reset()
        super().__init__(case, threads)
        self.compiled = torch.compile(lambda x, y: self.criterion(self.model(x), y))

    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.compiled(x, y)
        loss.backward()
        self.optimizer.step()
        return loss


class CompiledStep(System):
    """Forward, backward and update as one compiled function of the parameters, called from C++."""

    def __init__(self, case: Case, threads: int) -> None:
        torch._dynamo.reset()
        super().__init__(case, threads)
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        X, y = (torch.from_numpy(array) for array in case.data())
        self.batches = list(zip(X.split(case.batch), y.split(case.batch), strict=True))
        self.criterion = loss_function(case)
        self.params = [torch.empty(array.shape) for pair in case.start() for array in pair]
        self.m = [torch.empty_like(w) for w in self.params]
        self.v = [torch.empty_like(w) for w in self.params]
        self.powers = torch.empty(2)
        self.betas = torch.tensor([_BETA1, _BETA2])
        self.compiled = torch.compile(
            self._update, fullgraph=True, dynamic=False, options={"cpp_wrapper": True}
        )
        self.setting = "cpp_wrapper"

    def reset(self) -> None:
        arrays = [array for pair in self.case.start() for array in pair]
        for w, array in zip(self.params, arrays, strict=True):
            w.copy_(torch.from_numpy(array))
        for moment in self.m + self.v:
            moment.zero_()
        self.powers.fill_(1.0)

    def _loss(self, params: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor) -> Any:
        sigma = _ACTIVATIONS[self.case.activation]
        n_layers = len(params) // 2
        for layer in range(n_layers):
            x = nn.functional.linear(x, params[2 * layer], params[2 * layer + 1])
            if layer < n_layers - 1:
                x = sigma(x)
        return self.criterion(x, y)

    def _update(
        self,
        params: list[torch.Tensor],
        m: list[torch.Tensor],
        v: list[torch.Tensor],
        powers: torch.Tensor,
        x: torch.Tensor,
        y: torch.Tensor,
    ) -> torch.Tensor:
        grads, loss = torch.func.grad_and_value(self._loss)(params, x, y)
        eta = self.case.learning_rate
        if self.case.optimizer == "sgd":
            for w, g in zip(params, grads, strict=True):
                w.copy_(w - eta * g)
            return loss
        powers.copy_(powers * self.betas)
        rate, scale = eta / (1 - powers[0]), 1 / (1 - powers[1])
        for w, g, m_w, v_w in zip(params, grads, m, v, strict=True):
            first = _BETA1 * m_w + (1 - _BETA1) * g
            second = _BETA2 * v_w + (1 - _BETA2) * g * g
            m_w.copy_(first)
            v_w.copy_(second)
            w.copy_(w - rate * first / (torch.sqrt(second * scale) + _EPSILON))
        return loss

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.compiled(self.params, self.m, self.v, self.powers, x, y)

    def train(self, epochs: int) -> None:
        with torch.no_grad():
            for _ in range(epochs):
                for x, y in self.batches:
                    self._step(x, y)

    def losses(self, epochs: int) -> list[float]:
        self.reset()
        with torch.no_grad():
            return [
                float(np.mean([self._step(x, y).item() for x, y in self.batches]))
                for _ in range(epochs)
            ]


SYSTEMS = {"torch.compile, step": CompiledStep, "torch.compile, model": CompiledModel}
