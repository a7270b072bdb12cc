"""What one call of `fit` leaves behind, epoch by epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape


@dataclass
class History:
    """The course of training.

    Attributes
    ----------
    loss : list of float
        One entry per epoch: the weighted mean over its rows of the loss before each update, without
        penalty terms (with `reduction="sum"`, the sum over its rows).
    validation_loss : list of float
        The same on the validation rows after the epoch's last update; empty without validation.
    validation_metric : list of float
        The metric that chooses the best epoch, lower is better; empty when that is the loss.
    best_epoch : int or None
        Index of the kept epoch; None without validation rows.
    n_steps : int
        Updates made by this call, and before it by those that it goes on from.
    stop_reason : str
        "epochs", "patience", "tol", "time_limit", "interrupted", "callback" or "selector".
    interrupted : bool
        True when Ctrl-C ended the call; the parameters are those of the best or last full epoch.
    seconds : float
        Wall time of the call.
    penalty : list of float
        With `penalty_per_batch` the mean over batches, counted by rows as `loss` then is, of what
        the penalty added to each; else empty.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_metric: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    n_steps: int = 0
    stop_reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0
    penalty: list[float] = field(default_factory=list)

    @property
    def n_epochs(self) -> int:
        """Completed epochs."""
        return len(self.loss)

    def __repr__(self) -> str:
        if not self.loss:
            return "History(no epoch completed)"
        text = f"History({self.n_epochs} epochs, {self.n_steps} steps, loss {self.loss[-1]:.6g}"
        if self.best_epoch is not None:
            best = self.validation_loss[self.best_epoch]
            text += f", best epoch {self.best_epoch} with validation loss {best:.6g}"
        return f"{text}, stopped by {self.stop_reason})"

    def _repr_html_(self) -> str:
        """The line of `repr` and the loss by epoch as a small drawing, for notebooks."""
        curves = [
            ("loss", self.loss, "#0b62a4", ""),
            ("validation", self.validation_loss, "#b35900", "5 3"),
        ]
        known = [v for _, values, _, _ in curves for v in values if math.isfinite(v)]
        if len(self.loss) < 2 or not known:
            return f"<p>{escape(repr(self))}</p>"
        low, high = min(known), max(known)
        lines = []
        for name, values, colour, dashes in curves:
            points = [
                f"{40 + 340 * k / (len(self.loss) - 1):.1f},{_height(v, low, high):.1f}"
                for k, v in enumerate(values)
                if math.isfinite(v)
            ]
            lines.append(
                f'<polyline fill="none" stroke="{colour}" stroke-dasharray="{dashes}" '
                f'points="{" ".join(points)}"><title>{name}</title></polyline>'
            )
        names = "loss" + (", validation dashed" if self.validation_loss else "")
        text = 'font-size="10" fill="currentColor"'
        return (
            f'<p>{escape(repr(self))}</p><svg width="400" height="140" role="img" '
            f'aria-label="{names} by epoch, from {self.loss[0]:.4g} to {self.loss[-1]:.4g}">'
            f'{"".join(lines)}<text x="0" y="14" {text}>{high:.3g}</text>'
            f'<text x="0" y="118" {text}>{low:.3g}</text>'
            f'<text x="40" y="136" {text}>epoch 1 to {len(self.loss)}: {names}</text></svg>'
        )


def _height(value: float, low: float, high: float) -> float:
    """From a loss to a place between 10 (high) and 115 (low) of the drawing, on a log scale."""
    if low > 0:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return 115 - 105 * (value - low) / (high - low) if high > low else 62.5
