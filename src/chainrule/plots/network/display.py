"""`NetworkDisplay` and `plot_network`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from chainrule.errors import SpecError
from chainrule.explain.trace import StepTrace
from chainrule.plots.display import Palette, axes_for, palette_of, write_title
from chainrule.plots.network.focus import Focus, default_focus
from chainrule.plots.network.paint import Painter, size_of
from chainrule.plots.network.picture import Key, Picture
from chainrule.plots.network.ways import Ways, find_ways
from chainrule.plots.network.whole import Whole
from chainrule.plots.traced import Seen, seen_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

VIEWS = ("values", "gradients")
MAX_LAYERS = 8  # of a network that is drawn all at once


class NetworkDisplay:
    """A network as boxes and lines, with the numbers of one row.

    In the view "values" a line is a weight, and a box holds the bias, z and a of its unit; in the
    view "gradients" a line is dL/dw, and a box holds dL/db, the slope and delta. Colour and dashes
    show signs. The width of a line is in proportion to its number, on one scale for all layers,
    which the legend gives. Small networks have every number written on them, with the target and
    the loss; a network with more than `max_units` in a layer, or of more than eight layers, is
    shown around one unit, where
    "251 more" stands for the sum of those left out.

    Parameters
    ----------
    trace : StepTrace
    row : int, optional
        Whose numbers stand in the boxes. Default: 0; with `highlight` the row that adds most to the
        gradient.
    view : "values" or "gradients", default "values"
    highlight : str, optional
        A weight or bias, such as "W1[0,0]": its ways to the loss are lit and their products written
        below.
    focus : str, optional
        A unit, such as "a2[17]": only this unit and its strongest partners. Default: of a network
        that is too wide, the output of the largest delta.
    max_units : int, default 12
        More units in a layer, or features, are not drawn all at once.

    Attributes
    ----------
    picture : Picture
        What is drawn, as data.
    ways : Ways or None
        Those of `highlight`, with their products.
    title : str
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    lines_ : dict of (key, key) to matplotlib line
        By the boxes that it joins; (1, 0) is unit 0 of layer 1.
    texts_ : dict of key to list of matplotlib text
        By the box in which it stands.

    Raises
    ------
    SpecError
        For a row, a view, a unit or a weight that does not exist.
    """

    figure_: Figure
    ax_: Axes
    lines_: dict[tuple[Key, Key], Line2D]
    texts_: dict[Key, list[Artist]]

    def __init__(
        self,
        *,
        trace: StepTrace | Seen,
        row: int | None = None,
        view: str = "values",
        highlight: str | None = None,
        focus: str | None = None,
        max_units: int = 12,
    ) -> None:
        self._seen = seen_of(trace, None, None)
        self.trace = self._seen.trace
        if view not in VIEWS:
            raise SpecError(f"view must be 'values' or 'gradients', found {view!r}.")
        if highlight is not None and focus is not None:
            raise SpecError("highlight and focus exclude each other; leave out one.")
        n = self.trace.n_rows
        if row is not None and not 0 <= row < n:
            raise SpecError(f"row {row} does not exist; the rows are 0 to {n - 1}.")
        self.view, self.highlight, self.focus, self.max_units = view, highlight, focus, max_units
        self.ways: Ways | None = None
        if highlight is not None:
            self.ways = find_ways(self.trace, highlight, row)
            row = self.ways.row
        self.row = row or 0
        self.picture = self._build()

    def _build(self) -> Picture:
        spec = self.trace.spec
        is_wide = max(*spec.layer_sizes, spec.n_features) > self.max_units
        is_wide |= spec.n_layers > MAX_LAYERS
        about = Focus(self.trace, self.row, self.view == "gradients")
        if self.focus is not None or (is_wide and self.ways is None):
            if self.focus is None:
                asked = default_focus(self.trace, self.row)
            else:
                asked = self.trace.names.parse(self.focus)
                if asked.is_parameter or asked.layer == 0 or asked.kind == "loss":
                    raise SpecError(
                        f"focus takes a unit, such as 'a{spec.n_layers}[0]', found {self.focus!r}; "
                        "highlight takes a weight."
                    )
            self.about = self.trace.names.called(asked.layer, asked.unit)
            return about.around(asked.layer, asked.unit)
        if is_wide and self.ways is not None:
            self.about = f"the ways of {self.ways.asked.identifier}"
            return about.along(self.ways)
        self.about = "" if self.ways is None else f"the ways of {self.ways.asked.identifier}"
        return Whole(self.trace, self.row, self.view == "gradients", self.ways).build()

    @property
    def title(self) -> str:
        """What is shown, then which row, step and member."""
        what = "gradients and delta" if self.view == "gradients" else "weights and activations"
        first = f"{what}: {self.about}" if self.about else what
        return f"{first[0].upper()}{first[1:]}\n{self._seen.title(self.row)}"

    @classmethod
    def from_trace(
        cls, trace: StepTrace | Seen, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Draw one recorded step.

        Parameters
        ----------
        trace : StepTrace
            As `model.trace` returns it.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            `row`, `view`, `highlight`, `focus` and `max_units`.

        Returns
        -------
        NetworkDisplay

        Raises
        ------
        SpecError
            For a row, a view, a unit or a weight that does not exist.
        """
        return cls(trace=trace, **keywords).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        member: int | None = None,
        ax: Axes | None = None,
        **keywords: Any,
    ) -> Self:
        """Draw units and weights on these rows.

        Parameters
        ----------
        estimator : fitted Tabular estimator or Network
        X : table, or array (n_rows, n_features) for a Network
        y : array (n_rows,) or (n_rows, n_outputs)
            Targets, as for `fit`.
        member : int, optional
            Which network of a Tabular estimator. Default: 0.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            `row`, `view`, `highlight`, `focus` and `max_units`.

        Returns
        -------
        NetworkDisplay

        Raises
        ------
        TypeError
            For a model of another kind, or without rows.
        DataError, SpecError
            Where `trace` cannot read the rows, and for a row, view, unit or weight that does not
            exist.
        """
        which = {} if member is None else {"member": member}
        return cls.from_trace(seen_of(estimator, X, y, **which), ax=ax, **keywords)

    from_network = from_estimator

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        palette: Palette | None = None,
        line_kwargs: Mapping[str, Any] | None = None,
        text_kwargs: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure, as large as the picture needs.
        title : str, optional
            Default: what is shown and which row, step and member; "" leaves it out.
        palette : Palette, optional
            Default: the colours for the background.
        line_kwargs, text_kwargs : mapping, optional
            To matplotlib, for the lines and all text.

        Returns
        -------
        NetworkDisplay
            Itself, with `figure_`, `ax_`, `lines_` and `texts_`.
        """
        is_own = ax is None
        self.ax_ = ax = axes_for(ax, size_of(self.picture))
        self.figure_ = ax.figure  # type: ignore[assignment]
        painter = Painter(
            ax, palette or palette_of(ax), self.picture, is_own,
            line_kwargs=line_kwargs, text_kwargs=text_kwargs,
        )  # fmt: skip
        painter.draw()
        self.lines_, self.texts_ = painter.lines, painter.texts
        write_title(ax, self.title if title is None else title)
        return self


def plot_network(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    row: int | None = None,
    view: str = "values",
    highlight: str | None = None,
    focus: str | None = None,
    max_units: int = 12,
    member: int | None = None,
    ax: Axes | None = None,
) -> NetworkDisplay:
    """Draw a network with the numbers of a row.

    Parameters
    ----------
    model : Network, fitted Tabular estimator or StepTrace
    X, y : rows and targets, optional
        As for `model.trace`; left out with a StepTrace. Gradients are those of all of them.
    row : int, optional
        Whose numbers stand in the boxes. Default: 0; with `highlight` the row that adds most.
    view : "values" or "gradients", default "values"
        Weights and activations, or the gradients of weights and delta.
    highlight : str, optional
        A weight or bias, such as "W1[0,0]": its ways to the loss are lit, with their products.
    focus : str, optional
        A unit, such as "a2[17]", to be shown with its strongest partners.
    max_units : int, default 12
        A network with more units in a layer is shown around one unit.
    member : int, optional
        Which network of a Tabular estimator. Default: 0.
    ax : matplotlib axes, optional
        Default: those of a new figure.

    Returns
    -------
    NetworkDisplay

    Raises
    ------
    SpecError
        For a row, a view, a unit or a weight that does not exist.
    TypeError
        For a model of another kind, a model without rows, or a StepTrace with rows.
    DataError
        Where `model.trace` cannot read the rows.

    Examples
    --------
    >>> display = plot_network(net, X, y, highlight="W1[0,0]")  # doctest: +SKIP
    >>> display.figure_.savefig("network.svg")  # doctest: +SKIP
    """
    which = {} if member is None else {"member": member}
    return NetworkDisplay.from_trace(
        seen_of(model, X, y, **which), row=row, view=view, highlight=highlight, focus=focus,
        max_units=max_units, ax=ax,
    )  # fmt: skip
