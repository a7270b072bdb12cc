"""Two runs by the clock: the same steps once more, in turns, so that a busy machine slows both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.playground.frame import Arrays
from chainrule.playground.timeline import Timeline

POINTS = 40
SECONDS = 1.0  # of training, after which a race ends early

Run = tuple[list[float], list[float]]  # milliseconds since the start, and losses


def race(lanes: Sequence[Timeline], first: int) -> Arrays:
    """Time and loss of each lane, from step `first` to the present one of lane 0.

    Parameters
    ----------
    lanes : sequence of Timeline
    first : int

    Returns
    -------
    dict of str to ndarray
        "step" (n,), and for lane k "ms{k}", milliseconds of training since `first`, and "loss{k}".
        Fewer steps than asked for where training takes more than about a second in all.
    """
    last = lanes[0].now.step
    n = min(POINTS, last - first)
    planned = [first, *(first + round((k + 1) * (last - first) / n) for k in range(n))]
    going = [lane.again(first, planned) for lane in lanes]
    steps: list[int] = []
    runs: list[Run] = [([], []) for _ in lanes]
    for step in planned:
        if sum(times[-1] for times, _ in runs if times) > 1000 * SECONDS:
            break
        steps.append(step)
        for (times, losses), run in zip(runs, going, strict=True):
            seconds, loss = next(run)
            times.append((times[-1] if times else 0.0) + 1000 * seconds if step > first else 0.0)
            losses.append(loss)
    arrays = {"step": np.array(steps, float)}
    for k, (times, losses) in enumerate(runs):
        arrays |= {f"ms{k}": np.array(times), f"loss{k}": np.array(losses)}
    return arrays
