"""What a diagnosis found: each finding with its numbers, one sentence, and the remedy as code."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_WIDTH = 80
_SHOWN = 8  # units named one by one


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes
    ----------
    code : str
        A key of `chainrule.explain.diagnosis.detectors.TABLE`, such as "dead-units".
    sentence : str
        What is wrong, with the numbers filled in.
    fix : str
        What to do about it, as code.
    layer : int or None
        Number of the layer, from 1; None where the fault belongs to no layer.
    units : tuple of int
        Units of that layer, from 0; empty where it is the whole layer.
    evidence : mapping of str to number or str
        The measured numbers, those of the limit among them.
    """

    code: str
    sentence: str
    fix: str
    layer: int | None = None
    units: tuple[int, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "code": self.code,
            "layer": self.layer,
            "units": list(self.units),
            "sentence": self.sentence,
            "fix": self.fix,
            "evidence": dict(self.evidence),
        }

    @property
    def place(self) -> str:
        """ "layer 2, units 0, 3, 5", or "" """
        if self.layer is None:
            return ""
        if not self.units:
            return f"layer {self.layer}"
        shown = ", ".join(str(unit) for unit in self.units[:_SHOWN])
        more = f" and {len(self.units) - _SHOWN} more" if len(self.units) > _SHOWN else ""
        return f"layer {self.layer}, unit{'s' * (len(self.units) > 1)} {shown}{more}"

    def __str__(self) -> str:
        head = f"{self.code} ({self.place})" if self.place else self.code
        first = self.sentence[:1]
        if self.sentence[1:2].isalpha():  # a symbol such as z stays as it is
            first = first.upper()
        sentence = textwrap.fill(
            f"{first}{self.sentence[1:]}.",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        return f"{head}\n{sentence}\n  fix: {self.fix}"


@dataclass(frozen=True)
class Diagnosis(Sequence[Finding]):
    """The findings, the gravest first; a sequence, true when there are any.

    Attributes
    ----------
    findings : tuple of Finding
    checked : mapping of str to str
        Every detector that had what it needs, and what it looked for.
    skipped : mapping of str to str
        The detectors that had not, and what was missing.
    n_rows, n_seen : int
        Rows given, and rows in the trace that was read.
    n_epochs : int
        Epochs of the history.
    """

    findings: tuple[Finding, ...]
    checked: Mapping[str, str]
    skipped: Mapping[str, str]
    n_rows: int
    n_seen: int
    n_epochs: int

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes found, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, place: Any) -> Any:
        return self.findings[place]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "ok": self.ok,
            "findings": [finding.to_json() for finding in self.findings],
            "checked": dict(self.checked),
            "skipped": dict(self.skipped),
            "n_rows": self.n_rows,
            "n_seen": self.n_seen,
            "n_epochs": self.n_epochs,
        }

    def _summary(self) -> str:
        looked = f"{self.n_epochs} epochs and one step over {self.n_seen:,} of {self.n_rows:,} rows"
        if self.ok:
            return f"no fault found in {looked}"
        faults = "1 fault" if len(self) == 1 else f"{len(self)} faults"
        return f"{faults} found in {looked}"

    def _lists(self) -> list[tuple[str, str]]:
        """What a reader may want to know beside the findings."""
        found = set(self.codes)
        clean = ", ".join(code for code in self.checked if code not in found)
        lists = [("checked and clean", clean)]
        lists += [("not checked", f"{code}: {why}") for code, why in self.skipped.items()]
        return [(title, text) for title, text in lists if text]

    def __str__(self) -> str:
        parts = [self._summary(), *map(str, self.findings)]
        parts += [
            textwrap.fill(
                f"{title}: {text}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False
            )
            for title, text in self._lists()
        ]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><b>{html.escape(f.code)}</b><br>{html.escape(f.place)}</td>"
            f"<td style='text-align:left'>{html.escape(f.sentence)}.<br>"
            f"<code>{html.escape(f.fix)}</code></td></tr>"
            for f in self.findings
        )
        table = f"<table><tbody>{rows}</tbody></table>" if rows else ""
        lists = "".join(f"<p>{title}: {html.escape(text)}</p>" for title, text in self._lists())
        return f"<p>{html.escape(self._summary())}</p>{table}{lists}"
