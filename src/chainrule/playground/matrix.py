"""A wide layer as a matrix: sorted by what matters to the row, searched by number or name."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.explain.trace import StepTrace
from chainrule.playground.frame import Arrays

SIZE = 12  # units and sources shown at once


def matrix_of(
    trace: StepTrace,
    shown: StepTrace,
    row: int,
    layer: int,
    what: str,
    searches: tuple[str, str],
    first: int,
) -> tuple[dict[str, Any], Arrays]:
    """A part of the matrix of a layer.

    Units stand by |delta_j| of the row, sources by |a_i sum_j w_ji delta_j|, the largest first.

    Parameters
    ----------
    trace : StepTrace
        Of the batch.
    shown : StepTrace
        That the row is in.
    row : int
        Its place there.
    layer : int
    what : "W", "dL_dW" or "update_W"
    searches : (str, str)
        For units and for sources: a number, or a part of a name; "" finds all.
    first : int
        How many of the found units to leave out before the first shown.

    Returns
    -------
    dict, dict of str to ndarray
        "units" and "sources" by number with their "names", and how many were found of each; beside
        them "values" (units, sources), and "z", "a", "delta" of the units and "x" of the sources.
    """
    W, delta, a = trace.W[layer], shown.delta[layer][row], shown.a[layer - 1][row]
    passed = np.abs(a * (delta @ W)) if len(a) == W.shape[1] else np.abs(delta @ W)
    names = [_names(trace, layer), _names(trace, layer - 1)]
    units = _found(np.abs(delta), names[0], searches[0])
    sources = _found(passed, names[1], searches[1])
    listed, beside = units[first : first + SIZE], sources[:SIZE]
    about = {
        "layer": layer,
        "what": what,
        "first": first,
        "units": listed,
        "sources": beside,
        "unit_names": [names[0][j] for j in listed],
        "source_names": [names[1][i] for i in beside],
        "n_units": len(units),
        "n_sources": len(sources),
    }
    arrays = {
        "values": trace[f"{what}{layer}"][np.ix_(listed, beside)],
        "delta": delta[listed],
        "a": shown.a[layer][row][listed],
        "x": a[beside] if len(a) == W.shape[1] else np.full(len(beside), np.nan),
    }
    return about, arrays


def _names(trace: StepTrace, layer: int) -> list[str]:
    """A name for each unit of a layer; "" where it has none."""
    size = trace.W[1].shape[1] if layer == 0 else len(trace.W[layer])
    return [trace.names.of_unit(layer, unit) for unit in range(size)]


def _found(sizes: np.ndarray, names: list[str], search: str) -> list[int]:
    """Those that a search finds, the largest first."""
    order = [int(k) for k in np.argsort(-sizes, kind="stable")]
    wanted = search.strip().casefold()
    if wanted.isdecimal():
        return [k for k in order if k == int(wanted)]
    return [k for k in order if wanted in names[k].casefold()]
