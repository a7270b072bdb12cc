"""PyTorch without compilation: the loop that people write, and the same with a DataLoader."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.cases import Array, Case
from benchmarks.peers.system import System

_ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def build_model(case: Case) -> nn.Sequential:
    """Linear layers with activations between them; the softmax is in the loss."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(case.sizes):
        layers += [nn.Linear(n_in, n_out), _ACTIVATIONS[case.activation]()]
    return nn.Sequential(*layers[:-1]).to(getattr(torch, case.dtype))


def load_start(case: Case, model: nn.Sequential) -> None:
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for layer, (W, b) in zip(linear, case.start(), strict=True):
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(b))


def optimizer(case: Case, model: nn.Module, **chosen: Any) -> torch.optim.Optimizer:
    parameters, rate = model.parameters(), case.learning_rate
    if case.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=rate, **chosen)
    momentum = 0.9 if case.optimizer == "momentum" else 0.0
    return torch.optim.SGD(parameters, lr=rate, momentum=momentum, **chosen)


def loss_function(case: Case) -> nn.Module:
    return nn.CrossEntropyLoss() if case.task == "classes" else HalfSquaredError()


class HalfSquaredError(nn.Module):
    def forward(self, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return 0.5 * z.shape[1] * nn.functional.mse_loss(z, y)  # the sum of a row's outputs


class Eager(System):
    """Tensors sliced once; zero_grad, forward, loss, backward, step."""

    fused = True

    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        X, y = (torch.from_numpy(array) for array in case.data())
        self.X, self.y = X, y
        self.batches = list(zip(X.split(case.batch), y.split(case.batch), strict=True))
        self.model = build_model(case)
        self.criterion = loss_function(case)

    def reset(self) -> None:
        load_start(self.case, self.model)
        chosen = {"fused": True} if self.fused else {"foreach": True}
        self.optimizer = optimizer(self.case, self.model, **chosen)

    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def train(self, epochs: int) -> None:
        step = self.step
        for _ in range(epochs):
            for x, y in self.batches:
                step(x, y)

    def predictor(self) -> Callable[[Array], Any]:
        softmax = [nn.Softmax(dim=1)] if self.case.task == "classes" else []
        model = nn.Sequential(self.model, *softmax).eval()

        def predict(X: Array) -> Array:
            with torch.inference_mode():
                return model(torch.from_numpy(X)).numpy()

        return predict

    def losses(self, epochs: int) -> list[float]:
        self.reset()
        return [
            float(np.mean([self.step(x, y).item() for x, y in self.batches])) for _ in range(epochs)
        ]


class Foreach(Eager):
    fused = False


class Loader(Eager):
    """The tutorials' loop: DataLoader, Adam as it comes, the loss fetched every step."""

    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        self.loader = DataLoader(TensorDataset(self.X, self.y), batch_size=case.batch)

    def reset(self) -> None:
        load_start(self.case, self.model)
        self.optimizer = optimizer(self.case, self.model)

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            total = 0.0
            for x, y in self.loader:
                self.optimizer.zero_grad()
                loss = self.criterion(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                total += loss.item() * len(x)


SYSTEMS = {
    "PyTorch eager, fused Adam": Eager,
    "PyTorch eager, foreach Adam": Foreach,
    "PyTorch, DataLoader": Loader,
}
