"""What one call of `fit` leaves behind, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field


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
        Updates made by this call.
    stop_reason : str
        "epochs", "patience", "tol", "time_limit", "interrupted" or "callback".
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
