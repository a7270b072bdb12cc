"""What a network answers over a plane through its inputs, and where the rows lie in it.

The plane is spanned by two inputs, the others at their median, or by the first two principal
components of the rows around their mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import engine
from chainrule.playground.frame import MAX_OUTPUTS, Arrays
from chainrule.playground.moment import Moment

SIZE = 64  # points of a side


def over_columns(
    moment: Moment, columns: tuple[int, int], output: int
) -> tuple[dict[str, Any], Arrays]:
    """The answers over two inputs; see `_answers`."""
    center = np.median(moment.X, axis=0)
    center[list(columns)] = 0.0
    axes = np.zeros((2, moment.spec.n_features))
    axes[[0, 1], columns] = 1.0
    about, arrays = _answers(moment, center, axes, moment.X[:, columns], output)
    return {"columns": list(columns), **about}, arrays


def over_components(moment: Moment, output: int) -> tuple[dict[str, Any], Arrays]:
    """The answers over the two directions in which the rows differ most; see `_answers`. "kept" is
    the share of the rows' variance that lies in each."""
    center = moment.X.mean(axis=0)
    spread = moment.X - center
    _, sizes, directions = np.linalg.svd(spread, full_matrices=False)
    largest = np.abs(directions[:2]).argmax(axis=1)  # its sign makes that of the whole unique
    axes = directions[:2] * np.sign(directions[[0, 1], largest])[:, None]
    about, arrays = _answers(moment, center, axes, spread @ axes.T, output)
    total = float(np.square(sizes).sum()) or 1.0
    kept = [float(size**2) / total for size in sizes[:2]]
    return {"columns": None, "kept": kept, **about}, arrays


def _answers(
    moment: Moment, center: np.ndarray, axes: np.ndarray, places: np.ndarray, output: int
) -> tuple[dict[str, Any], Arrays]:
    """Answers at center + u axes[0] + v axes[1].

    Returns
    -------
    dict, dict of str to ndarray
        The ranges of both coordinates. "map" (64, 64) of uint8, row 0 at the top: for classes the
        most probable one, and beside it "confidence", 0 where all are as probable and 255 where one
        is certain; else one output, 0 at "low" and 255 at "high". "places" (n, 2) are the rows'
        coordinates, and "shades" (n,) for an output their targets on the same scale.
    """
    ranges = [_range(places[:, k]) for k in (0, 1)]
    u, v = (np.linspace(low, high, SIZE) for low, high in ranges)
    across, up = np.tile(u, SIZE), np.repeat(v[::-1], SIZE)
    outputs = engine.predict(moment.spec, moment.params, center + np.stack([across, up], 1) @ axes)
    about: dict[str, Any] = {"x": ranges[0], "y": ranges[1]}
    arrays: Arrays = {"places": places[:MAX_OUTPUTS]}
    if moment.y.ndim == 1:  # classes
        sure = (outputs.max(axis=1) * outputs.shape[1] - 1) / (outputs.shape[1] - 1)
        arrays["map"] = outputs.argmax(axis=1).astype(np.uint8).reshape(SIZE, SIZE)
        arrays["confidence"] = _shades(sure, 0.0, 1.0).reshape(SIZE, SIZE)
        return {**about, "n_classes": outputs.shape[1]}, arrays
    targets = moment.y[:, output].astype(np.float64)
    is_share = moment.spec.output_activation == "sigmoid"
    low, high = (0.0, 1.0) if is_share else _range(targets)
    arrays["map"] = _shades(outputs[:, output], low, high).reshape(SIZE, SIZE)
    arrays["shades"] = _shades(targets[:MAX_OUTPUTS], low, high)
    return {**about, "low": low, "high": high, "output": output}, arrays


def _shades(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """From 0 at `low` to 255 at `high`."""
    scaled = np.nan_to_num((values - low) / (high - low) * 255.0)
    return np.round(np.clip(scaled, 0.0, 255.0)).astype(np.uint8)


def _range(values: np.ndarray) -> tuple[float, float]:
    """Smallest and largest value with a margin of a tenth."""
    low, high = float(values.min()), float(values.max())
    margin = 0.1 * (high - low) or 0.5
    return low - margin, high + margin
