"""JAX: one step under vmap for the networks of a shape, the whole fit in one compiled scan."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.many.system import System, by_shape
from benchmarks.many.workload import Workload

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


def outputs(params: Any, x: Any) -> Any:
    """z of the last layer of one network (rows, 2)."""
    waves = jnp.cos(2 * jnp.pi * x[:, :, None] * params["frequency"] + params["phase"])
    mixed = jnp.einsum("bcf,cof->bco", waves, params["weight"]) + params["bias"]
    h = jnp.concatenate([mixed, x[:, :, None]], axis=2).reshape(len(x), -1)
    *hidden, (W, b) = params["dense"]
    for W_l, b_l in hidden:
        h = jax.nn.relu(h @ W_l + b_l)
    return h @ W + b


def mean_loss(params: Any, x: Any, y: Any) -> Any:
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(outputs(params, x)), axis=1))


class ByShape(System):
    def __init__(self, workload: Workload, threads: int) -> None:
        super().__init__(workload, threads)
        X, y = workload.data
        n, batch = workload.rows, workload.batch
        hot = np.eye(2, dtype=np.float32)[y]
        self.batches = (
            jnp.asarray(X[:n].reshape(-1, batch, workload.columns)),
            jnp.asarray(hot[:n].reshape(-1, batch, 2)),
        )
        self.held_out = jnp.asarray(X[n:])
        self.groups = by_shape(workload)
        self.compiled: dict[tuple[int, int], Any] = {}
        self.newest: dict[int, np.ndarray] = {}

    def reset(self) -> None:
        self.carries = []
        for group in self.groups:
            trees = [self._tree(network) for network in group]
            params = jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)
            zeros = jax.tree.map(jnp.zeros_like, params)
            copy = jax.tree.map(jnp.copy, zeros)
            self.carries.append((params, zeros, copy, jnp.float32(1), jnp.float32(1)))

    def _tree(self, network: int) -> dict[str, Any]:
        workload, start = self.workload, self.workload.params(network)
        shape = (workload.columns, workload.outputs, workload.frequencies)
        n_layers = len(workload.sizes(network)) - 1
        return {
            "frequency": start["frequency"],
            "phase": start["phase"],
            "weight": start["weight"].reshape(shape),
            "bias": start["bias"],
            "dense": [(start[f"W{l}"].T, start[f"b{l}"]) for l in range(1, n_layers + 1)],
        }

    def _step(self, carry: Any, batch: Any) -> tuple[Any, Any]:
        params, m, v, power1, power2 = carry
        value_and_grad = jax.vmap(jax.value_and_grad(mean_loss), in_axes=(0, None, None))
        values, grads = value_and_grad(params, *batch)
        power1, power2 = power1 * _BETA1, power2 * _BETA2
        rate, scale = self.workload.learning_rate / (1 - power1), 1 / (1 - power2)
        m = jax.tree.map(lambda m, g: _BETA1 * m + (1 - _BETA1) * g, m, grads)
        v = jax.tree.map(lambda v, g: _BETA2 * v + (1 - _BETA2) * g * g, v, grads)
        params = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v * scale) + _EPSILON), params, m, v
        )
        return (params, m, v, power1, power2), values

    def _epoch(self, carry: Any, _: Any) -> tuple[Any, Any]:
        carry, values = lax.scan(self._step, carry, self.batches)
        z = jax.vmap(outputs, in_axes=(0, None))(carry[0], self.held_out)
        return carry, (values.mean(axis=0), jax.nn.softmax(z))

    def train(self, epochs: int) -> list[list[float]]:
        found: list[list[float]] = [[] for _ in range(self.workload.n_networks)]
        for number, group in enumerate(self.groups):
            key = (number, epochs)
            if key not in self.compiled:
                run = lambda carry: lax.scan(self._epoch, carry, None, length=epochs)  # noqa: E731
                self.compiled[key] = jax.jit(run, donate_argnums=0)
            self.carries[number], told = self.compiled[key](self.carries[number])
            losses, held_out = (np.asarray(part) for part in told)
            for place, network in enumerate(group):
                found[network] = losses[:, place].tolist()
                self.newest[network] = held_out[-1, place]
        return found


SYSTEMS = {"JAX vmap, equal shapes": ByShape}
