"""How the answer goes with a column, or with two of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.dependence import Dependence
from chainrule.plots.display import (
    MARKERS,
    Palette,
    axes_for,
    palette_of,
    spare_frame,
    write_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 12  # panels
_MOST_ANSWERS = 8
_MOST_ROWS = 60  # curves of single rows
_SURE = 1.645  # standard errors on both sides of 90 %
_ACROSS = 3  # panels side by side
_LETTERS = 14  # of a level's name
_TICKS = 7


class DependenceDisplay:
    """One curve: a line over what is measured, points over levels, a map over two columns.

    The band, or the bar of a level, holds the curve of other rows of their kind in 90 % of cases.
    Thin lines are the curves of single networks, or of single rows where the kind is "ice".

    Parameters
    ----------
    dependence : Dependence

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    lines_ : list of matplotlib Line2D
        One an answer; none of a map.
    map_ : matplotlib QuadMesh or None
    """

    figure_: Figure
    ax_: Axes
    lines_: list[Any]
    map_: Any

    def __init__(self, dependence: Dependence) -> None:
        self.dependence = dependence

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        palette: Palette | None = None,
    ) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.
        title : str, optional
            Default: kind and rows; "" leaves it out.
        palette : Palette, optional
            Default: the colours for the background.

        Returns
        -------
        DependenceDisplay

        Raises
        ------
        SpecError
            For a map of several answers.
        ImportError
            Where matplotlib is not installed.
        """
        found = self.dependence
        if len(found.columns) == 2 and found.answer_names:
            first = found.answer_names[0]
            raise SpecError(f"a map shows one answer; choose it, as dependence.of({first!r}).")
        self.ax_ = axes_for(ax, (5.6, 4.0))
        self.figure_ = self.ax_.get_figure(root=True)  # type: ignore[assignment]
        colours = palette or palette_of(self.ax_)
        self.lines_, self.map_ = [], None
        if len(found.columns) == 2:
            self._map(colours)
        else:
            self._curves(colours)
        self.ax_.tick_params(colors=colours.text, labelsize=8)
        about = f"{found.kind.upper()} over {found.n_rows:,} rows"
        write_title(self.ax_, about if title is None else title)
        return self

    def _curves(self, colours: Palette) -> None:
        found, ax = self.dependence, self.ax_
        several = bool(found.answer_names)
        names = found.answer_names[:_MOST_ANSWERS] or ("",)
        for k, name in enumerate(names):
            one = found.of(k) if several else found
            colour = colours.classes[k % len(colours.classes)]
            self._curve(one, k, len(names), colour, name)
        if found.kind == "ale":
            ax.axhline(0.0, color=colours.faint, linewidth=0.8, zorder=0)
        what = f"{found.unit}, above its mean" if found.kind == "ale" else found.unit
        ax.set_ylabel(what, color=colours.text, fontsize=9)
        ax.set_xlabel(found.columns[0], color=colours.text, parse_math=False)
        spare_frame(ax)
        self._name_points(0, ax.xaxis)
        if several:
            ax.legend(fontsize=8, frameon=False, labelcolor=colours.text)

    def _curve(self, one: Dependence, k: int, n: int, colour: str, name: str) -> None:
        ax, x, y, wide = self.ax_, one.points[0], one.values, _SURE * one.errors
        marker = MARKERS[k % len(MARKERS)]
        if not one.is_ordered[0]:
            x = x + (k - (n - 1) / 2) * 0.5 / n
            drawn = ax.errorbar(
                x, y, wide, fmt=marker, color=colour, markersize=5, linewidth=1.2, label=name
            )
            self.lines_.append(drawn.lines[0])
            return
        thin = one.networks if one.rows is None else one.rows[:: -(-len(one.rows) // _MOST_ROWS)]
        if len(thin) > 1:
            ax.plot(x, thin.T, color=colour, linewidth=0.6, alpha=0.35)
        ax.fill_between(x, y - wide, y + wide, color=colour, alpha=0.18, linewidth=0)
        line = ax.plot(x, y, color=colour, linewidth=1.8, label=name)[0]
        if n > 1:
            line.set_marker(marker)
            line.set_markersize(4)
        self.lines_.append(line)
        if k == 0:  # where the rows are: the points stand at even ranks
            low = ax.get_xaxis_transform()
            ax.plot(x, np.zeros_like(x), "|", color=colour, markersize=6, transform=low)

    def _map(self, colours: Palette) -> None:
        found, ax = self.dependence, self.ax_
        self.map_ = ax.pcolormesh(
            found.points[0], found.points[1], found.values.T, shading="nearest", cmap="cividis"
        )
        bar = self.figure_.colorbar(self.map_, ax=ax)
        bar.set_label(found.unit, color=colours.text)
        bar.ax.tick_params(colors=colours.text, labelsize=8)
        ax.set_xlabel(found.columns[0], color=colours.text, parse_math=False)
        ax.set_ylabel(found.columns[1], color=colours.text, parse_math=False)
        self._name_points(0, ax.xaxis)
        self._name_points(1, ax.yaxis)

    def _name_points(self, axis: int, on: Any) -> None:
        """Cells at the ticks where numbers do not say what they are."""
        found = self.dependence
        cells, points = found.cells[axis], found.points[axis]
        if found.is_ordered[axis]:
            if not isinstance(cells[0], str):
                if axis == 0 and (points == points.round()).all():
                    on.get_major_locator().set_params(integer=True)
                return
            places = np.unique(np.linspace(0, len(cells) - 1, min(4, len(cells))).astype(int))
        else:
            places = np.arange(len(cells))
        texts = ["missing" if cells[k] is None else str(cells[k]) for k in places]
        texts = [text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…" for text in texts]
        crowded = axis == 0 and (len(texts) > _TICKS or sum(map(len, texts)) > 34)
        on.set_ticks(
            points[places], texts, parse_math=False, rotation=45 if crowded else 0,
            ha=("right" if crowded else "center") if axis == 0 else "right",
        )  # fmt: skip


def plot_dependence(
    dependence: Dependence | Sequence[Dependence],
    *,
    ax: Axes | None = None,
    **style: Any,
) -> DependenceDisplay | list[DependenceDisplay]:
    """Draw how the answer goes with columns.

    Parameters
    ----------
    dependence : Dependence, or sequence of them
        As `model.dependence` returns them; of several the first 12 stand side by side, curves on
        one scale.
    ax : matplotlib axes, optional
        Of a single one. Default: those of a new figure.
    **style
        To `DependenceDisplay.plot`.

    Returns
    -------
    DependenceDisplay, or list of them in one figure

    Raises
    ------
    SpecError
        For a map of several answers, and for an `ax` for several curves.
    ImportError
        Where matplotlib is not installed.
    """
    if isinstance(dependence, Dependence):
        return DependenceDisplay(dependence).plot(ax, **style)
    shown = list(dependence)[:_MOST]
    if ax is not None and len(shown) > 1:
        raise SpecError(f"one ax takes one curve, found {len(shown)}; choose one of them.")
    if len(shown) == 1:
        return [DependenceDisplay(shown[0]).plot(ax, **style)]
    first = axes_for(None, (3.6 * min(len(shown), _ACROSS), 3.1 * math.ceil(len(shown) / _ACROSS)))
    figure: Any = first.figure
    first.remove()
    across = min(len(shown), _ACROSS)
    alike = all(len(one.columns) == 1 for one in shown)
    panels = figure.subplots(
        math.ceil(len(shown) / across), across, squeeze=False, sharey=alike
    ).ravel()
    for spare in panels[len(shown) :]:
        spare.remove()
    displays = [
        DependenceDisplay(one).plot(panel, **style)
        for one, panel in zip(shown, panels, strict=False)
    ]
    for k, display in enumerate(displays) if alike else ():
        legend = display.ax_.get_legend()
        if k and legend is not None:
            legend.remove()
        if k % across:
            display.ax_.set_ylabel("")
    return displays
