"""Where numbers left the finite ones, and what is to blame: the step taken again and looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.plans import network_plan, training_plan
from chainrule.engine.rows import Array, Params, TrainingRows
from chainrule.engine.state import named_arrays, state_arrays
from chainrule.errors import warn_caller
from chainrule.spec import Dense, NetworkSpec, Placed, TrainingSpec, TrainingState

INPUT, LOSS, PARAMETER, MOMENT = "input", "loss", "parameter", "moment"
UPDATED = (PARAMETER, MOMENT)  # what an update makes, whose rate is to blame
_SHOWN = 5  # rows in a sentence
# A number so many times larger than the largest of the others stands out.
_STANDS_OUT = 1e6


@dataclass(frozen=True)
class NonFinite:
    """The first quantity, in the order of computation, that is infinite or NaN.

    Attributes
    ----------
    epoch, batch : int
        Of the training, from 0.
    rows : tuple of int
        Rows of the table where it is, in ascending order; of a gradient or what follows from it,
        the row that gives most.
    layer : int
        l of the formulas; 0 before layer 1.
    quantity : str
        "input", "z", "a", "output of Dropout", ..., "loss", "delta", "gradient", "parameter" or
        "moment".
    name : str
        As a formula has it: "z(2)[7]", "dL/dW3[1, 4]".
    last_finite : float
        The largest finite magnitude of that quantity in this step; 0 where there is none.
    cause : str
        What is most likely to blame, a clause.
    curable : bool
        Whether a lower rate may help.
    """

    epoch: int
    batch: int
    rows: tuple[int, ...]
    layer: int
    quantity: str
    name: str
    last_finite: float
    cause: str
    curable: bool

    def of_rows(self) -> str:
        """The sentence for rows that belong to no training.

        Returns
        -------
        str
        """
        return str(self).partition(": ")[2].replace("training starts from", "the network has") + "."

    def __str__(self) -> str:
        rows = ", ".join(map(str, self.rows[:_SHOWN]))
        rows += f" and {len(self.rows) - _SHOWN} more" if len(self.rows) > _SHOWN else ""
        noun = "row" if len(self.rows) == 1 else "rows"
        return (
            f"epoch {self.epoch}, batch {self.batch}: {self.name} is infinite or NaN first, in "
            f"{noun} {rows}; the largest finite number of its kind is {self.last_finite:.3g}; "
            f"{self.cause}"
        )


@dataclass(frozen=True)
class Fault:
    """A step that is not finite: its parameters and moments before, and its rows."""

    spec: NetworkSpec
    training: TrainingSpec
    params: Params
    state: TrainingState
    train: TrainingRows
    chosen: Array  # rows of the table
    epoch: int  # of the network, which keys dropout
    plan_epoch: int
    batch: int
    is_first: bool  # no update was made yet

    def place(self) -> NonFinite | None:
        """The first quantity that is not finite; None where the step is finite after all."""
        rows = TrainingRows(
            self.train.x,
            self.train.y,
            self.train.classes,
            self.train.weights,
            np.ascontiguousarray(self.chosen, np.uint32),
        )
        traced = _core.trace(
            network=network_plan(self.spec, self.train.x.dtype),
            training=training_plan(self.spec, self.training),
            values=[self.params[name] for name in self.spec.parameters],
            state=state_arrays(self.spec, self.state),
            rows=rows.arrays(),
            dropout_epoch=self.epoch,
        )
        for quantity, layer, label, array in self._by_rows(traced):
            bad = ~np.isfinite(array)
            if bad.any():
                where = f"[{int(np.argwhere(bad)[0, 1])}]" if quantity != LOSS else ""
                found = np.unique(self.chosen[bad.any(axis=1)])
                return self._seen(
                    tuple(int(r) for r in found), layer, quantity, label + where, array, bad
                )
        return self._of_parameters(traced)

    def _by_rows(self, traced: Any) -> Iterator[tuple[str, int, str, Array]]:
        spec, last = self.spec, self.spec.n_layers
        yield INPUT, 0, "X", traced.x
        made = [*(layer.out for layer in traced.layers), traced.output][: len(spec.walk)]
        for placed, out in zip(spec.walk, made, strict=True):
            quantity, label = self._called(placed)
            yield quantity, placed.number, label, out
        yield LOSS, last, "loss", traced.losses.reshape(-1, 1)
        for placed in reversed(spec.dense_places):
            yield (
                "delta",
                placed.number,
                f"delta({placed.number})",
                traced.layers[placed.index].delta,
            )

    def _called(self, placed: Placed) -> tuple[str, str]:
        number = placed.number
        if isinstance(placed.layer, Dense):
            return "z", f"z({number})"
        if self.spec.a_places[number] is placed:
            return "a", f"a({number})"
        kind = f"output of {type(placed.layer).__name__}"
        return kind, f"the {kind} after layer {number}, unit "

    def _of_parameters(self, traced: Any) -> NonFinite | None:
        spec = self.spec
        after = traced.state
        kinds = [
            ("gradient", "dL/d{}", traced.gradients),
            (PARAMETER, "{} after the step", after.values),
            (MOMENT, "the first moment of {}", after.first),
            (MOMENT, "the second moment of {}", after.second),
        ]
        for quantity, label, arrays in kinds:
            named = named_arrays(spec, arrays) if arrays else {}
            for name, array in named.items():
                bad = ~np.isfinite(array)
                if bad.any():
                    at = tuple(int(k) for k in np.argwhere(bad)[0])
                    where = label.format(f"{name}[{', '.join(map(str, at))}]")
                    placed = next(p for p in spec.walk if name in p.parameters)
                    row = self._giving_most(traced, placed, at)
                    return self._seen((row,), placed.number, quantity, where, array, bad)
        return None

    def _giving_most(self, traced: Any, placed: Placed, at: tuple[int, ...]) -> int:
        """The row whose share of a gradient is largest; of other layers, whose loss is."""
        share = np.abs(traced.losses.reshape(-1).astype(np.float64))
        if isinstance(placed.layer, Dense):
            share = np.abs(traced.layers[placed.index].delta[:, at[0]].astype(np.float64))
            if len(at) == 2:
                before = traced.layers[placed.index - 1].out if placed.index else traced.x
                if before.shape[1] == placed.n_in:
                    share = share * np.abs(before[:, at[1]].astype(np.float64))
        return int(self.chosen[int(np.argmax(share))])

    def _seen(
        self,
        rows: tuple[int, ...],
        layer: int,
        quantity: str,
        name: str,
        array: Array,
        bad: Array,
    ) -> NonFinite:
        finite = np.abs(array[~bad])
        cause, is_rate = self._cause(quantity, rows)
        return NonFinite(
            epoch=self.plan_epoch,
            batch=self.batch,
            rows=rows,
            layer=layer,
            quantity=quantity,
            name=name,
            last_finite=float(finite.max()) if finite.size else 0.0,
            cause=cause,
            curable=is_rate,
        )

    def _cause(self, quantity: str, rows: tuple[int, ...]) -> tuple[str, bool]:
        """What stands out, a cell, a target or a weight; else the rate. And whether it is that."""
        if quantity == INPUT:
            return "X was changed during the training", False
        x, chosen = self.train.x, np.asarray(rows)
        cell = _outlier(x, chosen)
        if cell is not None:
            row, column = cell
            return f"row {row} of X holds {x[row, column]:.3g} in column {column}", False
        if self.train.y is not None and (cell := _outlier(self.train.y, chosen)) is not None:
            row, column = cell
            return f"row {row} of y is {self.train.y[row, column]:.3g}", False
        for name, array in self.params.items() if self.is_first else ():
            flat = np.abs(array.astype(np.float64)).reshape(-1)
            most = int(flat.argmax()) if flat.size else 0
            if flat.size and flat[most] > _STANDS_OUT:
                at = ", ".join(str(int(k)) for k in np.unravel_index(most, array.shape))
                value = array.reshape(-1)[most]
                return f"training starts from {name}[{at}] = {value:.3g}", False
        if self.is_first and quantity not in UPDATED:
            return "the numbers of X or y are too large to begin with; scale them", False
        return f"the learning rate {self.training.learning_rate:g} is too high", True


def tell_nonfinite(
    spec: NetworkSpec, params: Params, rows: TrainingRows, training: TrainingSpec
) -> None:
    """Warn where a step over these rows leaves the finite numbers, naming the first quantity.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    rows : TrainingRows
    training : TrainingSpec
    """
    fault = Fault(
        spec=spec,
        training=training,
        params=params,
        state=TrainingState(training.optimizer),
        train=rows,
        chosen=np.arange(len(rows.x)),
        epoch=-1,
        plan_epoch=0,
        batch=0,
        is_first=True,
    )
    place = fault.place()
    if place is not None and place.quantity not in UPDATED:
        warn_caller(place.of_rows())


def _outlier(table: Array, rows: Array) -> tuple[int, int] | None:
    """The largest number of these rows, where it stands far above those of the table."""
    magnitudes = np.abs(table[rows].astype(np.float64))
    row, column = np.unravel_index(int(magnitudes.argmax()), magnitudes.shape)
    typical = max(1.0, float(np.median(np.abs(table[:, column].astype(np.float64)))))
    if magnitudes[row, column] <= _STANDS_OUT * typical:
        return None
    return int(rows[row]), int(column)
