"""What each column adds to the answers: as bars, or as a point a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.attribution import Attributions
from chainrule.explain.attribution.swarm import ranks, swarm
from chainrule.plots.display import Palette, axes_for, palette_of, spare_frame, write_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure

_MOST = 12  # columns that are drawn


class AttributionsDisplay:
    """Columns by how much they add, the largest on top.

    Parameters
    ----------
    attributions : Attributions
        Of one answer, or of several, whose sizes are averaged in bars.

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    bars_ : matplotlib BarContainer
        Of `kind="bar"`.
    points_ : list of matplotlib PathCollection
        Of `kind="beeswarm"`, column by column.
    """

    figure_: Figure
    ax_: Axes
    bars_: BarContainer
    points_: list[PathCollection]

    def __init__(self, attributions: Attributions) -> None:
        self.attributions = attributions

    def plot(
        self,
        ax: Axes | None = None,
        *,
        kind: str = "beeswarm",
        title: str | None = None,
        palette: Palette | None = None,
    ) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.
        kind : "beeswarm" or "bar", default "beeswarm"
            A point a row, whose shade is its cell from low to high; or the mean size with its
            standard error.
        title : str, optional
            Default: what is explained; "" leaves it out.
        palette : Palette, optional
            Default: the colours for the background.

        Returns
        -------
        AttributionsDisplay

        Raises
        ------
        SpecError
            For another kind, or a beeswarm of several answers.
        ImportError
            Where matplotlib is not installed.
        """
        found = self.attributions
        if kind not in ("beeswarm", "bar"):
            raise SpecError(f"kind must be 'beeswarm' or 'bar', found {kind!r}.")
        if kind == "beeswarm" and found.values.ndim == 3:
            first = found.answer_names[0]
            raise SpecError(
                f"a beeswarm shows one answer; choose it, as attributions.of({first!r})."
            )
        order = found.order[:_MOST]
        self.ax_ = axes_for(ax, (7.0, 1.2 + 0.38 * len(order)))
        self.figure_ = self.ax_.figure  # type: ignore[assignment]
        colours = palette or palette_of(self.ax_)
        at = np.arange(len(order))[::-1]
        if kind == "bar":
            self._bars(order, at, colours)
        else:
            self._points(order, at, colours)
        self.ax_.set_yticks(at, [found.names[k] for k in order], color=colours.text)
        self.ax_.tick_params(colors=colours.text, left=False)
        what = "mean size of what it adds to" if kind == "bar" else "adds to"
        self.ax_.set_xlabel(f"{what} {found.unit}", color=colours.text)
        spare_frame(self.ax_)
        more = len(found.names) - len(order)
        about = f"{len(found)} rows, {found.method}" + (
            f"; {more} columns add less" if more else ""
        )
        write_title(self.ax_, f"What each column adds\n{about}" if title is None else title)
        return self

    def _bars(self, order: np.ndarray, at: np.ndarray, colours: Palette) -> None:
        found = self.attributions
        flat = found.errors.reshape(len(found), len(found.names), -1)
        error = np.sqrt((flat**2).sum(axis=(0, 2))) / (len(found) * flat.shape[2])
        self.bars_ = self.ax_.barh(
            at, found.mean_sizes[order], xerr=error[order], color=colours.positive,
            ecolor=colours.text, height=0.62,
        )  # fmt: skip

    def _points(self, order: np.ndarray, at: np.ndarray, colours: Palette) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        found = self.attributions
        shades = LinearSegmentedColormap.from_list(
            "cell", [colours.negative, colours.positive]
        ).with_extremes(bad=colours.faint)
        self.points_ = []
        for k, y in zip(order, at, strict=True):
            x = found.values[:, k]
            points = self.ax_.scatter(
                x, y + swarm(x), c=ranks(found.data[:, k]), cmap=shades, vmin=0, vmax=1, s=12,
                linewidths=0, alpha=0.8, plotnonfinite=True,
            )  # fmt: skip
            self.points_.append(points)
        self.ax_.axvline(0.0, color=colours.faint, linewidth=0.8, zorder=0)
        self.ax_.text(
            1.0, 1.01, "cell: low orange, high blue; text and missing grey",
            transform=self.ax_.transAxes, ha="right", va="bottom", fontsize=8, color=colours.faint,
        )  # fmt: skip


def plot_attributions(
    attributions: Attributions,
    *,
    kind: str = "beeswarm",
    ax: Axes | None = None,
    **style: Any,
) -> AttributionsDisplay:
    """Draw what each column adds to the answers.

    Parameters
    ----------
    attributions : Attributions
        As `model.attribute` returns them.
    kind : "beeswarm" or "bar", default "beeswarm"
        A point a row, or the mean size.
    ax : matplotlib axes, optional
        Default: those of a new figure.
    **style
        To `AttributionsDisplay.plot`.

    Returns
    -------
    AttributionsDisplay

    Raises
    ------
    SpecError
        For another kind, or a beeswarm of several answers.
    ImportError
        Where matplotlib is not installed.
    """
    return AttributionsDisplay(attributions).plot(ax, kind=kind, **style)
