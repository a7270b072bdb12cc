"""The run so far: go to any step, back by the nearest kept moment and the same steps again.

What a person changes on the way (a weight, a cell, a setting) is an event at a step. It is applied
again whenever the run passes that step, so that going back and forth shows the same numbers; a new
change drops everything after it.
"""

from __future__ import annotations

import time
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from chainrule.playground.changes import Change
from chainrule.playground.moment import Moment

MAX_BYTES = 64 << 20  # of kept moments
MAX_KEPT = 4096
FIRST_STEPS = 64  # of training by the clock, before its speed is known
MAX_POINTS = 600  # of the loss curve that is sent
JUMP = 1.1  # factor from which a rise of the loss is called one


@dataclass
class Timeline:
    """Moments of one run by their step.

    Parameters
    ----------
    now : Moment
        The start.
    """

    now: Moment
    _kept: dict[int, Moment] = field(default_factory=dict)
    _steps: list[int] = field(default_factory=list)  # of _kept, in order
    _changes: list[tuple[int, Change]] = field(default_factory=list)
    _losses: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._keep()

    def seek(self, step: int) -> Moment:
        """Go to a step; its changes are made. Raises `DivergedError` as `Moment.after` does, and
        stays where it was."""
        start = self._steps[bisect_right(self._steps, step) - 1]
        moment = self.now if start <= self.now.step <= step else self._kept[start]
        for at, change in self._changes:
            if moment.step < at <= step:
                moment = change(moment.after(at - moment.step))
        self.now = moment.after(step - moment.step)
        self._keep()
        return self.now

    def train_for(self, seconds: float) -> None:
        """Go on for about that long."""
        start, steps = time.perf_counter(), FIRST_STEPS
        while True:
            before = time.perf_counter()
            self.seek(self.now.step + steps)
            spent = time.perf_counter() - before
            left = seconds - (time.perf_counter() - start)
            if left <= 0:
                return
            steps = max(1, int(min(4 * steps, steps * left / spent)))

    def change(self, change: Change) -> Moment:
        """Change the present moment; what came after it is another run and is dropped."""
        changed = change(self.now)
        here = self.now.step
        self._changes = [(at, c) for at, c in self._changes if at <= here] + [(here, change)]
        self._steps = [step for step in self._steps if step < here]
        self._kept = {step: self._kept[step] for step in self._steps}
        self._losses = {step: loss for step, loss in self._losses.items() if step < here}
        self.now = changed
        self._keep()
        return changed

    @property
    def changes(self) -> tuple[tuple[int, Change], ...]:
        """What was changed by hand, with the step at which it was."""
        return tuple(self._changes)

    def forked(self) -> Timeline:
        """A second run with the same past."""
        return Timeline(
            self.now,
            dict(self._kept),
            list(self._steps),
            list(self._changes),
            dict(self._losses),
        )

    def curve(self) -> tuple[list[int], list[float]]:
        """Steps and total losses of the moments that were looked at, at most `MAX_POINTS`."""
        steps = sorted(self._losses)
        if len(steps) > MAX_POINTS:
            last = len(steps) - 1
            places = {round(k * last / (MAX_POINTS - 1)) for k in range(MAX_POINTS)}
            steps = [steps[k] for k in sorted(places)]
        return steps, [self._losses[step] for step in steps]

    def before_jump(self) -> int | None:
        """The step from which the loss rose by the largest factor to the next one looked at; None
        where it never rose by more than a tenth."""
        steps = sorted(self._losses)
        rises = [
            (self._losses[after] / self._losses[step], step)
            for step, after in pairwise(steps)
            if self._losses[step] > 0
        ]
        most, step = max(rises, default=(0.0, 0))
        return step if most > JUMP else None

    def loss(self) -> float:
        """The total loss of all rows, now."""
        step = self.now.step
        if step not in self._losses:
            self._losses[step] = self.now.loss()
        return self._losses[step]

    def again(self, first: int, steps: Sequence[int]) -> Iterator[tuple[float, float]]:
        """The run from `first` on once more, to each of `steps`: the seconds of training since the
        step before, and the total loss there. What was kept stays as it is."""
        moment = self.forked().seek(first)
        for step in steps:
            before = time.perf_counter()
            for at, change in self._changes:
                if moment.step < at <= step:
                    moment = change(moment.after(at - moment.step))
            moment = moment.after(step - moment.step)
            spent = time.perf_counter() - before
            yield spent, moment.loss()

    def _keep(self) -> None:
        """Keep the present moment; of too many, every other one goes."""
        step = self.now.step
        if step not in self._kept:
            insort(self._steps, step)
        self._kept[step] = self.now
        most = max(2, min(MAX_KEPT, MAX_BYTES // max(self.now.n_bytes, 1)))
        if len(self._steps) > most:
            changed = {at for at, _ in self._changes}
            self._steps = [
                s for k, s in enumerate(self._steps) if k % 2 == 0 or s in changed or s == step
            ]
            self._kept = {s: self._kept[s] for s in self._steps}
