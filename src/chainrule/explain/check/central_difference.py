"""One number checked without the chain rule: perturb it, and watch the loss.

    dL/dw is about [L(w + h) - L(w - h)] / 2h,   h = 6.06e-6 max(1, |w|)

A parameter is moved inside the engine's forward pass; a z or a delta is moved in `reference/`.
Forward quantities (z, a, the loss) have nothing to perturb and are computed again by `reference/`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.check.kinks import STEP, crossed, is_smooth, sides
from chainrule.explain.notation.contents import Check
from chainrule.explain.notation.names import Asked
from chainrule.explain.trace import StepTrace
from chainrule.reference.forward import activate, forward, forward_layer
from chainrule.reference.gradients import complex_step
from chainrule.reference.losses import penalty, row_losses, targets

METHODS = ("central", "complex", "none")
TOLERANCE = 1e-5
EPSILON = float(np.finfo(np.float64).eps)


def check_one(trace: StepTrace, asked: Asked, row: int, value: float, method: str) -> Check | None:
    """Check one quantity of a float64 trace; None for method "none"."""
    if method not in METHODS:
        raise SpecError(f"check must be one of {', '.join(METHODS)}, found {method!r}.")
    if method == "none":
        return None
    if asked.is_parameter:
        derive = _complex if method == "complex" else _central
        return derive(trace, asked, value)
    if asked.kind == "delta":
        return _perturb_z(trace, asked, row, value)
    return _again(trace, asked, row, value)


def _verdict(method: str, analytic: float, numeric: float, noise: float, limit: float) -> Check:
    difference = abs(numeric - analytic)
    size = max(abs(numeric), abs(analytic))
    error = difference / size if size else 0.0
    good = error <= limit or difference <= 10 * noise
    return Check(method, analytic, numeric, error, limit, "ok" if good else "FAILED")


def _two_sided(
    center: float, up: float, down: float, h: float, analytic: float, kinks: list[Any]
) -> Check:
    numeric = (up - down) / (2 * h)
    noise = EPSILON * max(abs(up), abs(down)) / h
    check = _verdict("central difference", analytic, numeric, noise, TOLERANCE)
    if not kinks:
        return check
    return Check(
        check.method, analytic, numeric, check.error, TOLERANCE, "kink", str(kinks[0]),
        (center - down) / h, (up - center) / h,
    )  # fmt: skip


def _central(trace: StepTrace, asked: Asked, analytic: float) -> Check:
    name, at = asked.tensor, asked.at
    w = float(trace.params[name][at])
    h = STEP * max(1.0, abs(w))
    losses, standing = [], []
    for step in (h, -h):
        moved = trace.params[name].copy()
        moved[at] += step
        loss, z, a = _loss(trace, {**trace.params, name: moved})
        losses.append(loss)
        standing.append(sides(trace.spec, z, a, trace.y))
    kinks: list[Any] = list(crossed(trace.spec, *standing))
    if trace.training.l1 and asked.kind == "W" and 0 < abs(w) < h:
        kinks.append("the penalty l1 |w|")
    return _two_sided(trace.loss, losses[0], losses[1], h, analytic, kinks)


def _loss(trace: StepTrace, params: dict[str, np.ndarray]) -> tuple[float, Any, Any]:
    """Total loss, z and a with these parameters: the engine's forward pass and its losses."""
    seen = engine.trace(
        trace.spec,
        params,
        trace.X,
        trace.y,
        trace.training,
        sample_weight=trace.sample_weight,
        dropout_epoch=trace.dropout_epoch,
    )
    return seen.loss, seen.z, seen.a


def _complex(trace: StepTrace, asked: Asked, analytic: float) -> Check:
    w = trace.params[asked.tensor][asked.at]
    at_penalty_kink = bool(trace.training.l1) and asked.kind == "W" and w == 0
    if at_penalty_kink or not is_smooth(trace.spec):
        check = _central(trace, asked, analytic)  # finds a kink beside the point, if there is one
        if at_penalty_kink or check.verdict == "kink":
            return check
    flat = np.ravel_multi_index(asked.at, trace.params[asked.tensor].shape)
    found = complex_step(
        trace.spec,
        trace.params,
        trace.X,
        trace.y,
        trace.training,
        sample_weight=trace.sample_weight,
        dropout_epoch=trace.dropout_epoch,
        indices={asked.tensor: np.array([flat])},
    )
    noise = EPSILON * abs(trace.loss)
    return _verdict("complex step", analytic, float(found[asked.tensor][0]), noise, 1e-10)


def _perturb_z(trace: StepTrace, asked: Asked, row: int, analytic: float) -> Check:
    """delta_j(l) = dl/dz_j(l): the row's loss as z_j moves."""
    spec, l = trace.spec, asked.layer
    masks = None if trace.dropout_epoch is None else [
        None if m is None else m[row : row + 1] for m in trace.masks
    ]  # fmt: skip
    rows = targets(spec, trace.targets[row : row + 1])
    z0 = np.asarray(trace.z[l][row : row + 1], np.float64)
    h = STEP * max(1.0, abs(float(z0[0, asked.unit])))
    losses, standing = [], []
    for step in (h, -h, 0.0):
        z: list[Any] = [None] * (spec.n_layers + 1)
        a: list[Any] = [None] * (spec.n_layers + 1)
        z[l] = z0.copy()
        z[l][0, asked.unit] += step
        a[l] = activate(spec, trace.params, l, z[l])
        for number in range(l + 1, spec.n_layers + 1):
            z[number], a[number] = forward_layer(spec, trace.params, number, a[number - 1], masks)
        losses.append(float(row_losses(spec, z[-1], a[-1], rows)[0]))
        standing.append(_sides_above(spec, z, a, rows, l))
    kinks = crossed(spec, standing[0], standing[1])
    return _two_sided(losses[2], losses[0], losses[1], h, analytic, kinks)


def _sides_above(spec: Any, z: list[Any], a: list[Any], rows: Any, l: int) -> dict[int, np.ndarray]:
    full = [
        np.zeros((1, n)) if layer is None else layer
        for layer, n in zip(z, spec.layer_sizes, strict=True)
    ]
    return {n: side for n, side in sides(spec, full, a, rows).items() if n >= l}


def _again(trace: StepTrace, asked: Asked, row: int, value: float) -> Check:
    masks = None if trace.dropout_epoch is None else trace.masks
    z, a = forward(trace.spec, trace.params, trace.X, masks)
    if asked.kind == "loss":
        total = row_losses(trace.spec, z[-1], a[-1], trace.targets) @ trace.shares
        again = float(total + penalty(trace.params, trace.training.l1, trace.training.l2))
    else:
        again = float((z if asked.kind == "z" else a)[asked.layer][row, asked.unit])
    size = float(np.abs(trace.params[f"W{max(asked.layer, 1)}"]).max()) if asked.layer else 1.0
    return _verdict("reference", value, again, 100 * EPSILON * max(size, abs(value)), 1e-12)
