"""A trace as JSON, and at a glance: one line per layer with typical magnitudes."""

from __future__ import annotations

import html
from typing import Any

import numpy as np

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.tables import html_table, text_table
from chainrule.explain.trace.record import Record
from chainrule.spec import OPTIMIZERS

FORMAT = "chainrule.trace/1"
KINDS = ("a", "mask", "z", "slope", "delta")


def header(trace: Record) -> dict[str, Any]:
    """What step this is: network, rows, reduction, optimizer, number types, notes."""
    step = trace.state_before
    return {
        "network": trace.spec.to_json(),
        "n_rows": trace.n_rows,
        "reduction": trace.training.reduction,
        "weighted_rows": trace.sample_weight is not None,
        "dropout": "off" if trace.dropout_epoch is None else f"epoch {trace.dropout_epoch}",
        "optimizer": trace.training.optimizer,
        "learning_rate": trace.training.learning_rate,
        "seed": trace.training.seed,
        "step": int(step.n_steps),
        "epoch": int(step.epoch),
        "dtype": str(trace.dtype),
        "trained_dtype": _trained_type(trace),
        "largest_output_difference_to_trained_dtype": trace.dtype_difference,
        "loss": trace.loss,
        "notes": list(trace.notes),
        "start": trace.start,
    }


def _number_type(trace: Record) -> str:
    """Of the training, where the record has its numbers; else of the arrays."""
    return _trained_type(trace) if trace.dtype == trace.trained_dtype else str(trace.dtype)


def _trained_type(trace: Record) -> str:
    return "bfloat16" if trace.spec.bfloat16 else str(trace.trained_dtype)


def to_json(trace: Record) -> dict[str, Any]:
    """The header, the training and every array by name, as plain values.

    Beside z, a, slope, delta and mask of each layer, the parameters, their gradients and updates:
    "targets" (n, n_outputs), "shares" (n,) of the rows in the loss, their "losses", and the
    optimizer's moments before the step ("first_moment.W1"). `proofs/checker.py` checks it all.
    """
    arrays: dict[str, Any] = {
        "losses": trace.losses.tolist(),
        "targets": trace.targets.tolist(),
        "shares": trace.shares.tolist(),
    }
    for layer in range(trace.spec.n_layers + 1):
        for kind in KINDS:
            try:
                arrays[f"{kind}{layer}"] = trace[f"{kind}{layer}"].tolist()
            except KeyError:  # layer 0 has an activation only, softmax no slope
                continue
    for name in trace.params:
        for prefix in ("", "dL_d", "update_"):
            arrays[f"{prefix}{name}"] = trace[f"{prefix}{name}"].tolist()
    row, moments = OPTIMIZERS[trace.training.optimizer], trace.state_before.moments
    for moment in row.moments:
        for name, values in trace.params.items():
            known = moments.get(f"{moment}.{name}")
            arrays[f"{moment}.{name}"] = (0.0 * values if known is None else known).tolist()
    if trace.spec.a_places[0] is not None:
        arrays["X"] = trace.X.tolist()
    constants = {name: trace.training.constant(name) for name in row.constants}
    training = {**trace.training.to_json(), "constants": constants}
    return {"format": FORMAT, "header": header(trace), "training": training, "arrays": arrays}


def to_text(trace: Record) -> str:
    return "\n".join([_summary(trace), text_table(_rows(trace)), *trace.notes, *_start(trace)])


def to_html(trace: Record) -> str:
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in (*trace.notes, *_start(trace)))
    return f"<p>{html.escape(_summary(trace))}</p>{html_table(_rows(trace))}{notes}"


def _start(trace: Record) -> tuple[str, ...]:
    return (trace.start,) if trace.start else ()


def _rows(trace: Record) -> list[tuple[str, ...]]:
    means = ("rms z", "rms a", "rms slope", "rms delta")
    rows: list[tuple[str, ...]] = [("layer", "units", *means, "|dL_dW|", "|update|")]
    numbered = {at.index: l for l, at in enumerate(trace.spec.dense_places, start=1)}
    for at in trace.spec.walk:
        if at.index not in numbered:
            for name, parameter in at.parameters.items():
                shape = " x ".join(str(n) for n in parameter.shape)
                rows.append((name, shape, *("-" for _ in means), *_norms(trace, name)))
            continue
        l = numbered[at.index]
        numbers = [
            _root_mean_square(series[l]) for series in (trace.z, trace.a, trace.slope, trace.delta)
        ]
        label = f"{l} {trace.spec.activations[l]}"
        rows.append((label, str(at.n_out), *numbers, *_norms(trace, f"W{l}")))
    return rows


def _norms(trace: Record, name: str) -> list[str]:
    """Sizes of a parameter's gradient and update."""
    arrays = (trace.grads[name], trace.update[name])
    return [format_number(float(np.linalg.norm(array))) for array in arrays]


def _root_mean_square(array: np.ndarray | None) -> str:
    return "-" if array is None else format_number(float(np.sqrt(np.mean(np.square(array)))))


def _summary(trace: Record) -> str:
    n = f"{trace.n_rows} row{'s' if trace.n_rows != 1 else ''}"
    return (
        f"StepTrace of {n}, {trace.training.reduction} of the rows' losses, "
        f"loss {format_number(trace.loss)}, {trace.training.optimizer}, {_number_type(trace)}"
    )
