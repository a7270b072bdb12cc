"""PyTorch: networks stacked along a first axis, one batched product a layer for all of them.

By equal shape, or by equal depth with zeros up to the widest: a unit without weights stays one,
so the losses are those of the narrow networks.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from benchmarks.many.system import System, by_depth, by_shape
from benchmarks.many.workload import Workload


class Stack:
    """Some networks with their parameters stacked, and one fused Adam for all."""

    def __init__(self, workload: Workload, networks: list[int]) -> None:
        self.networks = networks
        starts = [workload.params(k) for k in networks]
        depth = workload.shapes[networks[0]][0]
        width = max(workload.shapes[k][1] for k in networks)

        def stacked(name: str, shape: tuple[int, ...]) -> torch.Tensor:
            all_of_them = np.zeros((len(networks), *shape), np.float32)
            for to, start in zip(all_of_them, starts, strict=True):
                values = start[name]
                to[tuple(map(slice, values.shape))] = values
            return torch.from_numpy(all_of_them)

        columns, frequencies, outputs = workload.columns, workload.frequencies, workload.outputs
        sizes = (workload.n_inputs, *(width,) * depth, 2)
        count = len(networks)
        phase = stacked("phase", (columns, frequencies))
        weight = stacked("weight", (columns * outputs, frequencies))
        self.frequency = stacked("frequency", (columns, frequencies))[:, None].requires_grad_()
        self.phase = phase[:, None].requires_grad_()
        # (networks, columns, frequencies, outputs): a product a network and column
        self.weight = weight.reshape(count, columns, outputs, frequencies).transpose(2, 3)
        self.weight = self.weight.contiguous().requires_grad_()
        self.bias = stacked("bias", (columns, outputs))[:, None].requires_grad_()
        self.W, self.b = [], []
        for layer in range(1, len(sizes)):
            W = stacked(f"W{layer}", (sizes[layer], sizes[layer - 1]))
            self.W.append(W.transpose(1, 2).contiguous().requires_grad_())
            self.b.append(stacked(f"b{layer}", (sizes[layer],))[:, None].requires_grad_())
        parameters = [self.frequency, self.phase, self.weight, self.bias, *self.W, *self.b]
        self.optimizer = torch.optim.Adam(parameters, lr=workload.learning_rate, fused=True)

    def outputs(self, x: torch.Tensor) -> torch.Tensor:
        """z of the last layer (networks, rows, 2)."""
        n, columns = x.shape
        turns = torch.addcmul(self.phase, x[None, :, :, None], self.frequency, value=2 * math.pi)
        waves = torch.cos(turns).transpose(1, 2)  # (networks, columns, rows, frequencies)
        mixed = torch.matmul(waves, self.weight).transpose(1, 2) + self.bias
        count = len(self.networks)
        own = x[None, :, :, None].expand(count, n, columns, 1)
        h = torch.cat([mixed, own], dim=3).reshape(count, n, -1)
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            h = torch.relu(torch.baddbmm(b, h, W))
        return torch.baddbmm(self.b[-1], h, self.W[-1])

    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """One update; each network's mean loss before it."""
        self.optimizer.zero_grad(set_to_none=True)
        z = self.outputs(x)
        flat = torch.nn.functional.cross_entropy(
            z.reshape(-1, 2), y.repeat(len(self.networks)), reduction="none"
        )
        losses = flat.reshape(len(self.networks), -1).mean(dim=1)
        losses.sum().backward()
        self.optimizer.step()
        return losses.detach()


class ByShape(System):
    groups = staticmethod(by_shape)

    def __init__(self, workload: Workload, threads: int) -> None:
        super().__init__(workload, threads)
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        X, y = (torch.from_numpy(array) for array in workload.data)
        n, batch = workload.rows, workload.batch
        self.batches = list(zip(X[:n].split(batch), y[:n].split(batch), strict=True))
        self.held_out = X[n:]
        self.newest: dict[int, np.ndarray] = {}

    def reset(self) -> None:
        self.stacks = [Stack(self.workload, group) for group in self.groups(self.workload)]

    def train(self, epochs: int) -> list[list[float]]:
        found: list[list[float]] = [[] for _ in range(self.workload.n_networks)]
        for stack in self.stacks:
            for _ in range(epochs):
                total = sum(stack.step(x, y) for x, y in self.batches)
                assert isinstance(total, torch.Tensor)
                for network, loss in zip(stack.networks, total.tolist(), strict=True):
                    found[network].append(loss / len(self.batches))
                with torch.no_grad():
                    outputs = torch.softmax(stack.outputs(self.held_out), dim=2).numpy()
                self.newest.update(zip(stack.networks, outputs, strict=True))
        return found


class Padded(ByShape):
    groups = staticmethod(by_depth)


SYSTEMS = {"PyTorch bmm, equal shapes": ByShape, "PyTorch bmm, padded widths": Padded}
