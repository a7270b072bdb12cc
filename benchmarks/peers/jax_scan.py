"""JAX with a compiled scan over an epoch, and with the whole fit in one compiled scan."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.flatten_util import ravel_pytree

from benchmarks.cases import Array, Case
from benchmarks.peers.system import System

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
}
# A small step is mostly calls, so there it pays to unroll and to hold all parameters in one vector.
_SMALL_STEP_FLOPS = 5_000_000


def outputs(case: Case, params: Any, x: Any) -> Any:
    """z of the last layer."""
    sigma = _ACTIVATIONS[case.activation]
    *hidden, (W, b) = params
    for W_l, b_l in hidden:
        x = sigma(x @ W_l + b_l)
    return x @ W + b


def mean_loss(case: Case, params: Any, x: Any, y: Any) -> Any:
    z = outputs(case, params, x)
    if case.task == "numbers":
        return 0.5 * jnp.mean(jnp.sum((z - y) ** 2, axis=1))
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=1))


def make_step(case: Case, unravel: Callable[[Any], Any] | None) -> Callable[[Any, Any], Any]:
    """(params, m, v, beta1^t, beta2^t), (x, y) -> the same after one step, loss."""
    eta = case.learning_rate

    def loss(params: Any, x: Any, y: Any) -> Any:
        return mean_loss(case, params if unravel is None else unravel(params), x, y)

    def step(carry: Any, batch: Any) -> tuple[Any, Any]:
        params, m, v, power1, power2 = carry
        value, grads = jax.value_and_grad(loss)(params, *batch)
        if case.optimizer == "sgd":
            params = jax.tree.map(lambda w, g: w - eta * g, params, grads)
            return (params, m, v, power1, power2), value
        power1, power2 = power1 * _BETA1, power2 * _BETA2
        rate, scale = eta / (1 - power1), 1 / (1 - power2)
        m = jax.tree.map(lambda m, g: _BETA1 * m + (1 - _BETA1) * g, m, grads)
        v = jax.tree.map(lambda v, g: _BETA2 * v + (1 - _BETA2) * g * g, v, grads)
        params = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v * scale) + _EPSILON), params, m, v
        )
        return (params, m, v, power1, power2), value

    return step


class EpochScan(System):
    """One call of compiled code an epoch."""

    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        X, y = case.data()
        if case.task == "classes":
            y = np.eye(case.sizes[-1], dtype=np.float32)[y]
        shape = (case.n_batches, case.batch)
        self.batches = (jnp.asarray(X.reshape(*shape, -1)), jnp.asarray(y.reshape(*shape, -1)))
        self.choices = (
            [(True, 1), (True, 8), (False, 1), (False, 8)]
            if case.flops < _SMALL_STEP_FLOPS
            else [(False, 1), (False, 2)]
        )
        self.flat, self.unroll = self.choices[0]
        self.compiled: dict[int, Callable[[Any], Any]] = {}

    def tune(self) -> None:
        """Keep the fastest of the forms on a run that is long beside a call."""
        steps = max(8, min(20_000, 4_000_000_000 // self.case.flops))
        epochs = max(1, steps // self.case.n_batches)
        times = {}
        for choice in self.choices:
            self.flat, self.unroll = choice
            self.compiled = {}
            self.reset()
            self.train(epochs)
            best = np.inf
            for _ in range(3):
                self.reset()
                start = time.perf_counter()
                self.train(epochs)
                best = min(best, time.perf_counter() - start)
            times[choice] = best
        self.flat, self.unroll = min(times, key=lambda choice: times[choice])
        self.compiled = {}
        self.setting = f"{'one vector' if self.flat else 'tree'}, unroll {self.unroll}"

    def reset(self) -> None:
        params: Any = [(jnp.asarray(W.T), jnp.asarray(b)) for W, b in self.case.start()]
        self.unravel = None
        if self.flat:
            params, self.unravel = ravel_pytree(params)
        zeros = jax.tree.map(jnp.zeros_like, params)
        copy = jax.tree.map(jnp.copy, zeros)
        self.carry = (params, zeros, copy, jnp.float32(1), jnp.float32(1))

    def _epoch(self, carry: Any) -> tuple[Any, Any]:
        step = make_step(self.case, self.unravel)
        unroll = min(self.unroll, self.case.n_batches)
        carry, values = lax.scan(step, carry, self.batches, unroll=unroll)
        return carry, values.mean()

    def train(self, epochs: int) -> None:
        self._train(epochs)

    def predictor(self) -> Callable[[Array], Any]:
        params = [(jnp.asarray(W.T), jnp.asarray(b)) for W, b in self.case.start()]
        link = jax.nn.softmax if self.case.task == "classes" else lambda z: z
        compiled = jax.jit(lambda x: link(outputs(self.case, params, x)))
        return lambda X: np.asarray(compiled(X))

    def losses(self, epochs: int) -> list[float]:
        self.reset()
        return [float(value) for value in self._train(epochs)]

    def _train(self, epochs: int) -> list[Any]:
        if 1 not in self.compiled:
            self.compiled[1] = jax.jit(self._epoch, donate_argnums=0)
        run, values = self.compiled[1], []
        for _ in range(epochs):
            self.carry, value = run(self.carry)
            values.append(value)
        jax.block_until_ready(self.carry)
        return values


class FitScan(EpochScan):
    """One call of compiled code a fit; nothing in Python can look in between."""

    def _train(self, epochs: int) -> Any:
        if epochs not in self.compiled:
            unroll = max(1, min(epochs, self.unroll // self.case.n_batches))
            body = lambda carry, _: self._epoch(carry)  # noqa: E731
            fit = partial(lax.scan, body, length=epochs, unroll=unroll)
            self.compiled[epochs] = jax.jit(fit, donate_argnums=0)
        self.carry, values = self.compiled[epochs](self.carry)
        jax.block_until_ready(self.carry)
        return values


SYSTEMS = {"JAX, epoch scan": EpochScan, "JAX, whole-fit scan": FitScan}
