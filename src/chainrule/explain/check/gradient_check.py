"""The outcome of `check_gradients`: a verdict, the worst entry and a ranked table."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from chainrule.explain.check.kinks import Kink
from chainrule.explain.derivation.names import Names
from chainrule.explain.notation.numbers import format_error, format_number
from chainrule.explain.notation.tables import html_table, text_table

# method -> the largest error that passes.
LIMITS = {"complex step": 1e-10, "central difference": 1e-6, "float32": 1e-4}


@dataclass(frozen=True)
class Entry:
    """The worst parameter of one tensor by one method.

    Attributes
    ----------
    tensor, place : str, int
        The parameter's tensor and flat index.
    method : str
        A key of `LIMITS`; "float32" compares the engine's float32 gradient with its float64 one.
    analytic, reference : float
        The engine's gradient and the one that it is held to.
    error : float
        Their difference over the tensor's scale.
    severity : float
        The error, less the rounding noise of a central difference, in units of its limit.
    n_checked, n_kinks : int
        Parameters compared, and central differences set aside because they cross a kink.
    """

    tensor: str
    place: int
    method: str
    analytic: float
    reference: float
    error: float
    severity: float
    n_checked: int
    n_kinks: int = 0

    @property
    def ok(self) -> bool:
        return self.severity <= 1.0


@dataclass(frozen=True)
class TensorCheck:
    """One parameter array by every method."""

    name: str
    shape: tuple[int, ...]
    largest: float
    entries: tuple[Entry, ...]

    @property
    def severity(self) -> float:
        return max(entry.severity for entry in self.entries)

    @property
    def ok(self) -> bool:
        return all(entry.ok for entry in self.entries)


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found.

    Attributes
    ----------
    tensors : tuple of TensorCheck
        Ranked: the one nearest to failing, or failing most, first.
    n_parameters, n_rows : int
        Of the network and of the data.
    dtype : str
        The network's number type; "float32" adds a comparison in float32.
    loss : float
        The total loss on these rows.
    kinks : tuple of Kink
        Units and rows where two number types stand on different sides of a kink; those rows are
        left out of the comparison.
    seed : int
        Of the sample, where not every parameter was checked.
    seconds : float
    names : Names
    """

    tensors: tuple[TensorCheck, ...]
    n_parameters: int
    n_rows: int
    dtype: str
    loss: float
    kinks: tuple[Kink, ...]
    seed: int
    seconds: float
    names: Names

    @property
    def ok(self) -> bool:
        """Whether every comparison passed."""
        return all(tensor.ok for tensor in self.tensors)

    @property
    def worst(self) -> Entry:
        """The entry nearest to failing, or failing most."""
        return max(self.tensors[0].entries, key=lambda entry: entry.severity)

    @property
    def n_checked(self) -> int:
        """Parameters compared with central differences."""
        return sum(
            entry.n_checked
            for tensor in self.tensors
            for entry in tensor.entries
            if entry.method == "central difference"
        )

    @property
    def n_kinks(self) -> int:
        """Central differences set aside because they cross a kink."""
        return sum(entry.n_kinks for tensor in self.tensors for entry in tensor.entries)

    def name_of(self, entry: Entry) -> str:
        """The parameter of an entry: "W1[3,7] island=Dream"."""
        return self.names.parameter(entry.tensor, entry.place)

    def to_json(self) -> dict[str, Any]:
        """Plain values, at full precision."""
        return {
            "ok": self.ok,
            "n_parameters": self.n_parameters,
            "n_checked": self.n_checked,
            "n_rows": self.n_rows,
            "dtype": self.dtype,
            "loss": self.loss,
            "limits": dict(LIMITS),
            "kinks": [str(kink) for kink in self.kinks],
            "kink_differences": self.n_kinks,
            "seed": self.seed,
            "worst": self._entry(self.worst),
            "tensors": [
                {
                    "name": tensor.name,
                    "shape": list(tensor.shape),
                    "largest_gradient": tensor.largest,
                    "ok": tensor.ok,
                    "checks": [self._entry(entry) for entry in tensor.entries],
                }
                for tensor in self.tensors
            ],
        }

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "parameter": self.name_of(entry),
            "method": entry.method,
            "analytic": entry.analytic,
            "reference": entry.reference,
            "error": entry.error,
            "limit": LIMITS[entry.method],
            "n_checked": entry.n_checked,
            "ok": entry.ok,
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The table as text: a heading and one row per tensor."""
        methods = [entry.method for entry in self.tensors[0].entries]
        heading = ("tensor", "shape", "largest gradient", *methods, "worst at", "")
        return [heading, *(self._row(tensor) for tensor in self.tensors)]

    def _row(self, tensor: TensorCheck) -> tuple[str, ...]:
        worst = max(tensor.entries, key=lambda entry: entry.severity)
        shape = " x ".join(str(n) for n in tensor.shape)
        errors = (format_error(entry.error) for entry in tensor.entries)
        largest = format_number(tensor.largest)
        verdict = "ok" if tensor.ok else "FAILED"
        return (tensor.name, shape, largest, *errors, self.name_of(worst), verdict)

    def notes(self) -> list[str]:
        """What the table does not say: sample, kinks, verdict."""
        worst = self.worst
        lines = []
        if self.n_checked < self.n_parameters:
            lines.append(f"a sample of the parameters, seed {self.seed}")
        if self.kinks:
            rows = len({kink.row for kink in self.kinks})
            lines.append(f"{rows} rows lie on a kink and are left out, first: {self.kinks[0]}")
        if self.n_kinks:
            lines.append(f"{self.n_kinks} central differences cross a kink and say nothing there")
        if self.ok:
            lines.append(
                f"ok: the largest error, {format_error(worst.error)} at {self.name_of(worst)} "
                f"({worst.method}), is within its limit of {format_error(LIMITS[worst.method])}"
            )
        else:
            lines.append(
                f"FAILED at {self.name_of(worst)}: the engine says "
                f"{format_number(worst.analytic, 10)}, the {worst.method} "
                f"{format_number(worst.reference, 10)}, error {format_error(worst.error)}, "
                f"limit {format_error(LIMITS[worst.method])}"
            )
        return lines

    def __str__(self) -> str:
        title = (
            f"check of {self.n_checked} of {self.n_parameters} gradients over {self.n_rows} rows, "
            f"loss {format_number(self.loss)}"
        )
        return "\n".join([title, "", text_table(self.rows()), "", *self.notes()])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        return f"{html_table(self.rows())}{notes}"
