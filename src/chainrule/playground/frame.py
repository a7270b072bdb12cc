"""A frame: every number of the step that comes next, as the page draws it."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.trace import StepTrace
from chainrule.playground.moment import Moment

MAX_UNITS = 12  # of a layer that are drawn
MAX_OUTPUTS = 512  # rows whose outputs are sent
FLAT = 0.01  # a slope below this hardly lets a gradient through

Arrays = dict[str, np.ndarray]


def frame(
    moment: Moment,
    trace: StepTrace,
    row: int | None,
    focus: Asked | None = None,
    beside: StepTrace | None = None,
) -> tuple[dict[str, Any], Arrays]:
    """The state of the run, the numbers of the next batch and those of one row.

    Parameters
    ----------
    moment : Moment
    trace : StepTrace
        Of that moment.
    row : int or None
        Number of the row in the table; None takes the row of the batch that the network answers
        worst.
    focus : Asked, optional
        A quantity whose units are drawn.
    beside : StepTrace, optional
        Of the row alone, where it is not in the batch.

    Returns
    -------
    dict, dict of str to ndarray
        Plain values, among them "units", the units of each layer that are drawn; and arrays of
        float64: "a1" (units,) of the row, and between the drawn units "W1", "dL_dW1", "update_W1".
    """
    rows = [int(r) for r in trace.row_ids or ()]
    shown = beside or trace
    place = place_of(shown, row)
    arrays = _units(shown, place)
    units = drawn_units(shown, place, focus)
    for l in range(1, moment.spec.n_layers + 1):
        for prefix in ("", "dL_d", "update_"):
            arrays[f"{prefix}W{l}"] = trace[f"{prefix}W{l}"][np.ix_(units[l], units[l - 1])]
            arrays[f"{prefix}b{l}"] = trace[f"{prefix}b{l}"]
    arrays["target"] = shown.targets[place]
    arrays["x"] = shown.X[place]
    arrays["losses"] = trace.losses
    if moment.n_rows <= MAX_OUTPUTS:
        arrays["outputs"] = engine.predict(moment.spec, moment.params, moment.X)
    state = {
        "step": moment.step,
        "epoch": moment.state.epoch,
        "batch": moment.batch,
        "n_batches": moment.n_batches,
        "rows": rows,
        "units": units,
        "row": int((shown.row_ids or ())[place]),
        "in_batch": beside is None,
        "row_loss": float(shown.losses[place]),
        "batch_loss": trace.data_loss,
        "penalty": trace.penalty,
        "predicted_change": trace.predicted_change,
        "real_change": trace.real_change,
        "learning_rate": moment.training.learning_rate,
        "layers": [_layer(trace, l) for l in range(1, moment.spec.n_layers + 1)],
    }
    return state, arrays


def drawn_units(trace: StepTrace, place: int, focus: Asked | None) -> list[list[int]]:
    """For each layer from the input on the units that are drawn: all of a few, else those through
    which most of the row's derivative passes, and those of `focus`."""
    found = []
    for l, size in enumerate(trace.spec.layer_sizes):
        carried = np.abs(trace.delta[l][place]) if l else np.abs(trace.a[0][place])
        if l == 0:
            carried = carried * np.abs(trace.delta[1][place] @ trace.W[1])
        chosen = set(np.argsort(-carried, kind="stable")[:MAX_UNITS].tolist())
        if focus is not None and l in (focus.layer, focus.layer - 1):
            asked = focus.unit if l == focus.layer else focus.source
            if asked is not None and asked < size and asked not in chosen:
                chosen.discard(int(min(chosen, key=lambda unit: carried[unit])))
                chosen.add(asked)
        found.append(sorted(chosen))
    return found


def place_of(trace: StepTrace, row: int | None) -> int:
    """Where a row of the table stands in the batch; the worst answered one where it does not."""
    rows = list(trace.row_ids or ())
    return rows.index(row) if row in rows else int(np.argmax(trace.losses))


def _units(trace: StepTrace, place: int) -> Arrays:
    """z, a, slope and delta of one row, by layer; what a layer lacks is left out."""
    found: Arrays = {}
    for l in range(trace.spec.n_layers + 1):
        for kind in ("z", "a", "slope", "delta"):
            try:
                found[f"{kind}{l}"] = trace[f"{kind}{l}"][place]
            except KeyError:  # the input has no z, softmax no slope
                continue
    return found


def _layer(trace: StepTrace, l: int) -> dict[str, float | None]:
    """How a layer is doing: sizes of its gradient and update, and shares of flat slopes."""
    weights, grads, update = (trace[f"{prefix}W{l}"] for prefix in ("", "dL_d", "update_"))
    size = float(np.linalg.norm(weights))
    slopes = trace.slope[l]
    flat = None if slopes is None else np.abs(slopes) < FLAT
    return {
        "gradient": float(np.linalg.norm(grads)),
        "update": float(np.linalg.norm(update)) / size if size else None,
        "flat": None if flat is None else float(flat.mean()),
        "dead": None if slopes is None else float((slopes == 0).all(axis=0).mean()),
    }
