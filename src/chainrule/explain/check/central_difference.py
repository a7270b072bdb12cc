"""One number checked without the chain rule: perturb it, and watch the loss.

    dL/dw is about D(h) = [L(w + h) - L(w - h)] / 2h,   h = 6.06e-6 max(1, |w|)

D(h) errs by truncation, for which D(2h) - D(h) and D(h) - D(h/2) stand, the larger of them: one
alone may be small by chance where h is long beside the waves of the loss. It errs by rounding, too:
that of L over h. Where they amount to more than the number itself, the complex step looks closer.

A parameter is moved inside the engine's forward pass. A z moves with its bias: delta is what comes
of that for one row alone, in `reference/`.
Forward quantities (z, a, the loss) have nothing to perturb and are computed again by `reference/`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.check.kinks import STEP, crossed
from chainrule.explain.check.probe import Probe, of_parameter, of_unit, shaken
from chainrule.explain.check.rounding import Sensitivity
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.notation.numbers import format_error
from chainrule.explain.notation.verdicts import KINK, OK, TOO_SMALL, WRONG, Check
from chainrule.explain.trace import StepTrace
from chainrule.reference.forward import forward
from chainrule.reference.gradients import batch_penalty
from chainrule.reference.losses import penalty, row_losses

METHODS = ("central", "complex", "none")
TRUNCATION = 2.0  # of D(2h) - D(h), which is 3 times the error of a curve, once that of a bend
# Method -> the limit that is shown where the bound, which decides, is below it.
LEAST = {"central difference": 1e-5, "complex step": 1e-10, "reference": 1e-12}


def check_one(trace: StepTrace, asked: Asked, row: int, value: float, method: str) -> Check | None:
    """Check one quantity of a float64 trace; None for method "none". Raises `SpecError` for an
    unknown method."""
    if method not in METHODS:
        raise SpecError(f"check must be one of {', '.join(METHODS)}, found {method!r}.")
    if method == "none":
        return None
    if asked.is_parameter:
        probe, rounding = of_parameter(trace, asked.tensor, asked.at), shaken(trace)
    elif asked.kind == "delta":
        probe = of_unit(trace, asked.layer, asked.unit, row)
        rounding = probe.sensitivity()
    else:
        return _again(trace, asked, row, value)
    seen = _central(probe, value, rounding)
    if seen.verdict == KINK or (method == "central" and seen.verdict != TOO_SMALL):
        return seen
    check = _complex(probe, value, rounding)
    if method == "complex" or check.verdict == TOO_SMALL:
        return check
    errs = format_error(seen.limit * max(abs(seen.numeric), abs(seen.analytic)))
    return replace(check, note=f"too small for a central difference, which errs by {errs}")


def judged(method: str, analytic: float, numeric: float, bound: float) -> Check:
    """The verdict on two numbers that may differ by `bound`."""
    difference, size = abs(numeric - analytic), max(abs(numeric), abs(analytic))
    if size == 0:
        return Check(method, analytic, numeric, 0.0, LEAST[method], OK)
    if not difference <= bound:
        return Check(method, analytic, numeric, difference / size, bound / size, WRONG)
    if bound >= abs(numeric):  # twice the number, or its opposite, would pass as well
        return Check(method, analytic, numeric, difference / size, bound / size, TOO_SMALL)
    limit = max(bound / size, LEAST[method])
    return Check(method, analytic, numeric, difference / size, limit, OK)


def _central(probe: Probe, analytic: float, rounding: Sensitivity) -> Check:
    w = float(probe.params[probe.tensor][probe.at])
    h = STEP * max(1.0, abs(w))
    center = probe.loss(0.0)[0]
    (up, above), (down, below) = probe.loss(h), probe.loss(-h)
    numeric = (up - down) / (2 * h)
    # What the slope's own rounding adds to that of the loss grows with h, and is divided by it.
    noise = rounding.of_loss / h + _own(probe, rounding)
    bound = truncated(probe, numeric, h, rounding.of_loss) + noise
    check = judged("central difference", analytic, numeric, bound)
    kinks: list[Any] = list(crossed(probe.spec, above, below))
    if abs(w) < h and _l1(probe):
        kinks.append("the penalty l1 |w|")
    if not kinks:
        return check
    slopes = (center - down) / h, (up - center) / h
    return replace(
        check, verdict=KINK, kink=str(kinks[0]), left_slope=slopes[0], right_slope=slopes[1]
    )


def truncated(probe: Probe, numeric: float, h: float, of_loss: float) -> float:
    """How far D(h), which is `numeric`, may be from the slope, beside the rounding of L."""
    double, half = (
        abs((probe.loss(step)[0] - probe.loss(-step)[0]) / (2 * step) - numeric)
        for step in (2 * h, 0.5 * h)
    )
    rounding = 3.0 * of_loss / h  # of the shorter step, which is divided by less, and of D(h)
    return TRUNCATION * max(double, half - rounding)


def _l1(probe: Probe) -> bool:
    """Whether l1, which has a kink at 0, acts on the parameter."""
    return bool(probe.training.l1) and probe.spec.parameters[probe.tensor].is_weight


def _complex(probe: Probe, analytic: float, rounding: Sensitivity) -> Check:
    return judged("complex step", analytic, probe.complex_step(), _own(probe, rounding))


def _own(probe: Probe, rounding: Sensitivity) -> float:
    """The rounding of the gradient itself."""
    place = np.ravel_multi_index(probe.at, probe.params[probe.tensor].shape)
    return float(rounding.of(probe.tensor, np.float64)[place])


def _again(trace: StepTrace, asked: Asked, row: int, value: float) -> Check:
    spec, masks = trace.spec, None if trace.dropout_epoch is None else trace.masks
    z, a = forward(spec, trace.params, trace.X, masks)
    if asked.kind == "loss":
        l1, l2 = batch_penalty(trace.training, trace.n_rows, trace.sample_weight)
        total = row_losses(spec, z[-1], a[-1], trace.targets) @ trace.shares
        again = float(total + penalty(spec, trace.params, l1, l2))
        return judged("reference", value, again, shaken(trace).of_loss)
    again = float((z if asked.kind == "z" else a)[asked.layer][row, asked.unit])
    at = spec.a_places[asked.layer] if asked.kind == "a" else spec.dense_places[asked.layer - 1]
    bound = 0.0 if at is None else shaken(trace).of_output(at, row, asked.unit)
    return judged("reference", value, again, bound)
