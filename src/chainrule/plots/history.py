"""The course of training: losses, the metric that chose the epoch, the learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from chainrule.plots.display import Palette, axes_for, palette_of, spare_frame, write_title
from chainrule.plots.rates import learning_rates
from chainrule.spec import History, TrainingSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

_FALLS = 0.1  # a loss that falls below this share of its largest value gets a logarithmic axis


class HistoryDisplay:
    """Losses by epoch, and below them the metric that chose the kept epoch and the learning rate.

    The kept epoch is marked on the curve that chose it: the metric where there is one, else the
    validation loss. A learning rate that stays the same stands in the title.

    Parameters
    ----------
    loss : sequence of float
        Training loss of every epoch.
    validation_loss : sequence of float, default ()
        The same on validation rows.
    best_epoch : int or None, default None
        The epoch that was kept, from 0.
    metric : sequence of float, default ()
        What chose the epoch where that was not the validation loss.
    metric_name : str, default "validation metric, lower is better"
    metric_is_score : bool, default False
        Whether higher is better.
    learning_rate : sequence of float, default ()
        At the start of every epoch.
    about : sequence of str, default ()
        For the second line of the title.

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted; `ax_` is that of the losses.
    axes_ : list of matplotlib axes
        Of the losses, and where they exist of the metric and of the learning rate.
    lines_ : dict of str to matplotlib line
        "training", "validation", "metric", "learning_rate" and "kept", as far as they exist.
    """

    figure_: Figure
    ax_: Axes
    axes_: list[Axes]
    lines_: dict[str, Line2D]

    def __init__(
        self,
        *,
        loss: Sequence[float],
        validation_loss: Sequence[float] = (),
        best_epoch: int | None = None,
        metric: Sequence[float] = (),
        metric_name: str = "validation metric, lower is better",
        metric_is_score: bool = False,
        learning_rate: Sequence[float] = (),
        about: Sequence[str] = (),
    ) -> None:
        self.loss = list(loss)
        self.validation_loss = list(validation_loss)
        self.best_epoch = best_epoch
        self.metric, self.metric_name = list(metric), metric_name
        self.metric_is_score = metric_is_score
        self.learning_rate = list(learning_rate)
        self.about = tuple(about)

    @classmethod
    def from_history(
        cls,
        history: History,
        *,
        training: TrainingSpec | None = None,
        metric_name: str | None = None,
        about: Sequence[str] = (),
        ax: Axes | None = None,
        **keywords: Any,
    ) -> Self:
        """Draw a `History`.

        Parameters
        ----------
        history : History
        training : TrainingSpec, optional
            Tells the learning rate.
        metric_name : str, optional
            What chose the epoch, where that was not the validation loss.
        about : sequence of str, default ()
            For the second line of the title, such as "member 0 of 4".
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `plot`.

        Returns
        -------
        HistoryDisplay
        """
        steps = f"{history.n_epochs} epochs, {history.n_steps:,} steps"
        facts = [steps if history.n_steps else f"{history.n_epochs} epochs"]
        rates = () if training is None else learning_rates(training, history)
        if training is not None:
            rate = "" if len(set(rates)) > 1 else f", learning rate {training.learning_rate:g}"
            facts.append(f"{training.optimizer}{rate}")
        if history.stop_reason not in ("", "epochs"):
            facts.append(f"stopped by {history.stop_reason}")
        named = {} if metric_name is None else {"metric_name": metric_name}
        display = cls(
            loss=history.loss, validation_loss=history.validation_loss,
            best_epoch=history.best_epoch, metric=history.validation_metric,
            learning_rate=rates, about=(*facts, *about), **named,  # type: ignore[arg-type]
        )  # fmt: skip
        return display.plot(ax=ax, **keywords)

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, member: int = 0, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Draw the training of an estimator.

        Parameters
        ----------
        estimator : fitted Tabular estimator or drop-in
        member : int, default 0
            Which of several networks.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `plot`.

        Returns
        -------
        HistoryDisplay

        Raises
        ------
        SpecError
            For a member that does not exist.
        """
        if not hasattr(estimator, "members_"):
            return cls._of_drop_in(estimator).plot(ax=ax, **keywords)
        history = estimator.member(member).history
        about = []
        rows = estimator.members_[member].eval_rows
        if rows is not None:
            about.append(f"{len(rows)} validation rows")
        if estimator.n_members_ > 1:
            about.append(f"member {member} of {estimator.n_members_}")
        metric = estimator.metric
        named = metric if isinstance(metric, str) else getattr(metric, "__name__", None)
        name = f"what chose the epoch: {named}, lower is better" if named else None
        return cls.from_history(
            history, training=estimator.training_, metric_name=name, about=about, ax=ax, **keywords
        )

    @classmethod
    def _of_drop_in(cls, estimator: Any) -> Self:
        scores = list(getattr(estimator, "validation_scores_", None) or [])
        score = "accuracy" if hasattr(estimator, "classes_") else "R²"
        return cls(
            loss=estimator.loss_curve_,
            validation_loss=getattr(estimator, "validation_loss_curve_", None) or (),
            metric=scores, metric_name=f"validation {score}", metric_is_score=True,
            best_epoch=max(range(len(scores)), key=scores.__getitem__) if scores else None,
            about=(
                f"{len(estimator.loss_curve_)} epochs",
                f"{estimator.solver}, learning rate {estimator.learning_rate_init:g} at the start",
            ),
        )  # fmt: skip

    @classmethod
    def from_network(cls, network: Any, *, ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw the last training of a `Network`.

        Parameters
        ----------
        network : Network
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `plot`.

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
        training = network.to_record().training
        return cls.from_history(network.history, training=training, ax=ax, **keywords)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        log: bool | None = None,
        title: str | None = None,
        palette: Palette | None = None,
        line_kwargs: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Its place is divided where there is more than one curve to see. Default: a new figure.
        log : bool, optional
            Whether the loss has a logarithmic axis. Default: where it falls to a tenth.
        title : str, optional
            Default: what is shown, steps and member; "" leaves it out.
        palette : Palette, optional
            Default: the colours for the background.
        line_kwargs : mapping, optional
            To matplotlib, for every curve.

        Returns
        -------
        HistoryDisplay
            Itself, with `figure_`, `ax_`, `axes_` and `lines_`.
        """
        changes = len(set(self.learning_rate)) > 1
        panels = 1 + bool(self.metric) + changes
        ax = axes_for(ax, (6.4, 3.2 + 1.2 * (panels - 1)))
        self.figure_ = ax.figure  # type: ignore[assignment]
        self.axes_ = _divided(ax, [3.0, *([1.7] if self.metric else []), *([1.0] * changes)])
        self.ax_ = self.axes_[0]
        self._colours = palette or palette_of(ax)
        self._style = dict(line_kwargs or {})
        self.lines_ = {}
        self._losses(log)
        if self.metric:
            self._metric(self.axes_[1])
        if changes:
            self._rate(self.axes_[-1])
        self._kept()
        for panel in self.axes_[:-1]:
            panel.tick_params(labelbottom=False)
        self.axes_[-1].locator_params(axis="x", integer=True)
        self.axes_[-1].set_xlabel("epoch")
        for panel in self.axes_:
            spare_frame(panel)
        heading = "\n".join(["Loss by epoch", " · ".join(self.about)]).rstrip()
        write_title(self.ax_, heading if title is None else title)
        return self

    def _line(self, ax: Axes, name: str, values: Sequence[float], **style: Any) -> None:
        (self.lines_[name],) = ax.plot(range(len(values)), values, **(style | self._style))

    def _losses(self, log: bool | None) -> None:
        ax, colours = self.ax_, self._colours
        self._line(ax, "training", self.loss, color=colours.positive, label="training")
        if self.validation_loss:
            self._line(
                ax, "validation", self.validation_loss,
                color=colours.negative, linestyle="--", label="validation",
            )  # fmt: skip
        positive = [value for value in (*self.loss, *self.validation_loss) if value > 0]
        if log is None:
            log = len(positive) > 1 and min(positive) < _FALLS * max(positive)
        if log and positive:
            ax.set_yscale("log")
        ax.set_ylabel("loss" + (" (log scale)" if log and positive else ""))

    def _metric(self, ax: Axes) -> None:
        self._line(ax, "metric", self.metric, color=self._colours.rising, linestyle="-.")
        ax.set_title(self.metric_name, loc="left", fontsize="small", parse_math=False)

    def _rate(self, ax: Axes) -> None:
        self._line(ax, "learning_rate", self.learning_rate, color=self._colours.text, linewidth=1.2)
        ax.set_ylim(0, 1.1 * max(self.learning_rate))
        ax.set_title("learning rate", loc="left", fontsize="small")

    def _kept(self) -> None:
        """The epoch whose parameters were kept, on the curve that chose it, and its legend."""
        series = self.metric or self.validation_loss or self.loss
        if self.best_epoch is not None and self.best_epoch < len(series):
            value, ax = series[self.best_epoch], self.axes_[1 if self.metric else 0]
            (self.lines_["kept"],) = ax.plot(
                [self.best_epoch], [value], "o", color=self._colours.text, zorder=3,
                label=f"kept: epoch {self.best_epoch}, where it is {value:.4g}",
            )  # fmt: skip
            for panel in self.axes_:
                panel.axvline(
                    self.best_epoch, color=self._colours.faint, linewidth=0.8, linestyle=":",
                    zorder=0,
                )  # fmt: skip
            if self.metric:
                ax.legend(frameon=False, fontsize="small", loc="upper right")
        self.ax_.legend(frameon=False, fontsize="small", loc="upper right")


def _divided(ax: Axes, heights: list[float]) -> list[Axes]:
    """Axes one below the other in the place of the given ones, which become the first."""
    if len(heights) == 1:
        return [ax]
    figure, place = ax.figure, ax.get_subplotspec()
    if place is not None:
        root = ax.get_figure(root=True)
        is_laid_out = root is not None and root.get_layout_engine() is not None
        space = 0.03 if is_laid_out else 0.55
        grid = place.subgridspec(len(heights), 1, height_ratios=heights, hspace=space)
        ax.set_subplotspec(grid[0])
        return [ax, *(figure.add_subplot(grid[k], sharex=ax) for k in range(1, len(heights)))]
    whole = ax.get_position()
    gap = 0.12 * whole.height
    scale = (whole.height - gap * (len(heights) - 1)) / sum(heights)
    found, top = [ax], whole.y1
    for k, height in enumerate(heights):
        if k:
            found.append(figure.add_axes((0.0, 0.0, 1.0, 1.0), sharex=ax))
        bottom = top - height * scale
        found[k].set_position((whole.x0, bottom, whole.width, height * scale))
        top = bottom - gap
    return found


def plot_history(
    model: Any, *, member: int | None = None, ax: Axes | None = None, log: bool | None = None
) -> HistoryDisplay:
    """Draw the course of training.

    Parameters
    ----------
    model : fitted estimator, Network or History
    member : int, optional
        Which network of a Tabular estimator. Default: 0.
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
    SpecError
        For a member that does not exist.

    Examples
    --------
    >>> display = plot_history(model)  # doctest: +SKIP
    >>> display.figure_.savefig("history.svg")  # doctest: +SKIP
    """
    which = {} if member is None else {"member": member}
    if isinstance(model, History):
        return HistoryDisplay.from_history(model, ax=ax, log=log)
    if hasattr(model, "loss_curve_"):
        return HistoryDisplay.from_estimator(model, ax=ax, log=log, **which)
    if hasattr(model, "history"):
        return HistoryDisplay.from_network(model, ax=ax, log=log)
    raise TypeError(
        f"a fitted estimator, a Network or a History is needed, found {type(model).__name__}."
    )
