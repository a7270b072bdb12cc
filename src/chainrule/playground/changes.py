"""What a person changes in a run, as data: a weight, a cell of the table, a target, a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.explain.derivation.names import Names
from chainrule.playground.fields import Fields
from chainrule.playground.moment import Moment
from chainrule.spec.shorthand import training_spec, training_values


@dataclass(frozen=True)
class SetParameter:
    """One element of a parameter: "W1[0,2]"."""

    quantity: str
    value: float

    def __call__(self, moment: Moment) -> Moment:
        """Raises `SpecError` for what is no parameter of this network."""
        asked = (moment.names or Names(moment.spec)).parse(self.quantity)
        if not asked.is_parameter:
            raise SpecError(f"{self.quantity!r} is computed; change a weight, a bias or an input.")
        values = moment.params[asked.tensor].copy()
        values[asked.at] = self.value
        return replace(moment, params={**moment.params, asked.tensor: values})


@dataclass(frozen=True)
class SetCell:
    """One input of one row."""

    row: int
    column: int
    value: float

    def __call__(self, moment: Moment) -> Moment:
        """Raises `DataError` for a cell that is not there."""
        X = moment.X.copy()
        _set(X, self.row, self.column, self.value, "column")
        return replace(moment, X=X)


@dataclass(frozen=True)
class SetTarget:
    """One target of one row; for class indices the class."""

    row: int
    output: int
    value: float

    def __call__(self, moment: Moment) -> Moment:
        """Raises `DataError` for a target that is not there or a class that does not exist."""
        y = moment.y.copy()
        if y.ndim == 2:
            _set(y, self.row, self.output, self.value, "output")
            return replace(moment, y=y)
        if self.value not in range(moment.spec.n_outputs):
            last = moment.spec.n_outputs - 1
            raise DataError(f"there is no class {self.value:g}; the classes are 0 to {last}.")
        _set(y[:, None], self.row, 0, int(self.value), "output")
        return replace(moment, y=y)


@dataclass(frozen=True)
class SetTraining:
    """Settings of `fit`, such as {"learning_rate": 0.1}; the network goes on as it is."""

    settings: Mapping[str, Any]

    def __call__(self, moment: Moment) -> Moment:
        """Raises `SpecError` or `TypeError` as `fit` does."""
        training = training_spec({**training_values(moment.training), **self.settings})
        state = moment.state.continued_by(training.optimizer)
        started = moment.batch > 0 and training.batch_size != moment.training.batch_size
        state = replace(state, epoch=state.epoch + started)  # a new division begins a new epoch
        batch = 0 if started else moment.batch
        return replace(moment, training=training, state=state, batch=batch)


Change = SetParameter | SetCell | SetTarget | SetTraining

KINDS: dict[str, type[Change]] = {
    "parameter": SetParameter,
    "cell": SetCell,
    "target": SetTarget,
    "training": SetTraining,
}


def to_json(change: Change) -> dict[str, Any]:
    """A change as plain values; `from_json` reads it."""
    kind = next(name for name, cls in KINDS.items() if isinstance(change, cls))
    return {"kind": kind, **asdict(change)}


def from_json(form: Any) -> Change:
    """The inverse of `to_json`; `SpecError` for anything else."""
    if not isinstance(form, dict) or form.get("kind") not in KINDS:
        raise SpecError(f"a change has a kind, one of {', '.join(KINDS)}.")
    fields = Fields({**form, "type": "change"})
    fields.text("kind")
    value: Change
    if form["kind"] == "parameter":
        value = SetParameter(fields.text("quantity"), fields.number("value"))
    elif form["kind"] == "cell":
        value = SetCell(fields.whole("row"), fields.whole("column"), fields.number("value"))
    elif form["kind"] == "target":
        value = SetTarget(fields.whole("row"), fields.whole("output", 0), fields.number("value"))
    else:
        value = SetTraining(fields.mapping("settings"))
    fields.end()
    return value


def _set(array: np.ndarray, row: int, column: int, value: float, what: str) -> None:
    for noun, at, size in (("row", row, len(array)), (what, column, array.shape[1])):
        if not 0 <= at < size:
            raise DataError(f"{noun} {at} does not exist; there are 0 to {size - 1}.")
    array[row, column] = value
