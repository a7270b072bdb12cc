"""What a comparison of gradients finds: one entry a tensor and method."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.explain.notation.verdicts import KINK, OK, TOO_SMALL, WRONG

# The methods in the order of the table.
COMPLEX, CENTRAL, SINGLE = METHODS = ("complex step", "central difference", "float32")


@dataclass(frozen=True)
class Entry:
    """The worst parameter of one tensor by one method.

    Attributes
    ----------
    tensor, place : str, int
        The parameter's tensor and flat index.
    method : str
        One of `METHODS`; "float32" compares the engine's float32 gradient with its float64 one.
    analytic, reference : float
        The engine's gradient and the one that it is held to.
    error : float
        The largest difference in the tensor, over its largest gradient.
    bound : float
        What truncation and rounding of this one number amount to.
    severity : float
        The difference in units of the bound.
    n_checked, n_kinks : int
        Parameters compared, and differences set aside because they cross a kink.
    seen : bool
        Whether gradients larger than their bounds make up most of the tensor, or all are exactly
        0. Else the method would confirm twice the tensor, or its opposite, as well.
    """

    tensor: str
    place: int
    method: str
    analytic: float
    reference: float
    error: float
    bound: float
    severity: float
    n_checked: int
    n_kinks: int
    seen: bool

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`: "kink" where every difference was set aside."""
        if not self.severity <= 1.0:
            return WRONG
        if self.n_kinks == self.n_checked:
            return KINK
        return OK if self.seen else TOO_SMALL

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return self.verdict != WRONG


@dataclass(frozen=True)
class TensorCheck:
    """One parameter array by every method."""

    name: str
    shape: tuple[int, ...]
    largest: float
    entries: tuple[Entry, ...]

    @property
    def severity(self) -> float:
        """That of the entry nearest to failing."""
        return max(entry.severity for entry in self.entries)

    @property
    def verdict(self) -> str:
        """Wrong by any method, else what the one that sees most says."""
        found = [entry.verdict for entry in self.entries]
        return WRONG if WRONG in found else OK if OK in found[:2] else found[0]

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return self.verdict != WRONG
