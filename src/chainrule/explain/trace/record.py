"""The numbers of one training step, as the engine recorded them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.explain.derivation.names import Names
from chainrule.reference.losses import row_shares, targets
from chainrule.spec import NetworkSpec, TrainingSpec

MAX_BYTES = 64 << 20

_NAME = re.compile(r"(z|a|slope|delta|mask)(\d+)")


class Record:
    """What `StepTrace` holds; its arguments and attributes are described there."""

    def __init__(
        self,
        spec: NetworkSpec,
        params: Mapping[str, np.ndarray],
        X: np.ndarray,
        y: np.ndarray,
        training: TrainingSpec | None = None,
        *,
        sample_weight: np.ndarray | None = None,
        state: Any = None,
        dropout_epoch: int | None = None,
        dtype: str = "float64",
        names: Names | None = None,
        raw: Sequence[Mapping[str, Any]] | None = None,
        row_ids: Sequence[Any] | None = None,
        notes: Sequence[str] = (),
        start: str = "",
    ) -> None:
        """Raises `SpecError` for an unknown dtype and `DataError` for rows that cannot be used."""
        if dtype not in ("float64", "train"):
            raise SpecError(f"dtype of a trace must be 'float64' or 'train', found {dtype!r}.")
        self.spec = spec
        self.training = TrainingSpec() if training is None else training
        self.trained_dtype = np.dtype(next(iter(params.values())).dtype)
        self.dtype = np.dtype(np.float64) if dtype == "float64" else self.trained_dtype
        self._given = dict(params)
        self.params = {n: np.ascontiguousarray(w, self.dtype) for n, w in params.items()}
        rows = engine.TrainingRows.of(spec, self.dtype, X, y, sample_weight)
        self._check_size(len(rows.x))
        self.X = rows.x
        self.y = np.asarray(rows.classes if rows.y is None else rows.y)
        self.sample_weight = rows.weights
        self.dropout_epoch = dropout_epoch
        self.names = names or Names(spec)
        self.raw = raw
        self.row_ids = row_ids
        self.notes = tuple(notes)
        self.start = start
        self._state = _cast(state, self.dtype)

    def _check_size(self, n_rows: int) -> None:
        widths = self.spec.n_features + sum(at.n_out for at in self.spec.walk)
        fixed = 8 * self.spec.n_parameters * self.dtype.itemsize
        a_row = 4 * widths * self.dtype.itemsize
        if fixed + n_rows * a_row > MAX_BYTES:
            fit = max((MAX_BYTES - fixed) // a_row, 0)
            raise DataError(
                f"a trace of {n_rows} rows would take {(fixed + n_rows * a_row) >> 20} MiB; "
                f"at most {fit} rows of this network fit into {MAX_BYTES >> 20} MiB."
            )

    @cached_property
    def recorded(self) -> engine.Trace:
        """The engine's own record."""
        return engine.trace(
            self.spec,
            self.params,
            self.X,
            self.y,
            self.training,
            sample_weight=self.sample_weight,
            state=self._state,
            dropout_epoch=self.dropout_epoch,
        )

    z = property(lambda self: self.recorded.z)
    a = property(lambda self: self.recorded.a)
    layers = property(lambda self: self.recorded.layers)
    slope = property(lambda self: self.recorded.slope)
    delta = property(lambda self: self.recorded.delta)
    masks = property(lambda self: self.recorded.masks)
    losses = property(lambda self: self.recorded.losses)
    data_loss = property(lambda self: float(self.recorded.data_loss))
    penalty = property(lambda self: float(self.recorded.penalty))
    loss = property(lambda self: float(self.recorded.loss))
    weight_sum = property(lambda self: float(self.recorded.weight_sum))
    grads = property(lambda self: self.recorded.grads)
    update = property(lambda self: self.recorded.update)
    params_after = property(lambda self: self.recorded.params_after)
    state_before = property(lambda self: self.recorded.state_before)
    state_after = property(lambda self: self.recorded.state_after)
    W = property(lambda self: self._by_layer("W", self.params))
    b = property(lambda self: self._by_layer("b", self.params))
    dL_dW = property(lambda self: self._by_layer("W", self.grads))  # noqa: N815
    dL_db = property(lambda self: self._by_layer("b", self.grads))  # noqa: N815

    def dl_da(self, l: int) -> np.ndarray | None:
        """dl/da(l) of each row's own loss (n, n_l); None for features and for the output.

        Parameters
        ----------
        l : int
            A layer, from 0 to L.

        Returns
        -------
        ndarray (n, n_l) or None
        """
        at = self.spec.a_places[l]
        return None if at is None else self.recorded.layers[at.index].d_out

    def _by_layer(self, letter: str, arrays: Mapping[str, np.ndarray]) -> list[Any]:
        return [None, *(arrays[f"{letter}{l}"] for l in range(1, self.spec.n_layers + 1))]

    @property
    def n_rows(self) -> int:
        return len(self.X)

    @cached_property
    def targets(self) -> np.ndarray:
        """y as rows (n, n_outputs): a class index becomes a row with a single 1."""
        return np.asarray(targets(self.spec, self.y), np.float64)

    @cached_property
    def shares(self) -> np.ndarray:
        """The part of each row in the data loss (n,): s / sum s for the mean, s for the sum."""
        return np.asarray(row_shares(self.n_rows, self.sample_weight, self.training.reduction))

    @cached_property
    def weights_of_rows(self) -> np.ndarray:
        """s of each row (n,), 1 where none was given."""
        return np.ones(self.n_rows) if self.sample_weight is None else self.sample_weight

    @cached_property
    def predicted_change(self) -> float:
        """First-order prediction of the loss change: the sum of gradient times update."""
        return float(sum((self.grads[n] * self.update[n]).sum() for n in self.params))

    @cached_property
    def real_change(self) -> float:
        """The total loss after the update minus the one before, on the same rows and masks."""
        after, _ = engine.gradients(
            self.spec,
            self.params_after,
            self.X,
            self.y,
            self.training,
            sample_weight=self.sample_weight,
            dropout_epoch=self.dropout_epoch,
        )
        return float(after - self.recorded.loss)

    @cached_property
    def dtype_difference(self) -> float:
        """Largest difference of an output between float64 and the trained number type."""
        other = np.dtype(np.float64) if self.dtype == self.trained_dtype else self.trained_dtype
        if other == self.dtype or self.dropout_epoch is not None:
            return 0.0
        params = {name: np.asarray(w, other) for name, w in self._given.items()}
        predicted = engine.predict(self.spec, params, self.X.astype(other))
        return float(np.abs(predicted - self.a[-1]).max())

    def row_id(self, row: int) -> Any:
        """What a row is called outside; its number otherwise.

        Parameters
        ----------
        row : int
            From 0.

        Returns
        -------
        what `row_ids` has for it, else the number
        """
        return row if self.row_ids is None else self.row_ids[row]

    def __getitem__(self, name: str) -> np.ndarray:
        """An array by name: "z1", "a0", "slope1", "delta2", "W1", "dL_dW1", "update_W1", ...

        Raises `KeyError` for any other.
        """
        for prefix, arrays in (("dL_d", "grads"), ("update_", "update"), ("", "params")):
            tensor = name.removeprefix(prefix)
            if name.startswith(prefix) and tensor in self.params:
                return np.asarray(getattr(self, arrays)[tensor])
        match = _NAME.fullmatch(name)
        if match and int(match[2]) <= self.spec.n_layers:
            found = getattr(self, {"mask": "masks"}.get(match[1], match[1]))[int(match[2])]
            if found is not None:
                return np.asarray(found)
        raise KeyError(f"no {name!r} in this trace; there are W1, b1, z1, a0, slope1, delta1, ...")


def _cast(state: Any, dtype: np.dtype[Any]) -> Any:
    """An optimizer state in the trace's number type."""
    if state is None:
        return None
    out = copy(state)
    out.moments = {n: np.ascontiguousarray(m, dtype) for n, m in state.moments.items()}
    return out
