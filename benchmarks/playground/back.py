"""Forward and back through the same bits: parameters, the optimizer's state, rows and place."""

from __future__ import annotations

import hashlib
from unittest.mock import patch

import numpy as np

from chainrule.playground import Problem
from chainrule.playground.moment import Moment
from chainrule.playground.timeline import Timeline


def digest(moment: Moment) -> str:
    """Of every bit that the next steps depend on."""
    state = moment.state
    numbers = (moment.step, moment.batch, state.epoch, state.n_steps, state.beta1_power)
    found = hashlib.blake2b(repr((*numbers, state.beta2_power)).encode())
    for arrays in (moment.params, state.moments, {"X": moment.X, "y": moment.y}):
        for name in sorted(arrays):
            found.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def there_and_back(start: Problem, n_steps: int, kept: int) -> int:
    """How many steps back gave the bits that were there on the way forward, all of them at best.

    Parameters
    ----------
    start : Problem
    n_steps : int
    kept : int
        Moments that the run may keep; those between are made again by the steps from the last one.
    """
    with patch("chainrule.playground.timeline.MAX_KEPT", kept):
        run = Timeline(start.start())
        forward = [digest(run.now), *(digest(run.seek(step)) for step in range(1, n_steps + 1))]
        back = [digest(run.seek(step)) for step in range(n_steps - 1, -1, -1)]
    return sum(one == other for one, other in zip(back, forward[-2::-1], strict=True))
