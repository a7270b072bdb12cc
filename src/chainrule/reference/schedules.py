"""Schedules: the factor on a rate in the course of one call of `fit`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from chainrule.spec import Schedule


def schedule_factor(
    schedule: Schedule, step: int, n_steps: int, epoch: int, losses: Sequence[float] = ()
) -> float:
    """The factor at the start of a step.

    Parameters
    ----------
    schedule : Schedule
    step, n_steps : int
        Steps done in this call and all its steps; t = step / n_steps.
    epoch : int
        Epochs completed in this call.
    losses : sequence of float
        One entry per completed epoch, the validation loss where there is one; for "plateau".
    """
    c = schedule.constants
    t = step / n_steps
    match schedule.name:
        case "step":
            return float(c["factor"] ** (epoch // c["every"]))
        case "exponential":
            return float(c["factor"] ** epoch)
        case "cosine":
            return cosine(step, n_steps, c["warmup"])
        case "plateau":
            return plateau(losses, c)
        case "coslog4":
            return 0.5 * (
                1.0 - math.cos(2.0 * math.pi * math.log2(1.0 + (2.0 ** c["cycles"] - 1.0) * t))
            )
        case "flat_cos":
            return 1.0 if t < 0.5 else 0.5 * (1.0 + math.cos(math.pi * (2.0 * t - 1.0)))
        case _:
            return 1.0


def cosine(step: int, n_steps: int, warmup: float) -> float:
    """Up in a line over the first `warmup` share of the steps, then down along half a cosine."""
    if step < warmup * n_steps:
        return min(1.0, (step + 1) / (warmup * n_steps))
    return 0.5 * (1.0 + math.cos(math.pi * (step / n_steps - warmup) / (1.0 - warmup)))


def plateau(losses: Sequence[float], c: Mapping[str, float]) -> float:
    """Times `factor`, not below `floor`, whenever `patience` epochs brought no new lowest loss."""
    result, best, waited = 1.0, math.inf, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited >= c["patience"] and waited > 0:
            result, waited = max(result * c["factor"], c["floor"]), 0
    return result
