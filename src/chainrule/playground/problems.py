"""What the playground can train on: rows, a network that suits them, and how it is trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.derivation.names import Names
from chainrule.explain.examples import Example, mazur, xor
from chainrule.playground.moment import Moment, Params
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec, TrainingState
from chainrule.table.read import FileTable

N_POINTS = 200


@dataclass(frozen=True)
class Problem:
    """Rows, and the network that starts on them.

    Attributes
    ----------
    name, title : str
    X : ndarray (n, n_features)
    y : ndarray
        As `engine.fit` takes them.
    inputs, outputs : tuple of str
        What columns and outputs are called.
    spec : NetworkSpec
    training : TrainingSpec
    params : dict of str to ndarray, optional
        Start values; drawn by the seed of `training` otherwise.
    quantity : str
        What to explain first.
    setup : dict
        What `setup.configured` made of it, as plain values.
    notes : tuple of str
        What a person should know about the rows or the network.
    table : FileTable, optional
        The whole table of a person's own, of which another column may be learned.
    target : str
        The column of `table` that is learned.
    """

    name: str
    title: str
    X: np.ndarray
    y: np.ndarray
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    spec: NetworkSpec
    training: TrainingSpec
    params: Params | None = None
    quantity: str = "W1[0,0]"
    setup: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    table: FileTable | None = None
    target: str = ""

    def start(self) -> Moment:
        """The network before its first step, in float64.

        Returns
        -------
        Moment
        """
        params = self.params or engine.initialize(
            self.spec, seed=self.training.seed, dtype="float64"
        )
        return Moment(
            self.spec,
            {name: np.array(values, np.float64) for name, values in params.items()},
            np.array(self.X, np.float64),
            np.asarray(self.y),
            self.training,
            TrainingState(self.training.optimizer),
            names=Names(self.spec, self.inputs, self.outputs),
        )


def _worked(example: Example, outputs: tuple[str, ...]) -> Problem:
    inputs = tuple(f"x{k}" for k in range(example.spec.n_features))
    return Problem(
        example.name,
        example.title,
        example.X,
        example.y,
        inputs,
        outputs,
        example.spec,
        example.training,
        example.params,
        example.quantity,
    )


def _gate(name: str, answers: tuple[float, float, float, float]) -> Problem:
    """One neuron learns a logical gate."""
    rows = xor()
    return Problem(
        name,
        f"{name.upper()}: one sigmoid unit on four rows",
        rows.X,
        np.array(answers)[:, None],
        ("x0", "x1"),
        ("answer",),
        NetworkSpec(2, (Dense(1, "sigmoid"),), Loss("squared_error")),
        replace(rows.training, learning_rate=0.5),
    )


def _classes(name: str, title: str, X: np.ndarray, y: np.ndarray) -> Problem:
    """Points of two classes in the plane."""
    hidden = (Dense(8, "tanh"), Dense(8, "tanh"))
    return Problem(
        name,
        title,
        X,
        y.astype(np.float64)[:, None],
        ("x0", "x1"),
        ("class 1",),
        NetworkSpec(2, (*hidden, Dense(1, "sigmoid")), Loss("binary_cross_entropy")),
        TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=32),
    )


def _circles() -> Problem:
    draw = np.random.default_rng(0)
    angle, y = draw.uniform(0, 2 * np.pi, N_POINTS), np.arange(N_POINTS) % 2
    radius = np.where(y == 1, 0.4, 1.0) + draw.normal(0, 0.08, N_POINTS)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return _classes("circles", "Circles: one class around the other", X, y)


def _moons() -> Problem:
    draw = np.random.default_rng(0)
    angle, y = draw.uniform(0, np.pi, N_POINTS), np.arange(N_POINTS) % 2
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    lower = np.stack([0.5 - np.cos(angle), 0.25 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 1, lower, upper) + draw.normal(0, 0.1, (N_POINTS, 2))
    return _classes("moons", "Moons: two interleaved half circles", X, y)


def _spirals() -> Problem:
    draw = np.random.default_rng(0)
    y = np.arange(N_POINTS) % 2
    turn = np.sqrt(draw.uniform(0.02, 1.0, N_POINTS))
    angle = 3 * np.pi * turn + np.pi * y
    X = turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classes("spirals", "Spirals: two arms around each other", X, y)


def _clusters() -> Problem:
    """Three classes in the plane, so that the output is a softmax."""
    draw = np.random.default_rng(0)
    y = np.arange(N_POINTS) % 3
    angle = 2 * np.pi * y / 3 + np.pi / 2
    X = 0.75 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + draw.normal(0, 0.3, (N_POINTS, 2))
    return Problem(
        "clusters",
        "Clusters: three classes in the plane",
        X,
        y.astype(np.int64),
        ("x0", "x1"),
        ("top", "left", "right"),
        NetworkSpec(2, (Dense(6, "tanh"), Dense(3, "softmax")), Loss("cross_entropy")),
        TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=32),
    )


def _sine() -> Problem:
    draw = np.random.default_rng(0)
    x = np.sort(draw.uniform(-1, 1, 60))
    y = np.sin(np.pi * x) + draw.normal(0, 0.1, 60)
    return Problem(
        "sine",
        "Sine: one number from another",
        x[:, None],
        y[:, None],
        ("x",),
        ("y",),
        NetworkSpec(1, (Dense(8, "tanh"), Dense(1, "identity")), Loss("squared_error")),
        TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=None),
    )


# The name under which each is asked for.
PROBLEMS: dict[str, Callable[[], Problem]] = {
    "xor": lambda: _worked(xor(), ("answer",)),
    "mazur": lambda: _worked(mazur(), ("o0", "o1")),
    "and": lambda: _gate("and", (0.0, 0.0, 0.0, 1.0)),
    "or": lambda: _gate("or", (0.0, 1.0, 1.0, 1.0)),
    "circles": _circles,
    "moons": _moons,
    "spirals": _spirals,
    "clusters": _clusters,
    "sine": _sine,
}


def problem(name: str) -> Problem:
    """A problem by name.

    Parameters
    ----------
    name : str
        Such as "xor" or "clusters".

    Returns
    -------
    Problem

    Raises
    ------
    SpecError
        For another name; the message lists those there are.
    """
    if name not in PROBLEMS:
        raise SpecError(f"there is no problem {name!r}; there are {', '.join(PROBLEMS)}.")
    return PROBLEMS[name]()
