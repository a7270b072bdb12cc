"""How a remedy is said to the object at hand: in arguments that it takes, as code that runs.

A remedy is neutral: `{"learning_rate": 0.001}`, `{"drop_column": 3}`. A `Words` says it as
`fit(..., learning_rate=0.001)` of a `Network`, as `MLPClassifier(..., learning_rate_init=0.001)` or
as options of a command. `...` stands for what was there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from chainrule.spec import Activation, Dense, Dropout, NetworkSpec

Remedy = Mapping[str, Any]

# Rows that are named one by one; more are taken from the finding.
MOST_NAMED = 8


class Code(str):
    """A value of a remedy that is written as it stands."""


class Column(NamedTuple):
    """A column to be dropped: by its name in a frame, by its place in an array."""

    name: str
    place: int


_SCALER = "from sklearn.preprocessing import StandardScaler\nX = StandardScaler().fit_transform(X)"
# What can be done to arrays X and y; {value} is the remedy's.
ARRAYS: dict[str, str] = {
    "standardise_inputs": _SCALER,
    "standardise_target": "y = (np.asarray(y) - np.mean(y)) / np.std(y)",
    "drop_column": "X = np.delete(X, {value.place}, axis=1)",
    "shift_rows": "X, y = {value}",
    "drop_rows": "keep = np.setdiff1d(np.arange(len(X)), {value})\nX, y = X[keep], y[keep]",
    "class_of_columns": "y = np.argmax(y, axis=1)",
    "integer_classes": "y = np.unique(y, return_inverse=True)[1]",
    "balance": "counts = np.unique(y, return_counts=True)[1]\n"
    "sample_weight = len(y) / len(counts) / counts[np.asarray(y, int).ravel()]",
    "equal_weights": "sample_weight = None",
    "split_anew": "from sklearn.model_selection import train_test_split\n"
    "X, X_val, y, y_val = train_test_split(\n"
    "    np.concatenate([X, X_val]), np.concatenate([y, y_val]), random_state=0)",
}  # fmt: skip
# The same of a pandas data frame.
FRAMES: dict[str, str] = {
    **ARRAYS,
    "drop_column": "X = X.drop(columns={value.name!r})",
    "drop_rows": "keep = np.setdiff1d(np.arange(len(X)), {value})\n"
    "X, y = X.iloc[keep], np.asarray(y)[keep]",
    "split_anew": "import pandas as pd\n"
    "from sklearn.model_selection import train_test_split\n"
    "X, X_val, y, y_val = train_test_split(\n"
    "    pd.concat([X, X_val]), np.concatenate([y, y_val]), random_state=0)",
}
# And of a polars data frame.
POLARS: dict[str, str] = {
    **ARRAYS,
    "drop_column": "X = X.drop({value.name!r})",
    "split_anew": "import polars as pl\n"
    "from sklearn.model_selection import train_test_split\n"
    "X, X_val, y, y_val = train_test_split(\n"
    "    pl.concat([X, X_val]), np.concatenate([y, y_val]), random_state=0)",
}


@dataclass(frozen=True)
class Words:
    """What an object can be told.

    Attributes
    ----------
    calls : mapping of str to (str, str)
        Setting -> the call that takes it, and the argument's name there.
    data : mapping of str to str
        Action on the rows -> code, with {value}.
    usual_rate : float or None
        The learning rate to begin with; None is that of the optimizer.
    splits : bool
        Whether it holds validation rows out of the table itself.
    """

    calls: Mapping[str, tuple[str, str]]
    data: Mapping[str, str] = field(default_factory=lambda: ARRAYS)
    usual_rate: float | None = None
    splits: bool = False

    def takes(self, remedy: Remedy) -> bool:
        """Whether everything in the remedy can be told."""
        return all(name in self.calls or name in self.data for name in remedy)

    def steps(self, remedy: Remedy) -> tuple[str, ...]:
        """The remedy as lines of code, the data first."""
        lines: list[str] = []
        calls: dict[str, list[str]] = {}
        for name, value in remedy.items():
            if name in self.data:
                lines += self.data[name].format(value=value).split("\n")
            else:
                call, argument = self.calls[name]
                calls.setdefault(call, []).append(_argument(argument, value))
        return (*lines, *(self.call(name, arguments) for name, arguments in calls.items()))

    def call(self, name: str, arguments: Sequence[str]) -> str:
        """A call with these arguments changed."""
        return f"{name}(..., {', '.join(arguments)})" if any(arguments) else f"{name}(...)"


def _argument(name: str, value: Any) -> str:
    return f"{name}={literal(value)}" if name else ""


def literal(value: Any) -> str:
    """As code, text in double quotes and numbers short."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, float):
        return f"{value:g}"
    return repr(value)


@dataclass(frozen=True)
class NetworkWords(Words):
    """Those of a `Network`: what it is made with, and what `fit` takes.

    Attributes
    ----------
    spec : NetworkSpec or None
        Tells whether it is made of sizes, or of layers that hold their own activation and rate.
    """

    spec: NetworkSpec | None = None

    def takes(self, remedy: Remedy) -> bool:
        return super().takes({k: v for k, v in remedy.items() if k not in _SIZES})

    def steps(self, remedy: Remedy) -> tuple[str, ...]:
        assert self.spec is not None
        sizes = [self.spec.n_features, *(d.units for d in self.spec.dense[:-1])]
        others = {name: value for name, value in remedy.items() if name not in _SIZES}
        sizes[0] -= "drop_column" in remedy
        hidden = list(remedy.get("hidden", sizes[1:]))
        new = [sizes[0], *hidden, int(remedy.get("n_outputs", self.spec.n_outputs))]
        lines = super().steps(others)
        if new == [self.spec.n_features, *sizes[1:], self.spec.n_outputs]:
            return lines
        made = [line for line in lines if line.startswith("Network(")]
        rest = "".join(line.removeprefix("Network(...").removesuffix(")") for line in made)
        kept = [line for line in lines if line not in made and not line.startswith("fit(")]
        after = [line for line in lines if line.startswith("fit(")]
        return (*kept, f"Network({new}, ...{rest})", *after)


_SIZES = ("hidden", "n_outputs")
_FIT = (
    "optimizer", "learning_rate", "epochs", "batch_size", "l1", "l2", "weight_decay", "clip_norm",
    "patience", "tol", "time_limit", "shuffle", "schedule", "sample_weight",
    "learning_rate_factors", "momentum",
)  # fmt: skip
_MADE = ("activation", "output_activation", "init", "dropout", "loss", "random_state")


def words_of_network(spec: NetworkSpec) -> NetworkWords:
    """Those of a `Network` with these layers."""
    plain = all(isinstance(layer, Dense | Dropout | Activation) for layer in spec.layers)
    made = {name: ("Network", name) for name in _MADE}
    if not plain:
        made |= {"activation": ("Dense", "activation"), "dropout": ("Dropout", "rate")}
    return NetworkWords(calls={**made, **{name: ("fit", name) for name in _FIT}}, spec=spec)


def data_words(X: Any) -> Mapping[str, str]:
    """What can be done to a table of this type."""
    if hasattr(X, "iloc"):
        return FRAMES
    return POLARS if hasattr(X, "with_columns") else ARRAYS


def rows_as_code(rows: np.ndarray, code: str, more: str = "") -> str:
    """Row numbers as a list, or, where they are many, as the finding of this code holds them."""
    if len(rows) > MOST_NAMED:
        return f'model.diagnose(X, y{more})["{code}"].rows'
    return str([int(row) for row in rows])
