"""The outcome of `check_gradients`: a verdict, the worst entry and a ranked table."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass
from typing import Any

from chainrule.explain.check.entries import CENTRAL, COMPLEX, SINGLE, Entry, TensorCheck
from chainrule.explain.check.kinks import Kink
from chainrule.explain.derivation.names import Names
from chainrule.explain.notation.numbers import format_error, format_number
from chainrule.explain.notation.tables import html_table, text_table
from chainrule.explain.notation.verdicts import KINK, OK, TOO_SMALL, WRONG, Verdict, shown

WIDTH = 80
# Why nothing can be said.
UNSEEN = {TOO_SMALL: "too small to be checked", KINK: "on a kink in every row"}
MOST_NAMES = 6  # of tensors in a sentence
HEADINGS = {COMPLEX: COMPLEX, CENTRAL: "central", SINGLE: SINGLE}  # of the table


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found.

    Attributes
    ----------
    tensors : tuple of TensorCheck
        Ranked: the one nearest to failing, or failing most, first.
    verdicts : tuple of Verdict
        On the step of fit, on the update, and on the gradients under dropout where there is any.
    n_parameters, n_rows : int
        Of the network and of the data.
    dtype : str
        The network's number type; "float32" adds a comparison in float32.
    loss : float
        The total loss on these rows.
    kinks : tuple of Kink
        Units and rows that stand on a kink, or where two number types stand on different sides of
        one; as far as others remain, those rows are left out.
    crossed : tuple of Kink
        Kinks that central differences crossed, the first of each tensor.
    notes : tuple of str
        What the check was not given, or leaves out.
    seed : int
        Of the sample, where not every parameter was checked.
    seconds : float
    names : Names
    """

    tensors: tuple[TensorCheck, ...]
    verdicts: tuple[Verdict, ...]
    n_parameters: int
    n_rows: int
    dtype: str
    loss: float
    kinks: tuple[Kink, ...]
    crossed: tuple[Kink, ...]
    notes: tuple[str, ...]
    seed: int
    seconds: float
    names: Names

    @property
    def verdict(self) -> str:
        """The worst of all: "wrong", "too small" where a tensor could not be seen, "kink" where
        all rows stand on one, or "ok"."""
        found = [tensor.verdict for tensor in self.tensors]
        found += [part.verdict for part in self.verdicts]
        return next((v for v in (WRONG, TOO_SMALL, KINK) if v in found), OK)

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return self.verdict != WRONG

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
            if entry.method == CENTRAL
        )

    @property
    def n_kinks(self) -> int:
        """Central differences set aside because they cross a kink."""
        return sum(
            entry.n_kinks
            for tensor in self.tensors
            for entry in tensor.entries
            if entry.method == CENTRAL
        )

    def name_of(self, entry: Entry) -> str:
        """The parameter of an entry: "W1[3,7] island=Dream".

        Parameters
        ----------
        entry : Entry

        Returns
        -------
        str
        """
        return self.names.parameter(entry.tensor, entry.place)

    def to_json(self) -> dict[str, Any]:
        """Plain values, at full precision.

        Returns
        -------
        dict
        """
        return {
            "ok": self.ok,
            "verdict": self.verdict,
            "n_parameters": self.n_parameters,
            "n_checked": self.n_checked,
            "n_rows": self.n_rows,
            "dtype": self.dtype,
            "loss": self.loss,
            "kinks": [str(kink) for kink in self.kinks],
            "kink_differences": self.n_kinks,
            "seed": self.seed,
            "worst": self._entry(self.worst),
            "tensors": [
                {
                    "name": tensor.name,
                    "shape": list(tensor.shape),
                    "largest_gradient": tensor.largest,
                    "verdict": tensor.verdict,
                    "ok": tensor.ok,
                    "checks": [self._entry(entry) for entry in tensor.entries],
                }
                for tensor in self.tensors
            ],
            "verdicts": [
                {"subject": v.subject, "verdict": v.verdict, "sentence": v.sentence}
                for v in self.verdicts
            ],
            "notes": list(self.notes),
        }

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "parameter": self.name_of(entry),
            "method": entry.method,
            "analytic": entry.analytic,
            "reference": entry.reference,
            "error": entry.error,
            "bound": entry.bound,
            "n_checked": entry.n_checked,
            "verdict": entry.verdict,
            "ok": entry.ok,
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The table as text: a heading and one row per tensor.

        Returns
        -------
        list of tuple of str
        """
        methods = [HEADINGS[entry.method] for entry in self.tensors[0].entries]
        return [
            ("tensor", "largest", *methods, "verdict"),
            *(
                (
                    tensor.name,
                    format_number(tensor.largest),
                    *(_cell(entry) for entry in tensor.entries),
                    shown(tensor.verdict),
                )
                for tensor in self.tensors
            ),
        ]

    def lines(self) -> list[str]:
        """What stands below the table; the verdict on everything is the last line.

        Returns
        -------
        list of str
        """
        remarks = [line for text in (*self._remarks(), *self.notes) for line in _wrapped(text)]
        told = [("gradients", self._of_gradients())]
        told += [(verdict.subject, verdict.outcome) for verdict in self.verdicts]
        width = max(len(subject) for subject, _ in told) + 2
        answers = [line for subject, text in told for line in _wrapped(text, subject.ljust(width))]
        return [*remarks, "", *answers, "", *_wrapped(self._conclusion())]

    def _remarks(self) -> list[str]:
        remarks = ["each figure: the largest difference over the tensor's largest gradient"]
        if any(entry.verdict == TOO_SMALL for tensor in self.tensors for entry in tensor.entries):
            remarks.append(f"{TOO_SMALL}: this way errs by more than the gradients themselves")
        lost = sum(t.verdict == OK and t.entries[-1].verdict == TOO_SMALL for t in self.tensors)
        if lost and self.dtype == SINGLE:
            remarks.append(f"float32 rounds as much in {lost} tensors whose float64 is confirmed")
        if self.n_checked < self.n_parameters:
            remarks.append(f"a sample of the parameters, seed {self.seed}")
        if self.kinks:
            rows = len({kink.row for kink in self.kinks})
            lie = "row lies on a kink" if rows == 1 else "rows lie on a kink"
            remarks.append(f"{rows} {lie} and cannot be compared; the first: {self.kinks[0]}")
        if self.crossed:
            crosses = "difference crosses" if self.n_kinks == 1 else "differences cross"
            remarks.append(f"{self.n_kinks} {crosses} a kink; the first: {self.crossed[0]}")
        return remarks

    def _of_gradients(self) -> str:
        worst = self.worst
        if not worst.ok:
            engine, other = (
                format_number(value, 10) for value in (worst.analytic, worst.reference)
            )
            found = "float64" if worst.method == SINGLE else f"the {worst.method}"
            number = "float32" if worst.method == SINGLE else "the engine"
            where = self.name_of(worst)
            return f"{where} is {engine} in {number}, {other} by {found}: {shown(WRONG)}"
        seen = [tensor for tensor in self.tensors if tensor.verdict == OK]
        agree = f"{len(seen)} tensors agree" if len(seen) != 1 else "1 tensor agrees"
        text = f"{agree} with derivatives that know no chain rule: {OK}"
        for verdict, why in UNSEEN.items():
            names = self._names(verdict)
            text += f"; {names}: {why}" if names else ""
        return text

    def _names(self, verdict: str) -> str:
        names = sorted(tensor.name for tensor in self.tensors if tensor.verdict == verdict)
        return ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")

    def _conclusion(self) -> str:
        parts = [("gradients", tensor.verdict) for tensor in self.tensors]
        parts += [(part.subject, part.verdict) for part in self.verdicts]
        wrong = dict.fromkeys(subject for subject, verdict in parts if verdict == WRONG)
        if wrong:
            return f"{shown(WRONG)}: {', '.join(wrong)}"
        if self.verdict in UNSEEN:
            names = self._names(self.verdict)
            return f"{UNSEEN[self.verdict]}: {names}; nothing wrong was found"
        right = dict.fromkeys(subject for subject, verdict in parts if verdict == OK)
        return f"{OK}: {', '.join(right)}"

    def __str__(self) -> str:
        checked = f"{self.n_checked} of {self.n_parameters} gradients"
        rows = f"{self.n_rows} rows" if self.n_rows > 1 else "1 row"
        title = f"check of {checked} over {rows}, loss {format_number(self.loss)}"
        return "\n".join([title, "", text_table(self.rows()), "", *self.lines()])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(line)}</p>" for line in self.lines() if line)
        return f"{html_table(self.rows())}{notes}"


def _cell(entry: Entry) -> str:
    if entry.verdict in UNSEEN:
        return entry.verdict
    return format_error(entry.error)


def _wrapped(text: str, subject: str = "") -> list[str]:
    """Lines of at most 80 characters, indented below the subject."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=subject, subsequent_indent=" " * (len(subject) or 2),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
