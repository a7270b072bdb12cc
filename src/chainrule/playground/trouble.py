"""The trouble lab: runs that go wrong in one way each, and what heals them, as data.

Each is named after the finding that `diagnose` makes of it; the tests hold every one to that, and
every remedy to a falling loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chainrule.playground.changes import Change, SetParameter
from chainrule.playground.problems import Problem, problem
from chainrule.playground.setup import configured
from chainrule.playground.timeline import Timeline

STEPS = 100  # that it has gone wrong for when a person meets it
_PIECE = 5  # steps between two points of its curve


@dataclass(frozen=True)
class Trouble:
    """A run that goes wrong.

    Attributes
    ----------
    code : str
        What `diagnose` finds.
    title : str
        What a person sees, without the cause.
    problem : str
    setup, remedy : mapping
        Arguments of `configured`: as it goes wrong, and as it heals.
    changes : tuple of Change
        Made before the first step.
    """

    code: str
    title: str
    problem: str
    setup: Mapping[str, Any]
    remedy: Mapping[str, Any]
    changes: tuple[Change, ...] = field(default=())

    def broken(self) -> Problem:
        return configured(problem(self.problem), **self.setup)

    def lead(self, timeline: Timeline) -> None:
        """Let a run that began as `broken` go wrong for a while."""
        for change in self.changes:
            timeline.change(change)
        for _ in range(STEPS // _PIECE):
            timeline.loss()
            timeline.seek(timeline.now.step + _PIECE)

    def healed(self) -> Problem:
        return configured(problem(self.problem), **{**self.setup, **self.remedy})


def _dense(units: int, activation: str, n_layers: int = 1) -> list[dict[str, Any]]:
    return [{"kind": "dense", "units": units, "activation": activation}] * n_layers


def _weights(layer: int, to: int, source: int, value: Any) -> tuple[Change, ...]:
    """Every weight of a layer; value(j, i) is that into unit j from unit i."""
    return tuple(
        SetParameter(f"W{layer}[{j},{i}]", float(value(j, i)))
        for j in range(to)
        for i in range(source)
    )


_SGD = {"optimizer": "sgd"}

TROUBLES: dict[str, Trouble] = {
    trouble.code: trouble
    for trouble in (
        Trouble(
            "vanishing",
            "Eight layers, and the first ones do not move",
            "circles",
            {"hidden": _dense(8, "sigmoid", 8)},
            {"hidden": _dense(8, "relu", 3)},
        ),
        Trouble(
            "exploding",
            "The loss is large and jumps",
            "circles",
            {"hidden": _dense(8, "relu", 6)},
            {"seed": 1},
            tuple(SetParameter(f"W{l}[{k},{k}]", 12.0) for l in range(2, 7) for k in range(8)),
        ),
        Trouble(
            "dead-units",
            "Most units answer 0, whatever comes in",
            "circles",
            {"hidden": _dense(8, "relu")},
            {"hidden": _dense(8, "leaky_relu"), "seed": 1},
            tuple(SetParameter(f"b1[{k}]", -5.0) for k in range(6)),
        ),
        Trouble(
            "saturated",
            "Every unit is at the end of its curve",
            "circles",
            {"hidden": _dense(8, "tanh")},
            {"seed": 1},
            _weights(1, 8, 2, lambda j, i: (-1) ** (i + j) * (40 + j)),
        ),
        Trouble(
            "rate-too-high",
            "The loss climbs",
            "circles",
            {"training": {**_SGD, "learning_rate": 5.0}},
            {"training": {**_SGD, "learning_rate": 0.3}},
        ),
        Trouble(
            "rate-too-low",
            "The loss stands still",
            "sine",
            {"training": {**_SGD, "learning_rate": 1e-5}},
            {"training": {**_SGD, "learning_rate": 0.1}},
        ),
        Trouble(
            "twin-units",
            "Four units that do the same",
            "circles",
            {"hidden": _dense(4, "tanh")},
            {"seed": 1},
            _weights(1, 4, 2, lambda j, i: 0.3) + _weights(2, 1, 4, lambda j, i: 0.5),
        ),
    )
}
