"""Where the activations of each layer lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.explain.trace import StepTrace
from chainrule.plots.display import Palette, axes_for, palette_of, spare_frame, write_title
from chainrule.plots.traced import Seen, seen_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure

_BINS = 60
_HEIGHT = 0.85  # of the tallest bar, where layers are 1 apart
_FLAT = 0.01  # a slope below this lets hardly any gradient through


class ActivationsDisplay:
    """A histogram of a(l) for every layer, one above the other, positive blue, negative orange.

    Written below its name: the units that are 0 in every row, and the share of rows and units whose
    slope is so small that hardly any gradient passes.

    Parameters
    ----------
    activations : sequence of ndarray, each (n_rows, n_units)
        a(1)..a(L).
    slopes : sequence of ndarray or None
        sigma'(z) of the same layers; None where a layer has none.
    labels : sequence of str
        One per layer.
    about : str, default ""
        For the second line of the title.

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    bars_ : list of matplotlib BarContainer
        Layer by layer, those of positive activations before those of negative ones.
    """

    figure_: Figure
    ax_: Axes
    bars_: list[BarContainer]

    def __init__(
        self,
        *,
        activations: Sequence[np.ndarray],
        slopes: Sequence[np.ndarray | None],
        labels: Sequence[str],
        about: str = "",
    ) -> None:
        self.activations = [np.asarray(a, np.float64) for a in activations]
        self.slopes = list(slopes)
        self.labels = list(labels)
        self.about = about

    @classmethod
    def from_trace(cls, trace: StepTrace | Seen, *, ax: Axes | None = None, **style: Any) -> Self:
        """Draw one recorded step.

        Parameters
        ----------
        trace : StepTrace
            As `model.trace` returns it.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **style
            To `plot`.

        Returns
        -------
        ActivationsDisplay
        """
        seen = seen_of(trace, None, None)
        step = seen.trace
        labels = [f"layer {l} {name}" for l, name in enumerate(step.spec.activations) if l]
        display = cls(
            activations=step.a[1:], slopes=step.slope[1:], labels=labels, about=seen.title()
        )
        return display.plot(ax=ax, **style)

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Draw where the activations of each layer lie on these rows.

        Parameters
        ----------
        estimator : fitted Tabular estimator or Network
        X : table, or array (n_rows, n_features) for a Network
        y : array (n_rows,) or (n_rows, n_outputs)
            Targets, as for `fit`.
        ax : matplotlib axes, optional
            Default: those of a new figure.
        **keywords
            To `trace`, such as `sample_weight`.

        Returns
        -------
        ActivationsDisplay

        Raises
        ------
        TypeError
            For a model of another kind, or without rows.
        DataError, SpecError
            Where `trace` cannot read the rows.
        """
        return cls.from_trace(seen_of(estimator, X, y, **keywords), ax=ax)

    from_network = from_estimator

    def facts(self, place: int) -> str:
        """What is worth knowing about a layer: "3 of 32 units dead, 12 % saturated".

        A unit is dead where a = 0 and sigma'(z) = 0 in every row. Saturated is the share of the
        other cells with |sigma'(z)| < 0.01.

        Parameters
        ----------
        place : int
            Index of the layer in `activations`, from 0.

        Returns
        -------
        str
            Empty where there is nothing to tell.
        """
        a, slope = self.activations[place], self.slopes[place]
        if slope is None:
            return ""
        dead = int(((a == 0) & (np.asarray(slope) == 0)).all(axis=0).sum())
        alive = ~((a == 0) & (np.asarray(slope) == 0))
        flat = float((np.abs(slope)[alive] < _FLAT).mean()) if alive.any() else 0.0
        parts = [f"{dead} of {a.shape[1]} units dead"] if dead else []
        parts += [f"{100 * flat:.0f} % saturated"] if flat >= 0.005 else []
        return ", ".join(parts)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        palette: Palette | None = None,
        bar_kwargs: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.
        title : str, optional
            Default: what is shown, rows, step and member; "" leaves it out.
        palette : Palette, optional
            Default: the colours for the background.
        bar_kwargs : mapping, optional
            To matplotlib's `bar`.

        Returns
        -------
        ActivationsDisplay
            Itself, with `figure_`, `ax_` and `bars_`.
        """
        n = len(self.activations)
        self.ax_ = ax = axes_for(ax, (6.0, 1.5 + 0.8 * n))
        self.figure_ = ax.figure  # type: ignore[assignment]
        colours = palette or palette_of(ax)
        self.bars_ = []
        largest = max(max(float(np.abs(a).max()) for a in self.activations), 1e-12)
        lowest = min(float(a.min()) for a in self.activations)
        half = np.linspace(0, largest, _BINS + 1)
        edges = half if lowest >= 0 else np.concatenate([-half[:0:-1], half])
        positive = edges[:-1] >= 0
        for place, a in enumerate(self.activations):
            counts = np.histogram(a, edges)[0] / a.size
            heights = _HEIGHT * np.sqrt(counts / counts.max())  # roots, so that tails are seen
            base = n - 1 - place
            for chosen, colour, hatch in (
                (positive, colours.positive, ""), (~positive, colours.negative, "////"),
            ):  # fmt: skip
                if heights[chosen].any():
                    style = {
                        "color": colour if not hatch else "none", "edgecolor": colour,
                        "hatch": hatch, "linewidth": 0.4, **(bar_kwargs or {}),
                    }  # fmt: skip
                    bars = ax.bar(
                        edges[:-1][chosen], heights[chosen], np.diff(edges)[chosen], base,
                        align="edge", **style,
                    )  # fmt: skip
                    self.bars_.append(bars)
            ax.axhline(base, color=colours.faint, linewidth=0.6)
        labels = [
            "\n".join(filter(None, (label, self.facts(place))))
            for place, label in enumerate(self.labels)
        ]
        ax.set_yticks([n - 1 - place + 0.3 for place in range(n)], labels)
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(-0.05, n)
        ax.set_xlabel("activation (heights: root of the share)")
        spare_frame(ax)
        heading = f"Where activations lie\n{self.about}".rstrip()
        write_title(ax, heading if title is None else title)
        return self


def plot_activations(
    model: Any, X: Any = None, y: Any = None, *, ax: Axes | None = None, **keywords: Any
) -> ActivationsDisplay:
    """Draw where the activations of each layer lie on these rows.

    Parameters
    ----------
    model : Network, fitted Tabular estimator or StepTrace
    X, y : rows and targets, optional
        As for `model.trace`; left out with a StepTrace.
    ax : matplotlib axes, optional
        Default: those of a new figure.
    **keywords
        To `model.trace`, such as `sample_weight`.

    Returns
    -------
    ActivationsDisplay

    Raises
    ------
    TypeError
        For a model of another kind, a model without rows, or a StepTrace with rows.
    DataError, SpecError
        Where `model.trace` cannot read the rows.
    """
    return ActivationsDisplay.from_trace(seen_of(model, X, y, **keywords), ax=ax)
