"""What a regressor learns about y: its scale, its shape, and how far predictions may be off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.estimators.tabular.epoch_metric import (
    QUANTILE_LOSS,
    REGRESSOR_METRICS,
    EngineMetric,
    engine_metric,
    known,
)
from chainrule.estimators.tabular.intervals import HeldOutErrors
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.tabular.targets import answer_range, read_numbers, refuse_constant
from chainrule.metrics import OF_NUMBERS, quantile_d2, quantile_loss
from chainrule.quantiles import quantiles as quantiles_of
from chainrule.spec import Loss
from chainrule.table.encode.target import TargetScale

LOSSES = tuple(REGRESSOR_METRICS)


@dataclass(frozen=True)
class NumberTarget:
    """Between numbers in their own units and the network's outputs.

    Attributes
    ----------
    scale : TargetScale
        Mean and standard deviation of y; for counts 0 and the mean, so that the network's e^z is
        near 1 where training begins.
    vector : bool
        Whether y had one dimension; predictions then have one, too, or one column per quantile.
    low, high : ndarray, shape (n_columns of y,)
        What predictions do not leave: the range of y in training, infinite with `clip=False`; rates
        of counts stay above 0.
    loss : Loss
        Of the scaled target.
    errors : HeldOutErrors
        Of each member, or of their mean where they share the held-out rows.
    """

    scale: TargetScale
    vector: bool
    low: np.ndarray
    high: np.ndarray
    loss: Loss
    errors: HeldOutErrors = field(default_factory=HeldOutErrors)

    reads_logits: ClassVar[bool] = False
    chosen_word: ClassVar[str] = "epoch"
    output_names: ClassVar[tuple[str, ...]] = ()
    read = staticmethod(read_numbers)

    @classmethod
    def fit(cls, y: np.ndarray, weights: np.ndarray | None, arguments: Mapping[str, Any]) -> Self:
        """From the training targets and an estimator's arguments.

        Raises `DataError` for targets that the loss does not take, and `SpecError` for a loss or
        quantiles that cannot be.
        """
        loss = regression_loss(arguments["loss"], arguments.get("quantiles", ()))
        rows = y.reshape(len(y), -1)
        _check_range(rows, loss.name, "y")
        if loss.quantiles and rows.shape[1] > 1:
            raise DataError(
                f"y has {rows.shape[1]} columns; loss={loss.name!r} takes one column, whose "
                "quantiles become the outputs. Train one model per column."
            )
        refuse_constant(y)
        scale = TargetScale.fit(rows, weights)
        if loss.name == "poisson":
            scale = TargetScale(np.zeros_like(scale.mean), np.where(scale.mean > 0, scale.mean, 1))
        low, high = answer_range(y, loss.name, arguments.get("clip", True))
        return cls(scale, y.ndim == 1, low, high, loss)

    def continued(
        self, y: np.ndarray, weights: np.ndarray | None, arguments: Mapping[str, Any]
    ) -> Self:
        """That of a fit that goes on: the scale stays, and the range becomes that of all rows.

        Raises as `fit` does, and `SpecError` for another loss.
        """
        self.encode(y)  # refuses what does not fit
        new = answer_range(y, self.loss.name, arguments.get("clip", True))
        if regression_loss(arguments["loss"], arguments.get("quantiles", ())) != self.loss:
            raise SpecError(f"warm_start goes on with the loss {self.loss.to_json()}; set it back.")
        low, high = np.minimum(self.low, new[0]), np.maximum(self.high, new[1])
        return replace(self, vector=y.ndim == 1, low=low, high=high, errors=HeldOutErrors())

    @property
    def is_clipped(self) -> bool:
        """Whether predictions stay in the range of y in training."""
        return bool(np.isfinite(self.high).all())

    @property
    def n_outputs(self) -> int:
        """The network's outputs."""
        return len(self.loss.quantiles) or len(self.scale.mean)

    def encode(self, y: np.ndarray, noun: str = "y") -> np.ndarray:
        """Scaled rows (n, n_columns of y); `DataError` for other columns or for negative counts."""
        rows = y.reshape(len(y), -1)
        if rows.shape[1] != len(self.scale.mean):
            raise DataError(
                f"{noun} has {rows.shape[1]} columns; the model has {len(self.scale.mean)} outputs."
            )
        _check_range(rows, self.loss.name, noun)
        return self.scale.transform(rows)

    def row_weights(self, encoded: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
        """sample_weight alone."""
        return weights

    def strata(self, encoded: np.ndarray) -> np.ndarray | None:
        """A split draws from all rows alike."""
        return None

    def decode(self, outputs: Sequence[np.ndarray]) -> np.ndarray:
        """The mean of the members' predictions, in y's own units and shape, float64.

        Quantiles have shape (n, n_quantiles), or (n,) if there is one.
        """
        return self.shaped(self._combined(outputs))

    def metric(self, validation: Rows | None, arguments: Mapping[str, Any]) -> EngineMetric:
        """What chooses the epoch."""
        names = REGRESSOR_METRICS[self.loss.name]
        return engine_metric(
            arguments["metric"], names, validation, lambda outputs: self.decode([outputs])
        )

    def adjusted(
        self,
        outputs: Sequence[np.ndarray],
        held_out: Sequence[Rows],
        arguments: Mapping[str, Any],
    ) -> Self:
        """The same with the errors of held-out rows.

        Parameters
        ----------
        outputs : sequence of ndarray, shape (n, n_outputs)
            Of each member on its own held-out rows.
        held_out : sequence of Rows
            Those rows; members that share them hold the same object.
        """
        if all(rows is held_out[0] for rows in held_out):
            predictions, held_out = [self._combined(outputs)], held_out[:1]
        else:
            predictions = [self._member(member) for member in outputs]
        errors = [
            (rows.raw.reshape(len(p), -1) - p) / self._unit(p)
            for p, rows in zip(predictions, held_out, strict=True)
        ]
        found = HeldOutErrors.fit(errors, [rows.weights for rows in held_out])
        return replace(self, errors=found)

    def evidence(self, held_out: Sequence[Rows]) -> list[float]:
        """Of temperatures, which numbers have none."""
        return [0.0] * len(held_out)

    def finished(
        self, arguments: Mapping[str, Any], n_rows: float
    ) -> Callable[[np.ndarray, Rows, np.ndarray], np.ndarray]:
        """Outputs need nothing from other rows."""
        return lambda chosen, choosing, outputs: outputs

    def answers_of(self, member: int, outputs: np.ndarray, *, final: bool = False) -> np.ndarray:
        """A member's predictions, (n, n_outputs)."""
        return self._member(outputs)

    def link(self, answers: np.ndarray) -> np.ndarray:
        """Predictions as they are."""
        return answers

    def joined(self, answers: np.ndarray) -> np.ndarray:
        """The mean of the members' predictions (n_members, n, n_outputs)."""
        return np.asarray(np.clip(answers.mean(axis=0), self.low, self.high))

    def shaped(self, numbers: np.ndarray) -> np.ndarray:
        """As `predict` gives them: (n,) where y had one dimension and one number is predicted."""
        return numbers.reshape(-1) if self.vector and numbers.shape[1] == 1 else numbers

    def rows_of(self, rows: Rows) -> np.ndarray:
        """The truth in its own units, (n, n_columns of y)."""
        return rows.raw.reshape(len(rows.raw), -1)

    def losses_of(self, rows: Rows) -> Callable[[np.ndarray], np.ndarray]:
        """Squared errors of predictions (..., n, n_outputs), in units of y; those of quantiles."""
        y, levels = self.rows_of(rows), np.asarray(self.loss.quantiles)

        def losses(answers: np.ndarray) -> np.ndarray:
            off = (y - answers) / self.scale.std
            if levels.size:
                off = np.maximum(levels * off, (levels - 1.0) * off)
                return np.asarray(off.sum(axis=-1))
            return np.asarray((off**2).sum(axis=-1))

        return losses

    def baseline(self, y: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """The mean of rows, or their quantiles, which need no columns; (n_outputs,) or ()."""
        if self.loss.quantiles:
            return quantiles_of(y, weights, self.loss.quantiles)
        return np.asarray(np.average(y, axis=0, weights=weights))

    def trial(
        self, y: np.ndarray, weights: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, None]:
        """(truth, right answers, one answer for all rows, None), to try a metric by."""
        shape = (len(y), len(self.loss.quantiles)) if len(self.loss.quantiles) > 1 else y.shape
        right = np.broadcast_to(y[:, None], shape).copy() if shape != y.shape else y
        return y, right, np.broadcast_to(self.baseline(y, weights), shape).copy(), None

    def scored_truth(self, y: np.ndarray) -> np.ndarray:
        """As metrics take it."""
        return y

    @property
    def shown_metrics(self) -> dict[str, Callable[..., float]]:
        """What a model of this target is scored by, in order."""
        levels = self.loss.quantiles
        if levels:
            loss = {self.loss.name: lambda y, p, w: quantile_loss(y, p, levels, w)}
            return {**loss, **{f"below q({q:g})": _share_below(k) for k, q in enumerate(levels)}}
        names = ["rmse", "r2", "mae", "mape"]
        names += ["poisson_deviance"] if self.loss.name == "poisson" else []
        return {name: OF_NUMBERS[name].of for name in names}

    def interval(self, outputs: Sequence[np.ndarray], coverage: float) -> np.ndarray:
        """Lower and upper bounds, (n, 2), or (n, 2, n_outputs) for several targets.

        Parameters
        ----------
        outputs : sequence of ndarray, shape (n, n_outputs)
            Of each member on new rows.
        coverage : float
            Of each target by itself, in (0, 1).
        """
        if self.has_errors_of_members(len(outputs)):
            predictions = [self._member(member) for member in outputs]
        else:
            predictions = [self._combined(outputs)]
        units = [self._unit(p) for p in predictions]
        bounds = np.stack(
            [
                self.errors.bounds(predictions, units, k, coverage)
                for k in self.outputs_around(coverage)
            ],
            axis=2,
        )
        if self.loss.name == "poisson":
            bounds = np.maximum(bounds, 0.0)
        return bounds[:, :, 0] if self.vector else bounds

    def has_errors_of_members(self, n_members: int) -> bool:
        """Whether each member has errors of its own, not all of them those of their mean."""
        return len(self.errors.members) == n_members

    def outputs_around(self, coverage: float) -> list[tuple[int, int]]:
        """For each target the outputs below and above it."""
        if not self.loss.quantiles:
            return [(output, output) for output in range(self.n_outputs)]
        quantiles, tail = np.array(self.loss.quantiles), 0.5 - 0.5 * coverage
        below, above = (int(np.argmin(np.abs(quantiles - q))) for q in (tail, 1.0 - tail))
        return [(below, above)]

    def error(
        self, metric: str | None, y: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None
    ) -> float:
        """How far predictions are from y, lower is better; None is 1 - R2, of quantiles 1 - D2."""
        levels = self.loss.quantiles
        if metric is not None:
            known(metric, REGRESSOR_METRICS[self.loss.name])
        if levels:
            if metric is None:
                return 1.0 - quantile_d2(y, predicted, levels, weights)
            return quantile_loss(y, predicted, levels, weights)
        if metric == "huber":  # a loss of the scaled target
            y, predicted = self.encode(y), self.encode(predicted)
        return OF_NUMBERS[metric or "r2"].error(y, predicted, weights)

    def refitted(self) -> Self:
        """That of networks trained again on all rows: the errors are those of the ones before."""
        return self

    def of_member(self, member: int) -> Self:
        """That of one of the networks."""
        several = len(self.errors.members) > 1
        return (
            replace(self, errors=HeldOutErrors((self.errors.members[member],))) if several else self
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back the same bits."""
        return {
            "scale": self.scale.to_json(),
            "vector": self.vector,
            "low": _finite(self.low),
            "high": _finite(self.high),
            "loss": self.loss.to_json(),
            "errors": [errors.tolist() for errors in self.errors.members],
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Self:
        """Build from the JSON form."""
        scale = TargetScale.from_json(form["scale"])
        if isinstance(form["loss"], str):  # as the first models wrote, which had no range of y
            wide = np.full_like(scale.mean, np.inf)
            return cls(scale, form["vector"] is True, -wide, wide, Loss(form["loss"]))
        return cls(
            scale,
            form["vector"] is True,
            _limits(form["low"], -np.inf),
            _limits(form["high"], np.inf),
            Loss(**form["loss"]),
            HeldOutErrors(tuple(np.array(errors, np.float64) for errors in form["errors"])),
        )

    def _combined(self, outputs: Sequence[np.ndarray]) -> np.ndarray:
        # One after the other, so that a row's bits do not depend on the other rows.
        members = [self._member(member) for member in outputs]
        return np.asarray(sum(members[1:], members[0]) / len(members))

    def _member(self, outputs: np.ndarray) -> np.ndarray:
        """One network's predictions, (n, n_outputs): within the range of y, quantiles ascending.

        Quantiles estimated apart can cross; sorting them brings each nearer to the true one
        (Chernozhukov, Fernández-Val and Galichon 2010).
        """
        numbers = np.clip(self.scale.inverse(outputs), self.low, self.high)
        return np.sort(numbers, axis=1) if self.loss.quantiles else numbers

    def _unit(self, predicted: np.ndarray) -> np.ndarray:
        """What errors are measured in: for counts the standard deviation that they would have."""
        return np.sqrt(predicted) if self.loss.name == "poisson" else np.ones_like(predicted)


def regression_loss(name: Any, quantiles: Any) -> Loss:
    """The loss by name, None for the first of `LOSSES`; quantiles go with their own loss alone.

    Raises `SpecError` for an unknown name, and for quantiles that do not ascend within (0, 1).
    """
    name = LOSSES[0] if name is None else name
    if not isinstance(name, str) or name not in LOSSES:
        raise SpecError(f"loss {name!r} is not offered; the losses are {', '.join(LOSSES)}.")
    if name != QUANTILE_LOSS:
        return Loss(name)
    try:
        levels = np.atleast_1d(np.asarray(quantiles, dtype=np.float64))
    except (TypeError, ValueError):
        levels = np.empty(0)
    inside = levels.ndim == 1 and levels.size > 0 and bool(((levels > 0) & (levels < 1)).all())
    if not inside or (np.diff(levels) <= 0).any():
        raise SpecError(
            "quantiles must be a number between 0 and 1, or several of them, ascending, found "
            f"{quantiles!r}."
        )
    return Loss(name, quantiles=tuple(levels.tolist()))


def _finite(limits: np.ndarray) -> list[float | None]:
    """JSON has no infinity."""
    return [float(x) if np.isfinite(x) else None for x in limits]


def _limits(form: Sequence[float | None], none: float) -> np.ndarray:
    return np.array([none if x is None else x for x in form], np.float64)


def _share_below(output: int) -> Callable[..., float]:
    """The share of y at or below a predicted quantile."""

    def share(y: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None) -> float:
        below = y <= predicted.reshape(len(y), -1)[:, output]
        return float(np.average(below, weights=weights))

    return share


def _check_range(rows: np.ndarray, loss: str, noun: str) -> None:
    """Counts are not negative."""
    if loss == "poisson" and (rows < 0).any():
        row, column = (int(place) for place in np.argwhere(rows < 0)[0])
        raise DataError(
            f"{noun} is {rows[row, column]:g} in row {row}; loss='poisson' takes numbers of at "
            "least 0."
        )
