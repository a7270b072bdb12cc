"""One number checked without the chain rule: perturb it, and watch the loss.

    dL/dw is about [L(w + h) - L(w - h)] / 2h,   h = 6.06e-6 max(1, |w|)

A parameter is moved inside the engine's forward pass. A z moves with its bias: delta is what comes
of that for one row alone, in `reference/`.
Forward quantities (z, a, the loss) have nothing to perturb and are computed again by `reference/`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.check.kinks import STEP, crossed, is_smooth, sides, traced_sides
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.notation.contents import Check
from chainrule.explain.trace import StepTrace
from chainrule.reference.forward import forward, record_forward
from chainrule.reference.gradients import batch_penalty, complex_step
from chainrule.reference.losses import penalty, row_losses

METHODS = ("central", "complex", "none")
TOLERANCE = 1e-5
EPSILON = float(np.finfo(np.float64).eps)


def check_one(trace: StepTrace, asked: Asked, row: int, value: float, method: str) -> Check | None:
    """Check one quantity of a float64 trace; None for method "none". Raises `SpecError` for an
    unknown method."""
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
        seen = _seen(trace, {**trace.params, name: moved})
        losses.append(seen.loss)
        standing.append(traced_sides(seen, trace.y))
    kinks: list[Any] = list(crossed(trace.spec, *standing))
    if _is_penalised(trace, asked) and 0 < abs(w) < h:
        kinks.append("the penalty l1 |w|")
    return _two_sided(trace.loss, losses[0], losses[1], h, analytic, kinks)


def _is_penalised(trace: StepTrace, asked: Asked) -> bool:
    """Whether l1 acts on it, which has a kink at 0."""
    return bool(trace.training.l1) and trace.spec.parameters[asked.tensor].is_weight


def _seen(trace: StepTrace, params: dict[str, np.ndarray]) -> engine.Trace:
    """The same step with these parameters."""
    return engine.trace(
        trace.spec,
        params,
        trace.X,
        trace.y,
        trace.training,
        sample_weight=trace.sample_weight,
        dropout_epoch=trace.dropout_epoch,
    )


def _complex(trace: StepTrace, asked: Asked, analytic: float) -> Check:
    w = trace.params[asked.tensor][asked.at]
    at_penalty_kink = _is_penalised(trace, asked) and w == 0
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
    """delta_j(l) = dl/dz_j(l): the row's loss as z_j moves, and with it the bias b_j."""
    spec, bias = trace.spec, f"b{asked.layer}"
    masks = None if trace.dropout_epoch is None else [
        None if m is None else m[row : row + 1] for m in trace.masks
    ]  # fmt: skip
    X, rows = trace.X[row : row + 1], trace.targets[row : row + 1]
    h = STEP * max(1.0, abs(float(trace.z[asked.layer][row, asked.unit])))
    losses, standing = [], []
    for step in (h, -h, 0.0):
        moved = trace.params[bias].copy()
        moved[asked.unit] += step
        record = record_forward(spec, {**trace.params, bias: moved}, X, masks)
        losses.append(float(row_losses(spec, record.z[-1], record.a[-1], rows)[0]))
        standing.append(sides(spec, record.inputs, record.a[-1], rows))
    kinks = crossed(spec, standing[0], standing[1])
    return _two_sided(losses[2], losses[0], losses[1], h, analytic, kinks)


def _again(trace: StepTrace, asked: Asked, row: int, value: float) -> Check:
    masks = None if trace.dropout_epoch is None else trace.masks
    z, a = forward(trace.spec, trace.params, trace.X, masks)
    if asked.kind == "loss":
        l1, l2 = batch_penalty(trace.training, trace.n_rows, trace.sample_weight)
        total = row_losses(trace.spec, z[-1], a[-1], trace.targets) @ trace.shares
        again = float(total + penalty(trace.spec, trace.params, l1, l2))
    else:
        again = float((z if asked.kind == "z" else a)[asked.layer][row, asked.unit])
    size = float(np.abs(trace.params[f"W{max(asked.layer, 1)}"]).max()) if asked.layer else 1.0
    return _verdict("reference", value, again, 100 * EPSILON * max(size, abs(value)), 1e-12)
