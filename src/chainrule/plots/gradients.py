"""How large the gradients of each layer are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.explain.trace import StepTrace
from chainrule.plots.display import axes_for, palette_of, spare_frame
from chainrule.plots.traced import trace_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


class GradientsDisplay:
    """The sizes |dL/dw| of every layer on a logarithmic axis.

    A box holds the middle half of a layer's weights, the line in it is their median, the whiskers
    reach from 5 % to 95 %. Gradients of exactly 0 have no place there; their share is written below
    the layer's name.

    Parameters
    ----------
    gradients : sequence of ndarray
        dL_dW of layers 1..L.
    labels : sequence of str
        One per layer.

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    """

    figure_: Figure
    ax_: Axes

    def __init__(self, *, gradients: Sequence[np.ndarray], labels: Sequence[str]) -> None:
        self.gradients = [np.abs(np.asarray(g, np.float64)).ravel() for g in gradients]
        self.labels = list(labels)

    @classmethod
    def from_trace(cls, trace: StepTrace, *, ax: Axes | None = None) -> Self:
        """Draw one recorded step.

        Parameters
        ----------
        trace : StepTrace
            As `model.trace` returns it.
        ax : matplotlib axes, optional
            Default: those of a new figure.

        Returns
        -------
        GradientsDisplay
        """
        labels = [f"layer {l} {name}" for l, name in enumerate(trace.spec.activations) if l]
        return cls(gradients=trace.dL_dW[1:], labels=labels).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Draw how large the gradients of each layer are on these rows.

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
        GradientsDisplay

        Raises
        ------
        TypeError
            For a model of another kind, or without rows.
        DataError, SpecError
            Where `trace` cannot read the rows.
        """
        return cls.from_trace(trace_of(estimator, X, y, **keywords), ax=ax)

    from_network = from_estimator

    def _label(self, place: int) -> str:
        zero = float((self.gradients[place] == 0).mean())
        return self.labels[place] + (f"\n{100 * zero:.0f} % are 0" if zero else "")

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.

        Returns
        -------
        GradientsDisplay
            Itself, with `figure_` and `ax_`.
        """
        n = len(self.gradients)
        self.ax_ = ax = axes_for(ax, (6.0, 1.2 + 0.5 * n))
        self.figure_ = ax.figure  # type: ignore[assignment]
        colours = palette_of(ax)
        style = {"color": colours.text}
        for place, sizes in enumerate(self.gradients):
            known = sizes[sizes > 0]
            if len(known):
                low, first, median, third, high = np.quantile(known, _SHARES)
                box = {
                    "whislo": low, "q1": first, "med": median, "q3": third, "whishi": high,
                }  # fmt: skip
                ax.bxp(
                    [box], positions=[place], widths=0.5, orientation="horizontal",
                    showfliers=False, patch_artist=True, manage_ticks=False,
                    boxprops={"facecolor": colours.rising, "alpha": 0.6, "edgecolor": colours.text},
                    medianprops={"color": colours.text, "linewidth": 2},
                    whiskerprops=style, capprops=style,
                )  # fmt: skip
        ax.set_xscale("log")
        ax.set_yticks(range(n), [self._label(place) for place in range(n)])
        ax.set_ylim(n - 0.4, -0.7)
        ax.set_xlabel("size of the gradient of a weight")
        spare_frame(ax)
        return self


def plot_gradients(
    model: Any, X: Any = None, y: Any = None, *, ax: Axes | None = None, **keywords: Any
) -> GradientsDisplay:
    """Draw how large the gradients of each layer are on these rows.

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
    GradientsDisplay

    Raises
    ------
    TypeError
        For a model of another kind, a model without rows, or a StepTrace with rows.
    DataError, SpecError
        Where `model.trace` cannot read the rows.
    """
    return GradientsDisplay.from_trace(trace_of(model, X, y, **keywords), ax=ax)
