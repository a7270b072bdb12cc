"""A network with rows, starting values and training, and the numbers that the engine makes of it.

Rows come from SHAKE-256 and not from a generator of NumPy's, whose streams may change.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from bits.networks import Net, arrays, moments, replaced, traced, training
from chainrule import engine
from chainrule.spec import History, TrainingSpec

T = TypeVar("T")


class Draw:
    """Numbers that follow from a seed for ever."""

    def __init__(self, *seed: Any) -> None:
        self._seed = repr(seed)
        self._count = 0

    def integers(self, low: int, high: int, *shape: int) -> np.ndarray:
        """Whole numbers from low to high - 1, at most 65,536 of them."""
        self._count += 1
        size = int(np.prod(shape, dtype=np.int64))
        stream = hashlib.shake_256(f"{self._seed} {self._count}".encode())
        words = np.frombuffer(stream.digest(2 * size), dtype="<u2").astype(np.int64)
        return (words % (high - low) + low).reshape(shape)

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self.integers(0, len(options), 1)[0])]

    def happens(self, percent: int) -> bool:
        """Whether a thing of this chance happens."""
        return bool(self.integers(0, 100, 1)[0] < percent)

    def reals(self, *shape: int) -> np.ndarray:
        """Multiples of 1/512 between -2 and 2, exact in both number types."""
        return self.integers(-1000, 1001, *shape) / 512


@dataclass(frozen=True)
class Problem:
    """What one case trains.

    Attributes
    ----------
    n : int
        Rows.
    weighted : bool
        Rows have weights, some of them 0.
    soft : bool
        Targets of classes are probabilities.
    init : str or None
        Starting values; None takes the network's own, moved a little so that none is 0 or 1.
    validation : "", "set" or "rows"
        Rows of their own, or some of the same table, where training has others.
    again : TrainingSpec or None
        A second fit, which goes on from the first.
    options : dict
        More arguments of `fit`.
    """

    net: Net
    training: TrainingSpec
    n: int = 45
    dtype: str = "float32"
    weighted: bool = False
    soft: bool = False
    init: str | None = None
    validation: str = ""
    again: TrainingSpec | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def inputs(self, n: int) -> np.ndarray:
        """Rows of X, the last columns codes where categories are embedded."""
        draw = Draw("X", n)
        X = draw.reals(n, self.net.n_features)
        for place, known in enumerate(reversed(self.net.levels), start=1):
            X[:, -place] = draw.integers(0, known + 1, n)
        return X

    def targets(self, n: int) -> np.ndarray:
        """Targets of the kind that the loss takes."""
        draw, width = Draw("y", n), self.net.n_outputs
        if self.net.loss == "cross_entropy":
            if not self.soft:
                return draw.integers(0, width, n)
            shares = draw.integers(1, 9, n, width)
            return shares / shares.sum(axis=1, keepdims=True)
        if self.net.loss == "binary_cross_entropy":
            steps = 8 if self.soft else 1
            return draw.integers(0, steps + 1, n, width) / steps
        if self.net.loss == "poisson":
            return draw.integers(0, 6, n, width).astype(float)
        return draw.reals(n, 1 if self.net.loss == "pinball" else width)

    def weights(self, n: int) -> np.ndarray | None:
        """Weights of rows, multiples of 1/4 from 0 to 2."""
        if not self.weighted:
            return None
        weights = Draw("weights", n).integers(0, 9, n) / 4
        weights[0] = 1  # not all are 0
        return weights

    def start(self) -> dict[str, np.ndarray]:
        """Starting values."""
        table: dict[str, Any] = {}
        if self.init == "data_driven":
            table = {"X": self.inputs(self.n), "sample_weight": self.weights(self.n)}
            table["rows"] = np.arange(0, self.n, 2) if self.validation == "rows" else None
        params = engine.initialize(self.net.spec, init=self.init, seed=5, dtype=self.dtype, **table)
        if self.init is not None:
            return params
        draw = Draw("start")
        return replaced(
            self.net,
            [
                array + (draw.integers(-64, 65, *array.shape) / 1024).astype(self.dtype)
                for array in arrays(self.net, params)
            ],
        )

    def fitted(self, n_threads: int) -> Iterator[Any]:
        """Starting values, all that `fit` gives back, and predictions."""
        X, params = self.inputs(self.n), self.start()
        yield arrays(self.net, params)
        options: dict[str, Any] = {"sample_weight": self.weights(self.n), **self.options}
        if self.validation == "set":
            options["eval_set"] = self.inputs(31), self.targets(31)
            options["eval_sample_weight"] = self.weights(31)
        if self.validation == "rows":
            options["rows"], options["eval_rows"] = np.arange(0, self.n, 2), np.arange(1, self.n, 2)
        state = None
        for spec in (self.training, self.again):
            if spec is None:
                continue
            spec = replace(spec, n_threads=n_threads)
            y = self.targets(self.n)
            result = engine.fit(self.net.spec, params, X, y, spec, state=state, **options)
            params, state = result.params, result.state
            yield arrays(self.net, params)
            yield moments(state)
            yield [state.n_steps, state.epoch, state.beta1_power, state.beta2_power]
            yield course(result.history)
        for logits in (False, True):
            yield engine.predict(self.net.spec, params, X, logits=logits, n_threads=n_threads)

    def traced(self, n_threads: int) -> Iterator[Any]:
        """Every number of the first step, and what it leaves behind."""
        seen = engine.trace(
            self.net.spec,
            self.start(),
            self.inputs(self.n),
            self.targets(self.n),
            replace(self.training, n_threads=n_threads),
            sample_weight=self.weights(self.n),
            dropout_epoch=2 if self.net.drops else None,
        )
        yield traced(seen)
        yield arrays(self.net, seen.grads)
        yield arrays(self.net, seen.params_after)
        yield moments(seen.state_after)

    def differences(self, n_threads: int) -> Iterator[Any]:
        """Central differences of every parameter."""
        found = engine.numeric_gradients(
            self.net.spec,
            self.start(),
            self.inputs(self.n),
            self.targets(self.n),
            replace(self.training, n_threads=n_threads),
            sample_weight=self.weights(self.n),
            dropout_epoch=2 if self.net.drops else None,
        )
        yield arrays(self.net, found)


Named = Iterator[tuple[str, Problem]]
DEFAULT = training()


def course(history: History) -> list[Any]:
    """What a history holds but the time."""
    return [
        history.loss,
        history.penalty,
        history.validation_loss,
        history.validation_metric,
        history.best_epoch,
        history.n_steps,
        history.stop_reason,
    ]


def digest(answer: Iterable[Any]) -> str:
    """The sha256 of arrays, numbers and words, nested as they come."""
    hasher = hashlib.sha256()
    _add(hasher.update, list(answer))
    return hasher.hexdigest()


def _add(update: Callable[[bytes], None], part: Any) -> None:
    if isinstance(part, np.ndarray):
        update(f"{part.dtype.kind}{part.dtype.itemsize} {part.shape};".encode())
        update(np.ascontiguousarray(part).tobytes())
    elif isinstance(part, list | tuple):
        update(f"{len(part)};".encode())
        for one in part:
            _add(update, one)
    elif isinstance(part, float):
        update(struct.pack("<d", part))
    else:
        update(f"{part!r};".encode())
