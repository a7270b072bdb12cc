"""What a check answers, and the sentence that says it.

ok         the number agrees with one that was found in another way
kink       the slope jumps here: there are two, and none is wrong
too small  this way of checking errs by more than the number itself
wrong      the difference is more than truncation and rounding amount to
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.explain.notation.numbers import format_error

VERDICTS = ("ok", "kink", "too small", "unchecked", "wrong")
OK, KINK, TOO_SMALL, UNCHECKED, WRONG = VERDICTS


def shown(verdict: str) -> str:
    """The verdict as it is printed: a wrong number must not be overlooked."""
    return verdict.upper() if verdict == WRONG else verdict


@dataclass(frozen=True)
class Verdict:
    """One statement, and whether it holds.

    Attributes
    ----------
    subject : str
        "equations", "update", "step", ...
    verdict : str
        One of `VERDICTS`.
    sentence : str
        What was compared, and where it differs.
    """

    subject: str
    verdict: str
    sentence: str

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return self.verdict != WRONG

    @property
    def outcome(self) -> str:
        """The sentence and the verdict: "the rule of adam, applied again, gives the same: ok"."""
        return f"{self.sentence}: {shown(self.verdict)}"


@dataclass(frozen=True)
class Check:
    """A number beside one that was found without the chain rule.

    Attributes
    ----------
    method : str
        "central difference", "complex step" or "reference".
    analytic, numeric : float
    error : float
        |numeric - analytic| / max of both.
    limit : float
        What truncation and rounding of the method amount to, in the same unit.
    verdict : str
        One of `VERDICTS`.
    kink : str
        The unit and row that change sides between w - h and w + h.
    left_slope, right_slope : float or None
        One-sided slopes, at a kink.
    note : str
        Why this method was taken, or which one sees more.
    """

    method: str
    analytic: float
    numeric: float
    error: float
    limit: float
    verdict: str
    kink: str = ""
    left_slope: float | None = None
    right_slope: float | None = None
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return self.verdict != WRONG

    @property
    def outcome(self) -> str:
        """The verdict in words: "relative error < 1e-05: ok"."""
        if self.verdict == KINK:
            return f"says nothing across the kink of {self.kink}"
        if self.verdict == TOO_SMALL:
            errs = format_error(self.limit * max(abs(self.analytic), abs(self.numeric)))
            return f"{TOO_SMALL} to be checked this way, which errs by up to {errs}"
        if self.verdict == WRONG:
            allowed = f"at most {format_error(self.limit)} is rounding"
            return f"relative error {format_error(self.error)}, {allowed}: {shown(WRONG)}"
        return f"relative error < {format_error(power_of_ten(self.limit))}: ok{self._aside}"

    @property
    def _aside(self) -> str:
        return f"; {self.note}" if self.note else ""


def power_of_ten(limit: float) -> float:
    """The power of ten at or above it, so that no digit of a bound is taken for a figure."""
    exponent = -12
    while float(f"1e{exponent}") < limit:
        exponent += 1
    return float(f"1e{exponent}")


def in_short(verdicts: Sequence[Verdict]) -> list[str]:
    """Each verdict that is not ok in a sentence, and the others in one:
    "equations, update, step: ok"."""
    right = [verdict.subject for verdict in verdicts if verdict.verdict == OK]
    lines = [f"{v.subject}: {v.outcome}" for v in verdicts if v.verdict != OK]
    return [*lines, f"{', '.join(right)}: {OK}"] if right else lines
