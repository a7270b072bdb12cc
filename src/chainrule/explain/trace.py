"""`StepTrace`: one training step, recorded. Everything that people see is drawn from it.

"Trace" here means the numbers of a step; in JAX and autograd the word means graph recording.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.explain import trace_view
from chainrule.explain.names import Names
from chainrule.reference.layers import dropout_backward, weight_scale
from chainrule.reference.losses import row_shares, targets
from chainrule.spec import NetworkSpec, TrainingSpec

MAX_BYTES = 64 << 20

_NAME = re.compile(r"(z|a|slope|delta|mask)(\d+)")


class StepTrace:
    """Every number of one step: forward, loss, backward, update.

    Computed by the engine's plain path when something is first asked for. Lists are indexed by the
    layer l = 0..L as in the formulas; `a[0]` is X, or what stands before layer 1 makes of it, and
    entry 0 is None where layer 0 has no such thing. Names index too: `trace["delta1"]`,
    `trace["dL_dW2"]`, `trace["update_scale"]`.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
    X : ndarray (n, n_features)
        Encoded inputs.
    y : ndarray
        Targets as `engine.fit` takes them.
    training : TrainingSpec, optional
        Optimizer, reduction and penalties; the defaults of `fit` otherwise.
    sample_weight : ndarray (n,), optional
    state : optimizer state, optional
        From which the step starts; zero moments otherwise.
    dropout_epoch : int, optional
        Freezes the dropout masks of that epoch; None switches dropout off.
    dtype : "float64" or "train"
        Number type of all arrays; "train" is that of the parameters.
    names : Names, optional
        What inputs and outputs are called.
    raw : sequence of mappings, optional
        Per row, the raw cells of the table by column name.
    row_ids : sequence, optional
        What the rows are called outside; 0, 1, ... otherwise.
    notes : sequence of str
        Lines for the header, such as which member of an ensemble this is.

    Attributes
    ----------
    z, a, slope, delta, masks : lists of ndarray (n, n_l)
        `slope` is da/dz, which is sigma'(z) unless the layer blends; `delta` is dl/dz of each row's
        own loss, and delta[0] dl/da(0); a[l] is taken before dropout and the next layer receives
        a[l] * masks[l] where that is not None.
    X : ndarray (n, n_features)
    h : ndarray (n, n_0) or None
        What a scale multiplies to make a[0]; None where nothing stands before layer 1.
    W, b, dL_dW, dL_db : lists of ndarray
        Parameters and the gradients of the total loss, penalty included.
    losses : ndarray (n,)
        Loss of each row.
    data_loss, penalty, loss, weight_sum : float
        loss = data_loss + penalty; weight_sum is the sum of the sample weights.
    update, params_after : dict of str to ndarray
        What the optimizer adds, and the parameters afterwards.
    state_before, state_after : optimizer states

    Raises
    ------
    DataError
        When X, y or sample_weight cannot be used, naming row and column; and when the record would
        take more than 64 MiB, saying how many rows fit.
    """

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
    ) -> None:
        if dtype not in ("float64", "train"):
            raise SpecError(f"dtype of a trace must be 'float64' or 'train', found {dtype!r}.")
        self.spec = spec
        self.training = TrainingSpec() if training is None else training
        for switch in ("penalty_per_batch", "epsilon_hat"):
            if getattr(self.training, switch):
                raise SpecError(
                    f"{switch}=True, scikit-learn's form of a step, cannot be explained; "
                    f"train with {switch}=False."
                )
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
        self._state = _cast(state, self.dtype)
        self._dl_da: dict[int, np.ndarray] = {}

    def _check_size(self, n_rows: int) -> None:
        widths = self.spec.n_features + sum(self.spec.layer_sizes)
        fixed = 8 * self.spec.n_parameters * self.dtype.itemsize
        a_row = 4 * widths * self.dtype.itemsize
        if fixed + n_rows * a_row > MAX_BYTES:
            fit = max((MAX_BYTES - fixed) // a_row, 0)
            raise DataError(
                f"a trace of {n_rows} rows would take {(fixed + n_rows * a_row) >> 20} MiB; "
                f"at most {fit} rows of this network fit into {MAX_BYTES >> 20} MiB."
            )

    @cached_property
    def recorded(self) -> Any:
        """The engine's own record, `engine.Trace`."""
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
    h = property(lambda self: self.recorded.h)
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

    def dl_da(self, l: int) -> np.ndarray:
        """dl/da(l) of each row's own loss (n, n_l), below the output; delta[0] where there is one.

        The engine keeps delta alone, so that for other layers this is its delta(l + 1) taken back.
        """
        if l == 0 and self.delta[0] is not None:
            return np.asarray(self.delta[0])
        if l not in self._dl_da:
            W, ntk = self.params[f"W{l + 1}"], self.spec.dense[l].ntk
            back = dropout_backward(self.delta[l + 1] @ W * weight_scale(W, ntk), self.masks[l])
            self._dl_da[l] = back
        return self._dl_da[l]

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
        """What a row is called outside; its number otherwise."""
        return row if self.row_ids is None else self.row_ids[row]

    def __getitem__(self, name: str) -> np.ndarray:
        """An array by name: "z1", "a0", "slope1", "delta2", "W1", "dL_dW1", "update_W1", ..."""
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

    def header(self) -> dict[str, Any]:
        """What step this is: network, rows, reduction, optimizer, number types, notes."""
        step = self.state_before
        return {
            "network": self.spec.to_json(),
            "n_rows": self.n_rows,
            "reduction": self.training.reduction,
            "weighted_rows": self.sample_weight is not None,
            "dropout": "off" if self.dropout_epoch is None else f"epoch {self.dropout_epoch}",
            "optimizer": self.training.optimizer,
            "learning_rate": self.training.learning_rate,
            "seed": self.training.seed,
            "step": int(step.n_steps),
            "epoch": int(step.epoch),
            "dtype": str(self.dtype),
            "trained_dtype": str(self.trained_dtype),
            "largest_output_difference_to_trained_dtype": self.dtype_difference,
            "loss": self.loss,
            "notes": list(self.notes),
        }

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values: the header and every array by name."""
        return trace_view.to_json(self)

    def __repr__(self) -> str:
        return trace_view.to_text(self)

    def _repr_html_(self) -> str:
        return trace_view.to_html(self)


def _cast(state: Any, dtype: np.dtype[Any]) -> Any:
    """An optimizer state in the trace's number type."""
    if state is None:
        return None
    from copy import copy

    out = copy(state)
    out.moments = {n: np.ascontiguousarray(m, dtype) for n, m in state.moments.items()}
    return out
