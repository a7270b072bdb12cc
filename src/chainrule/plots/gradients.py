"""How large the gradients of each layer are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.explain.trace import StepTrace
from chainrule.plots.display import Palette, axes_for, palette_of, spare_frame, write_title
from chainrule.plots.traced import Seen, seen_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
_BIASES = ("b", "bias", "norm_bias", "phase")


class GradientsDisplay:
    """The sizes |dL/dw| of every layer with parameters on a logarithmic axis.

    A box holds the middle half of a layer's weights, the line in it is their median, the whiskers
    reach from 5 % to 95 %. Gradients of exactly 0 have no place there; their share is written below
    the layer's name. Layers follow each other as the forward pass meets them.

    Parameters
    ----------
    gradients : sequence of ndarray
        dL/dw of each layer, biases left out.
    labels : sequence of str
        One per layer.
    about : str, default ""
        For the second line of the title.

    Attributes
    ----------
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    boxes_ : dict of str to dict
        By label, what matplotlib's `bxp` returns; none where all gradients are 0.
    """

    figure_: Figure
    ax_: Axes
    boxes_: dict[str, dict[str, Any]]

    def __init__(
        self, *, gradients: Sequence[np.ndarray], labels: Sequence[str], about: str = ""
    ) -> None:
        self.gradients = [np.abs(np.asarray(g, np.float64)).ravel() for g in gradients]
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
        GradientsDisplay
        """
        seen = seen_of(trace, None, None)
        grads, spec = seen.trace.grads, seen.trace.spec
        gradients, labels = [], []
        for at in spec.walk:
            names = [name for name, p in at.parameters.items() if p.family not in _BIASES]
            if not names:
                continue
            gradients.append(np.concatenate([grads[name].ravel() for name in names]))
            numbered = f"layer {at.number} {spec.activations[at.number]}"
            kind = f"{at.layer.kind.replace('_', ' ')} {at.number or ''}".strip()
            labels.append(numbered if at in spec.dense_places else kind)
        return cls(gradients=gradients, labels=labels, about=seen.title()).plot(ax=ax, **style)

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
        return cls.from_trace(seen_of(estimator, X, y, **keywords), ax=ax)

    from_network = from_estimator

    def _label(self, place: int) -> str:
        zero = float((self.gradients[place] == 0).mean())
        return self.labels[place] + (f"\n{100 * zero:.0f} % are 0" if zero else "")

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        palette: Palette | None = None,
        box_kwargs: Mapping[str, Any] | None = None,
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
        box_kwargs : mapping, optional
            To matplotlib's `bxp`, such as `widths`.

        Returns
        -------
        GradientsDisplay
            Itself, with `figure_`, `ax_` and `boxes_`.
        """
        n = len(self.gradients)
        self.ax_ = ax = axes_for(ax, (6.0, 1.5 + 0.5 * n))
        self.figure_ = ax.figure  # type: ignore[assignment]
        colours = palette or palette_of(ax)
        line = {"color": colours.text}
        self.boxes_ = {}
        for place, sizes in enumerate(self.gradients):
            known = sizes[sizes > 0]
            if not len(known):
                continue
            low, first, median, third, high = np.quantile(known, _SHARES)
            box = {"whislo": low, "q1": first, "med": median, "q3": third, "whishi": high}
            style: dict[str, Any] = {
                "widths": 0.5, "orientation": "horizontal", "showfliers": False,
                "patch_artist": True, "manage_ticks": False, "whiskerprops": line, "capprops": line,
                "boxprops": {"facecolor": colours.rising, "alpha": 0.6, "edgecolor": colours.text},
                "medianprops": {"color": colours.text, "linewidth": 2},
            }  # fmt: skip
            self.boxes_[self.labels[place]] = ax.bxp(
                [box], positions=[place], **(style | dict(box_kwargs or {}))
            )
        ax.set_xscale("log")
        ax.set_yticks(range(n), [self._label(place) for place in range(n)])
        ax.set_ylim(n - 0.4, -0.7)
        ax.set_xlabel("|∂L/∂w| of the weights (log scale)")
        spare_frame(ax)
        write_title(ax, f"Size of the gradients\n{self.about}".rstrip() if title is None else title)
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
    return GradientsDisplay.from_trace(seen_of(model, X, y, **keywords), ax=ax)
