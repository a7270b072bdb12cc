"""The loss of every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from chainrule.plots.display import axes_for, palette_of, spare_frame
from chainrule.spec import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class HistoryDisplay:
    """Training and validation loss by epoch, and the epoch that was kept.

    Parameters
    ----------
    loss : sequence of float
        Training loss of every epoch.
    validation_loss : sequence of float, default ()
        The same on validation rows.
    best_epoch : int or None, default None
        The epoch that was kept, from 0.

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    """

    figure_: Figure
    ax_: Axes

    def __init__(
        self,
        *,
        loss: Sequence[float],
        validation_loss: Sequence[float] = (),
        best_epoch: int | None = None,
    ) -> None:
        self.loss = list(loss)
        self.validation_loss = list(validation_loss)
        self.best_epoch = best_epoch

    @classmethod
    def from_history(cls, history: History, *, ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw a `History`.

        Parameters
        ----------
        history : History
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `plot`: `log`.

        Returns
        -------
        HistoryDisplay
        """
        display = cls(
            loss=history.loss,
            validation_loss=history.validation_loss,
            best_epoch=history.best_epoch,
        )
        return display.plot(ax=ax, **keywords)

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw the training of a Tabular estimator; of several networks that of the first.

        Parameters
        ----------
        estimator : fitted Tabular estimator
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `plot`: `log`.

        Returns
        -------
        HistoryDisplay
        """
        return cls.from_history(estimator.history_, ax=ax, **keywords)

    @classmethod
    def from_network(cls, network: Any, *, ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw the last training of a `Network`.

        Parameters
        ----------
        network : Network
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `plot`: `log`.

        Returns
        -------
        HistoryDisplay

        Raises
        ------
        ValueError
            Where the network has not been fitted.
        """
        if network.history is None:
            raise ValueError("this network has not been fitted; call fit first.")
        return cls.from_history(network.history, ax=ax, **keywords)

    def plot(self, ax: Axes | None = None, *, log: bool | None = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.
        log : bool, optional
            Whether the loss has a logarithmic axis. Default: where it falls to a tenth.

        Returns
        -------
        HistoryDisplay
            Itself, with `figure_` and `ax_`.
        """
        self.ax_ = ax = axes_for(ax, (6.0, 3.6))
        self.figure_ = ax.figure  # type: ignore[assignment]
        colours = palette_of(ax)
        epochs = range(len(self.loss))
        ax.plot(epochs, self.loss, color=colours.positive, label="training")
        if self.validation_loss:
            ax.plot(
                epochs, self.validation_loss,
                color=colours.negative, linestyle="--", label="validation",
            )  # fmt: skip
        series = self.validation_loss or self.loss
        if self.best_epoch is not None and self.best_epoch < len(series):
            value = series[self.best_epoch]
            ax.plot(
                [self.best_epoch], [value],
                "o", color=colours.text, label=f"kept: epoch {self.best_epoch}, {value:.4g}",
            )  # fmt: skip
        positive = [value for value in (*self.loss, *self.validation_loss) if value > 0]
        if log is None:
            log = len(positive) > 1 and min(positive) < 0.1 * max(positive)
        if log and positive:
            ax.set_yscale("log")
        ax.locator_params(axis="x", integer=True)
        ax.set_xlabel("epoch")
        ax.set_ylabel("loss")
        ax.legend(frameon=False)
        spare_frame(ax)
        return self


def plot_history(model: Any, *, ax: Axes | None = None, log: bool | None = None) -> HistoryDisplay:
    """Draw the loss of every epoch.

    Parameters
    ----------
    model : fitted Tabular estimator, Network or History
    ax : matplotlib axes, optional
        Default: those of a new figure.
    log : bool, optional
        Whether the loss has a logarithmic axis. Default: where it falls to a tenth.

    Returns
    -------
    HistoryDisplay

    Raises
    ------
    TypeError
        For a model of another kind.
    ValueError
        For a Network that has not been fitted.

    Examples
    --------
    >>> display = plot_history(model)  # doctest: +SKIP
    >>> display.figure_.savefig("history.svg")  # doctest: +SKIP
    """
    if isinstance(model, History):
        return HistoryDisplay.from_history(model, ax=ax, log=log)
    if hasattr(model, "history_"):
        return HistoryDisplay.from_estimator(model, ax=ax, log=log)
    if hasattr(model, "history"):
        return HistoryDisplay.from_network(model, ax=ax, log=log)
    raise TypeError(
        f"a fitted estimator, a Network or a History is needed, found {type(model).__name__}."
    )
