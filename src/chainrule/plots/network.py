"""Units and weights of a small network, with a row's numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.trace import StepTrace
from chainrule.plots.display import Palette, axes_for, palette_of
from chainrule.plots.traced import trace_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIEWS = ("values", "gradients")
_WIDTHS = (0.6, 4.5)  # points, of the smallest and largest line
_DECADES = 2.0  # below the largest, widths end
_MAX_LINES = 40  # into one layer
_DIGITS = 3


class NetworkDisplay:
    """A network as circles and lines.

    In the view "values", a line is a weight and a circle holds the activation of a row; in the view
    "gradients", a line is the weight's gradient and a circle holds delta. Colour and dashes show
    signs, the width of a line its size on a logarithmic scale. Of many lines into a layer, the 40
    largest are drawn.

    Parameters
    ----------
    trace : StepTrace
    row : int, default 0
        Whose activations or deltas stand in the circles.
    view : "values" or "gradients", default "values"
    max_units : int, default 12
        Units shown of a wider layer: those of the largest activation, or delta.

    Attributes
    ----------
    units_ : list of ndarray
        The units shown of each layer.
    figure_, ax_ : matplotlib figure and axes
        Once plotted.

    Raises
    ------
    SpecError
        For a row or a view that does not exist.
    """

    figure_: Figure
    ax_: Axes

    def __init__(
        self, *, trace: StepTrace, row: int = 0, view: str = "values", max_units: int = 12
    ) -> None:
        if view not in VIEWS:
            raise SpecError(f"view must be 'values' or 'gradients', found {view!r}.")
        if not 0 <= row < trace.n_rows:
            raise SpecError(f"row {row} does not exist; the rows are 0 to {trace.n_rows - 1}.")
        self.trace, self.row, self.view, self.max_units = trace, row, view, max_units
        self.units_ = [self._chosen(l) for l in range(trace.spec.n_layers + 1)]

    def _chosen(self, l: int) -> np.ndarray:
        numbers = np.abs(self._numbers(l))
        largest = np.argsort(-numbers, kind="stable")[: self.max_units]
        return np.sort(largest)

    def _numbers(self, l: int) -> np.ndarray:
        """What the circles of a layer hold; inputs always their values."""
        gradients = self.view == "gradients" and l > 0
        found: np.ndarray = (self.trace.delta if gradients else self.trace.a)[l][self.row]
        return found

    @classmethod
    def from_trace(cls, trace: StepTrace, *, ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw one recorded step.

        Parameters
        ----------
        trace : StepTrace
            As `model.trace` returns it.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            `row`, `view` and `max_units`.

        Returns
        -------
        NetworkDisplay
        """
        return cls(trace=trace, **keywords).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Draw units and weights on these rows.

        Parameters
        ----------
        estimator : fitted Tabular estimator or Network
        X : table, or array (n_rows, n_features) for a Network
        y : array (n_rows,) or (n_rows, n_outputs)
            Targets, as for `fit`.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            `row`, `view` and `max_units`.

        Returns
        -------
        NetworkDisplay

        Raises
        ------
        TypeError
            For a model of another kind, or without rows.
        DataError, SpecError
            Where `trace` cannot read the rows.
        """
        return cls.from_trace(trace_of(estimator, X, y), ax=ax, **keywords)

    from_network = from_estimator

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.

        Returns
        -------
        NetworkDisplay
            Itself, with `figure_` and `ax_`.
        """
        from matplotlib.lines import Line2D

        n_layers = self.trace.spec.n_layers
        tallest = max(len(units) for units in self.units_)
        size = (1.6 + 1.9 * n_layers + (1.2 if self._named else 0), 1.4 + 0.75 * tallest)
        self.ax_ = ax = axes_for(ax, size)
        self.figure_ = ax.figure  # type: ignore[assignment]
        colours = palette_of(ax)
        for l in range(1, n_layers + 1):
            self._lines(ax, l, colours)
        for l in range(n_layers + 1):
            self._circles(ax, l, colours)
        plus, minus = self._signs(colours)
        what = "weight" if self.view == "values" else "gradient"
        ax.legend(
            handles=[
                Line2D([], [], color=plus, linewidth=2, label=f"positive {what}"),
                Line2D([], [], color=minus, linewidth=2, linestyle="--", label=f"negative {what}"),
            ],
            title=self._omitted(),
            loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, frameon=False, fontsize="small",
        )  # fmt: skip
        ax.set_xlim(-0.75 if self._named else -0.4, n_layers + (0.75 if self._named else 0.4))
        ax.set_ylim(-0.5 * tallest - 0.25, 0.5 * tallest + 0.55)
        ax.set_axis_off()
        return self

    def _omitted(self) -> str | None:
        """What the picture leaves out, for its legend."""
        counts = [len(a) * len(b) for a, b in pairwise(self.units_)]
        return f"the {_MAX_LINES} largest of each layer" if max(counts) > _MAX_LINES else None

    @property
    def _named(self) -> bool:
        return bool(self.trace.names.inputs or self.trace.names.outputs)

    def _signs(self, colours: Palette) -> tuple[str, str]:
        if self.view == "gradients":
            return colours.rising, colours.falling
        return colours.positive, colours.negative

    def _heights(self, l: int) -> np.ndarray:
        n = len(self.units_[l])
        return (n - 1) / 2 - np.arange(n)

    def _lines(self, ax: Axes, l: int, colours: Palette) -> None:
        arrays = self.trace.W if self.view == "values" else self.trace.dL_dW
        shown = np.asarray(arrays[l])[np.ix_(self.units_[l], self.units_[l - 1])]
        largest = float(np.abs(shown).max())
        plus, minus = self._signs(colours)
        low, high = _WIDTHS
        order = np.argsort(np.abs(shown), axis=None)[-_MAX_LINES:]
        for j, i in zip(*np.unravel_index(order, shown.shape), strict=True):  # the largest on top
            value = float(shown[j, i])
            if value == 0:
                continue
            below = min(float(np.log10(largest / abs(value))), _DECADES) / _DECADES
            ax.plot(
                [l - 1, l],
                [self._heights(l - 1)[i], self._heights(l)[j]],
                color=plus if value > 0 else minus,
                linestyle="-" if value > 0 else "--",
                linewidth=high - (high - low) * below,
                zorder=1,
            )

    def _circles(self, ax: Axes, l: int, colours: Palette) -> None:
        plus, minus = self._signs(colours) if l else (colours.positive, colours.negative)
        numbers = self._numbers(l)
        heights = self._heights(l)
        n = self.trace.spec.n_layers
        for unit, height in zip(self.units_[l], heights, strict=True):
            value = float(numbers[unit])
            colour = plus if value > 0 else minus if value < 0 else colours.faint
            ax.text(
                l, height, format_number(value, _DIGITS).replace("-", "−"),
                ha="center", va="center", fontsize="small", color=colours.text, zorder=3,
                bbox={
                    "boxstyle": "round,pad=0.45,rounding_size=0.8", "linewidth": 1.6,
                    "facecolor": ax.get_facecolor(), "edgecolor": colour,
                    "linestyle": "--" if value < 0 else "-",
                },
            )  # fmt: skip
            name = self.trace.names.of_unit(l, int(unit))
            if name:
                ax.annotate(
                    _short(name), (l, height),
                    xytext=(-30 if l == 0 else 30, 0), textcoords="offset points",
                    ha="right" if l == 0 else "left", va="center", fontsize="small",
                    color=colours.text, parse_math=False,
                )  # fmt: skip
        hidden = len(numbers) - len(heights)
        letter = "a" if self.view == "values" or l == 0 else "δ"
        place = "input" if l == 0 else "output" if l == n else f"layer {l}"
        title = f"{place}: {letter}" + (
            f"\n{hidden} more unit{'s' if hidden > 1 else ''}" if hidden else ""
        )
        ax.text(l, heights[0] + 0.45, title, ha="center", va="bottom", color=colours.text)


def _short(name: str, limit: int = 18) -> str:
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def plot_network(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    row: int = 0,
    view: str = "values",
    max_units: int = 12,
    ax: Axes | None = None,
) -> NetworkDisplay:
    """Draw a network with the numbers of a row.

    Parameters
    ----------
    model : Network, fitted Tabular estimator or StepTrace
    X, y : rows and targets, optional
        As for `model.trace`; left out with a StepTrace. Gradients are those of all of them.
    row : int, default 0
        Whose activations or deltas stand in the circles.
    view : "values" or "gradients", default "values"
        Weights and activations, or the gradients of weights and delta.
    max_units : int, default 12
        Units shown of a wider layer.
    ax : matplotlib axes, optional
        Default: those of a new figure.

    Returns
    -------
    NetworkDisplay

    Raises
    ------
    SpecError
        For a row or a view that does not exist.
    TypeError
        For a model of another kind, a model without rows, or a StepTrace with rows.
    DataError
        Where `model.trace` cannot read the rows.
    """
    trace = trace_of(model, X, y)
    return NetworkDisplay.from_trace(trace, row=row, view=view, max_units=max_units, ax=ax)
