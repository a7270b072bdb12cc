"""What a detector is: its code, what it looks for, its sentence, its remedies, its limits.

The detectors stand in files by what they look at: `targets`, `inputs`, `validation` (the data),
`settings`, `layers` (one recorded step), `course` (the losses of the epochs), `overflow`; `table`
has them all in the order of likelihood. A detector is a function of the evidence that yields what
it saw; everything in words is data beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from chainrule.explain.diagnosis.evidence import Evidence
from chainrule.explain.diagnosis.findings import Finding
from chainrule.explain.diagnosis.words import Code, Words
from chainrule.explain.notation.numbers import format_number


class Level(IntEnum):
    """How deep a fault lies: what lies deeper explains what lies above it.

    A target of 1e6 (data) makes a usual rate too high (setting), kills units (signal) and leaves
    the loss where it was (symptom). What stands beside explains nothing else, and nothing else it.
    """

    DATA = 0
    SETTING = 1
    SIGNAL = 2
    SYMPTOM = 3
    BESIDE = 4


@dataclass(frozen=True)
class Seen:
    """What a detector saw.

    Attributes
    ----------
    numbers : mapping of str to value
        For the sentence, the remedy and the evidence.
    layer : int or None
    units, rows : sequence of int
    """

    numbers: Mapping[str, Any]
    layer: int | None = None
    units: Sequence[int] = ()
    rows: Sequence[int] | np.ndarray = ()


Look = Callable[[Evidence, Mapping[str, float]], Iterator[Seen]]


@dataclass(frozen=True)
class Detector:
    """One row of the table.

    Attributes
    ----------
    code : str
    look : function of the evidence and the limits
    looks_for : str
        What is checked, in words.
    level : Level
    sentence : str
        With {names} of the numbers.
    remedies : sequence of mapping
        The first that the object at hand can be told is the fix. A value "{name}" is the number of
        that name; where that is None, the remedy does not apply.
    advice : str
        The fix in words, where no code can be given.
    limits : mapping of str to float
    needs : frozenset of str
        Of "history", "validation losses", "validation rows", "finite step".
    """

    code: str
    look: Look
    looks_for: str
    level: Level
    sentence: str
    remedies: Sequence[Mapping[str, Any]] = ()
    advice: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()

    def findings(self, evidence: Evidence) -> list[Finding]:
        """What it finds, in words."""
        return [self.finding(seen, evidence.words) for seen in self.look(evidence, self.limits)]

    def finding(self, seen: Seen, words: Words) -> Finding:
        """The sentence and the fix, filled with the numbers."""
        told = {name: _word(name, value) for name, value in seen.numbers.items()}
        if seen.layer is not None:
            told.setdefault("layer", seen.layer)
        return Finding(
            code=self.code,
            sentence=self.sentence.format(**told),
            remedies=tuple(self._filled(seen.numbers)),
            advice=self.advice.format(**told),
            words=words,
            layer=seen.layer,
            units=tuple(int(unit) for unit in seen.units),
            rows=tuple(int(row) for row in seen.rows),
            evidence={**seen.numbers, **{f"limit_{k}": v for k, v in self.limits.items()}},
        )

    def _filled(self, numbers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for remedy in self.remedies:
            filled = {name: _value(value, numbers) for name, value in remedy.items()}
            if all(value is not _NOT_HERE for value in filled.values()):
                yield filled


_NOT_HERE = object()


def _value(value: Any, numbers: Mapping[str, Any]) -> Any:
    if not isinstance(value, str) or isinstance(value, Code) or not value.startswith("{"):
        return value
    number = numbers.get(value.strip("{}"))
    return _NOT_HERE if number is None else number


def _word(name: str, value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return f"{value:g}" if name.endswith("rate") else format_number(value, 3)


def looks_for(what: str, level: Level, sentence: str, **rest: Any) -> Callable[[Look], Detector]:
    """Make a detector of a function; its code is the function's name."""

    def made(look: Look) -> Detector:
        code = look.__name__.replace("_", "-")
        return Detector(code, look, what, level, sentence, **rest)

    return made


HISTORY = frozenset({"history"})
FINITE = frozenset({"finite step"})
