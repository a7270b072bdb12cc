"""What a model answers over two of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule.engine import TrainingRows
from chainrule.errors import DataError
from chainrule.plots.display import MARKERS, Palette, axes_for, palette_of, write_title
from chainrule.plots.grid import make_grid
from chainrule.plots.targets import class_numbers, numbers
from chainrule.table.frame import as_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure


class DecisionBoundaryDisplay:
    """Answers over a grid of two inputs, the other inputs at their median or most frequent value.

    Classes are areas, the paler the less certain, with lines where the answer changes; numbers are
    contours. The table's rows lie on top, each class with its own marker.

    Parameters
    ----------
    x, y : ndarray (n,), (m,)
        Values of the two inputs.
    response : ndarray (m, n) or (m, n, n_classes)
        Predicted numbers, or probabilities.
    names : tuple of str, default ("x0", "x1")
        Of the two inputs.
    classes : sequence of str, default ()
        Empty for numbers.
    points : ndarray (n_rows, 2), optional
    targets : ndarray (n_rows,), optional
        Class numbers or values of the rows.
    n_others : int, default 0
        Other inputs of the model, which are held fixed.
    n_members : int, default 1
        Networks that answer together.

    Attributes
    ----------
    title : str
    figure_, ax_ : matplotlib figure and axes
        Once plotted.
    points_ : list of matplotlib PathCollection
        The rows, of a classifier class by class.
    """

    figure_: Figure
    ax_: Axes
    points_: list[PathCollection]

    def __init__(
        self,
        *,
        x: np.ndarray,
        y: np.ndarray,
        response: np.ndarray,
        names: tuple[str, str] = ("x0", "x1"),
        classes: tuple[str, ...] = (),
        points: np.ndarray | None = None,
        targets: np.ndarray | None = None,
        n_others: int = 0,
        n_members: int = 1,
    ) -> None:
        self.x, self.y, self.response = x, y, response
        self.names, self.classes = names, tuple(classes)
        self.points, self.targets = points, targets
        self.n_others, self.n_members = n_others, n_members

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        features: Any = None,
        grid_resolution: int = 100,
        ax: Axes | None = None,
    ) -> Self:
        """Draw a Tabular estimator over two columns of numbers of the table X.

        Parameters
        ----------
        estimator : fitted Tabular estimator
        X : table (n_rows, n_features)
            Gives the ranges of the two columns and the typical values of the others.
        y : array (n_rows,), optional
            Labels or numbers; draws the rows.
        features : two names or positions of columns, optional
            Default: the first two columns of numbers.
        grid_resolution : int, default 100
            Points along each axis.
        ax : matplotlib axes, optional
            Default: those of a new figure.

        Returns
        -------
        DecisionBoundaryDisplay

        Raises
        ------
        DataError
            For columns that cannot be drawn over, and for several labels or targets at once.
        """
        table = as_table(X)
        grid = make_grid(table, features, grid_resolution)
        shape = (len(grid.y), len(grid.x))
        classes: tuple[str, ...] = ()
        targets = None
        if hasattr(estimator, "predict_proba"):
            labels = np.asarray(estimator.classes_)
            classes = tuple(str(label) for label in labels.tolist())
            answer = np.asarray(estimator.predict_proba(grid.rows))
            if answer.ndim != 2:
                raise DataError("a boundary is drawn for one label a row.")
            answer = answer.reshape(*shape, -1)
            if y is not None:
                targets = class_numbers(y, table.n_rows, labels)
        else:
            answer = np.asarray(estimator.predict(grid.rows))
            if answer.ndim != 1:
                raise DataError("a boundary is drawn for one target.")
            answer = answer.reshape(shape)
            if y is not None:
                targets = numbers(y, table.n_rows)
        display = cls(
            x=grid.x, y=grid.y, response=answer, names=grid.names, classes=classes,
            points=grid.points, targets=targets, n_others=table.n_columns - 2,
            n_members=getattr(estimator, "n_members_", 1),
        )  # fmt: skip
        return display.plot(ax=ax)

    @classmethod
    def from_network(
        cls, network: Any, X: Any, y: Any = None, *, grid_resolution: int = 100,
        ax: Axes | None = None,
    ) -> Self:  # fmt: skip
        """Draw a `Network` with two inputs; one sigmoid output counts as two classes.

        Parameters
        ----------
        network : Network
        X : array (n_rows, 2)
            Gives the ranges of the two inputs.
        y : array (n_rows,) or (n_rows, n_outputs), optional
            Targets as for `fit`; draws the rows.
        grid_resolution : int, default 100
            Points along each axis.
        ax : matplotlib axes, optional
            Default: those of a new figure.

        Returns
        -------
        DecisionBoundaryDisplay

        Raises
        ------
        DataError
            Where the network has not two inputs.
        """
        if network.spec.n_features != 2:
            raise DataError(f"the network must have 2 inputs, found {network.spec.n_features}.")
        float64 = np.dtype(np.float64)
        if y is None:
            rows = TrainingRows.of_inputs(network.spec, float64, X, None, None)
        else:
            rows = TrainingRows.of(network.spec, float64, X, y)
        grid = make_grid(as_table(rows.x), (0, 1), grid_resolution)
        shape = (len(grid.y), len(grid.x))
        answer = np.asarray(network.predict(grid.rows), np.float64)
        targets = rows.y if rows.classes is None else rows.classes
        if targets is not None and targets.ndim == 2:
            targets = targets.argmax(axis=1) if targets.shape[1] > 1 else targets[:, 0]
        classes: tuple[str, ...] = ()
        if answer.shape[1] == 1 and network.spec.output_activation == "sigmoid":
            answer = np.concatenate([1 - answer, answer], axis=1)
        if answer.shape[1] > 1:
            classes = tuple(str(k) for k in range(answer.shape[1]))
            targets = None if targets is None else targets.astype(np.int64)
            answer = answer.reshape(*shape, -1)
        else:
            answer = answer.reshape(shape)
        display = cls(
            x=grid.x, y=grid.y, response=answer, names=grid.names, classes=classes,
            points=grid.points, targets=targets,
        )  # fmt: skip
        return display.plot(ax=ax)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        palette: Palette | None = None,
        scatter_kwargs: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Default: those of a new figure.
        title : str, optional
            Default: what is shown, and how many rows; "" leaves it out.
        palette : Palette, optional
            Default: the colours for the background.
        scatter_kwargs : mapping, optional
            To matplotlib's `scatter`, for the rows.

        Returns
        -------
        DecisionBoundaryDisplay
            Itself, with `figure_`, `ax_` and `points_`.
        """
        self.ax_ = ax = axes_for(ax, (5.6, 4.6))
        self.figure_ = ax.figure  # type: ignore[assignment]
        colours = palette or palette_of(ax)
        self._scatter = dict(scatter_kwargs or {})
        self.points_ = []
        if self.classes:
            self._classes(ax, colours)
        else:
            self._numbers(ax, colours)
        write_title(ax, self.title if title is None else title)
        ax.set_xlabel(self.names[0], parse_math=False)
        ax.set_ylabel(self.names[1], parse_math=False)
        return self

    @property
    def title(self) -> str:
        """What is shown, over which rows, and what is held fixed."""
        what = "Most probable class" if self.classes else "Prediction"
        n = 0 if self.points is None or self.targets is None else len(self.points)
        facts = [f"{n} row{'s' if n != 1 else ''}"] if n else []
        facts += [f"mean of {self.n_members} members"] if self.n_members > 1 else []
        if self.n_others:
            facts.append("other columns: median or most frequent value")
        lines = [f"{what} by {self.names[0]} and {self.names[1]}", " · ".join(facts)]
        return "\n".join(lines).rstrip()

    def _classes(self, ax: Axes, colours: Palette) -> None:
        from matplotlib.colors import to_rgb

        n = len(self.classes)
        palette = [colours.classes[k % len(colours.classes)] for k in range(n)]
        best = self.response.argmax(axis=2)
        certainty = (self.response.max(axis=2) - 1 / n) / (1 - 1 / n)
        strength = (0.12 + 0.38 * np.clip(certainty, 0, 1))[..., None]
        inks = np.array([to_rgb(colour) for colour in palette])[best]
        image = strength * inks + (1 - strength) * np.array(to_rgb(colours.background))
        extent = (self.x[0], self.x[-1], self.y[0], self.y[-1])
        ax.imshow(image, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
        for k in range(n):
            others = np.delete(self.response, k, axis=2).max(axis=2)
            lead = self.response[..., k] - others
            if lead.min() < 0 < lead.max():
                ax.contour(self.x, self.y, lead, [0.0], colors=colours.text, linewidths=1.2)
            self._write(ax, k, best == k, lead, colours)
        if self.points is None or self.targets is None:
            return
        for k, label in enumerate(self.classes):
            chosen = self.points[self.targets == k]
            style = {
                "s": 36, "color": palette[k], "linewidths": 0.7, "edgecolors": colours.background,
                "marker": MARKERS[k % len(MARKERS)], "rasterized": len(self.points) > 500,
                "label": label.replace("$", r"\$"), **self._scatter,
            }  # fmt: skip
            self.points_.append(ax.scatter(chosen[:, 0], chosen[:, 1], **style))
        ax.legend(framealpha=0.85)

    def _write(self, ax: Axes, k: int, won: np.ndarray, lead: np.ndarray, colours: Palette) -> None:
        """The name of a class inside its area, which greyscale and colour blindness need."""
        if not won.any():
            return
        row, column = (int(np.median(places)) for places in np.nonzero(won))
        if not won[row, column]:  # a bent area, or several
            row, column = (int(place) for place in np.unravel_index(lead.argmax(), lead.shape))
        across, up = column / (len(self.x) - 1), row / (len(self.y) - 1)
        ax.text(
            self.x[column], self.y[row], self.classes[k], color=colours.text,
            ha="left" if across < 0.15 else "right" if across > 0.85 else "center",
            va="bottom" if up < 0.15 else "top" if up > 0.85 else "center",
            weight="bold", parse_math=False, zorder=3,
            bbox={"facecolor": colours.background, "alpha": 0.7, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip

    def _numbers(self, ax: Axes, colours: Palette) -> None:
        from matplotlib.colors import Normalize

        known = [self.response] if self.targets is None else [self.response, self.targets]
        norm = Normalize(
            min(float(np.min(values)) for values in known),
            max(float(np.max(values)) for values in known),
        )
        filled = ax.contourf(self.x, self.y, self.response, 12, cmap="cividis", norm=norm)
        ax.contour(self.x, self.y, self.response, 12, colors=colours.background, linewidths=0.3)
        self.figure_.colorbar(filled, ax=ax, label="prediction")
        if self.points is not None and self.targets is not None:
            style = {
                "s": 36, "c": self.targets, "cmap": "cividis", "norm": norm, "linewidths": 0.7,
                "edgecolors": "white", "rasterized": len(self.points) > 500, **self._scatter,
            }  # fmt: skip
            self.points_.append(ax.scatter(self.points[:, 0], self.points[:, 1], **style))


def plot_decision_boundary(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    features: Any = None,
    grid_resolution: int = 100,
    ax: Axes | None = None,
) -> DecisionBoundaryDisplay:
    """Draw what a model answers over two of its inputs.

    Parameters
    ----------
    model : fitted Tabular estimator, or Network with two inputs
    X : table (n_rows, n_features)
        Gives the ranges of the two inputs and the typical values of the others.
    y : array (n_rows,), optional
        Targets as for `fit`; draws the rows.
    features : two names or positions of columns, optional
        Default: the first two columns of numbers.
    grid_resolution : int, default 100
        Points along each axis.
    ax : matplotlib axes, optional
        Default: those of a new figure.

    Returns
    -------
    DecisionBoundaryDisplay

    Raises
    ------
    DataError
        For inputs that cannot be drawn over, several labels or targets at once, or `features`
        beside a Network.
    TypeError
        For a model of another kind.
    """
    if hasattr(model, "spec"):
        if features is not None:
            raise DataError("features goes with an estimator; a network has its two inputs.")
        return DecisionBoundaryDisplay.from_network(
            model, X, y, grid_resolution=grid_resolution, ax=ax
        )
    if not callable(getattr(model, "predict", None)):
        raise TypeError(
            "a fitted estimator, or a Network with two inputs, is needed, found "
            f"{type(model).__name__}."
        )
    return DecisionBoundaryDisplay.from_estimator(
        model, X, y, features=features, grid_resolution=grid_resolution, ax=ax
    )
