"""What a diagnosis found: each finding with its numbers, one sentence, and the remedy as code."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chainrule.explain.diagnosis.words import Remedy, Words
from chainrule.explain.notation.numbers import format_number

_WIDTH = 80
_SHOWN = 8  # units named one by one


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes
    ----------
    code : str
        A key of `chainrule.explain.diagnosis.table.TABLE`, such as "dead-units".
    sentence : str
        What is wrong, with the numbers filled in.
    remedies : tuple of mapping
        What would mend it, the best first.
    advice : str
        What to do where no code can be given.
    words : Words
        Those of the object that was diagnosed.
    layer : int or None
        Number of the layer, from 1; None where the fault belongs to no layer.
    units : tuple of int
        Units of that layer, from 0; empty where it is the whole layer.
    rows : tuple of int
        Rows that are at fault, from 0; empty where it is none in particular.
    cause : str
        Code of the finding that explains this one; "" where it stands by itself.
    evidence : mapping of str to number or str
        The measured numbers, those of the limit among them.
    """

    code: str
    sentence: str
    remedies: tuple[Remedy, ...] = ()
    advice: str = ""
    words: Words = field(default_factory=lambda: Words({}), repr=False)
    layer: int | None = None
    units: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    cause: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def steps(self) -> tuple[str, ...]:
        """The fix as lines of code, `...` for what was there before; empty where there is none."""
        known = (remedy for remedy in self.remedies if self.words.takes(remedy))
        remedy = next(known, None)
        return self.words.steps(remedy) if remedy else ()

    @property
    def fix(self) -> str:
        """What to do about it: code, or else advice."""
        return "\n".join(self.steps) or self.advice

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "code": self.code,
            "cause": self.cause,
            "layer": self.layer,
            "units": list(self.units),
            "rows": list(self.rows),
            "sentence": self.sentence,
            "fix": self.fix,
            "steps": list(self.steps),
            "evidence": {k: _plain(v) for k, v in self.evidence.items()},
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

    @property
    def heading(self) -> str:
        """The code, and the place where there is one."""
        return f"{self.code} ({self.place})" if self.place else self.code

    @property
    def statement(self) -> str:
        """The sentence with a capital and a full stop."""
        return f"{_capital(self.sentence)}."

    def __str__(self) -> str:
        lines = [self.heading, _filled(self.statement, "  ")]
        first, *rest = self.fix.split("\n")
        if self.steps:
            lines += [f"  fix: {first}", *(f"       {line}" for line in rest)]
        else:
            lines.append(_filled(f"fix: {self.fix}", "  ", "       "))
        return "\n".join(lines)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _capital(sentence: str) -> str:
    # A symbol such as z stays as it is.
    return sentence[:1].upper() + sentence[1:] if sentence[1:2].isalpha() else sentence


def _filled(text: str, indent: str = "", further: str | None = None) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_on_hyphens=False,
    )


@dataclass(frozen=True)
class Diagnosis(Sequence[Finding]):
    """The findings, the likeliest cause first; a sequence, true when there are any.

    `found[0]` is the first, `found["leak"]` the first of that code.

    Attributes
    ----------
    findings : tuple of Finding
        Causes, then what follows from them.
    checked : mapping of str to str
        Every detector that had what it needs, and what it looked for.
    skipped : mapping of str to str
        The detectors that had not, and what was missing.
    n_rows, n_seen : int
        Rows given, and rows in the trace that was read.
    n_epochs : int
        Epochs of the history.
    loss, baseline : float
        Mean loss of the network on the rows read, and of the best constant prediction.
    """

    findings: tuple[Finding, ...]
    checked: Mapping[str, str]
    skipped: Mapping[str, str]
    n_rows: int
    n_seen: int
    n_epochs: int
    loss: float
    baseline: float

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes found, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The findings that no other one explains."""
        return tuple(finding for finding in self.findings if not finding.cause)

    @property
    def summary(self) -> str:
        """One line: the first cause and its fix, or what was looked at."""
        if self.ok:
            return f"no fault found in {self._looked}"
        first = self.findings[0]
        fix = first.fix.split("\n")[-1]
        return f"{first.code}: {first.sentence}; fix: {fix}"

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, place: Any) -> Any:
        """By number, or the first of a code; raises `KeyError` where that was not found."""
        if isinstance(place, str):
            for finding in self.findings:
                if finding.code == place:
                    return finding
            raise KeyError(place)
        return self.findings[place]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def in_words(self, words: Words) -> Diagnosis:
        """The same with the fixes said to another object, such as a command.

        Parameters
        ----------
        words : Words
            What fixes are called there.

        Returns
        -------
        Diagnosis
        """
        findings = tuple(replace(finding, words=words) for finding in self.findings)
        return replace(self, findings=findings)

    def to_json(self) -> dict[str, Any]:
        """Plain values.

        Returns
        -------
        dict
        """
        return {
            "ok": self.ok,
            "summary": self.summary,
            "findings": [finding.to_json() for finding in self.findings],
            "checked": dict(self.checked),
            "skipped": dict(self.skipped),
            "n_rows": self.n_rows,
            "n_seen": self.n_seen,
            "n_epochs": self.n_epochs,
            "loss": self.loss,
            "baseline": self.baseline,
        }

    @property
    def _looked(self) -> str:
        rows = f"{self.n_rows:,} rows"
        if self.n_seen < self.n_rows:
            rows = f"{self.n_seen:,} of {rows}"
        return f"{_count(self.n_epochs, 'epoch')} and a step over {rows}"

    @property
    def head(self) -> str:
        """Two lines: how many faults in what was looked at, and the losses."""
        losses = (
            f"The loss is {format_number(self.loss, 3)}; "
            f"a constant prediction has {format_number(self.baseline, 3)}."
        )
        if self.ok:
            return f"No fault found in {self._looked}.\n{losses}"
        return f"{_count(len(self.causes), 'fault')} found in {self._looked}.\n{losses}"

    def lists(self) -> list[tuple[str, str]]:
        """What a reader may want to know beside the findings.

        Returns
        -------
        list of (title, text)
        """
        lists = []
        for cause in self.causes:
            names = [f.heading for f in self.findings if f.cause == cause.code]
            if names:
                lists.append((f"follows from {cause.code}", "; ".join(dict.fromkeys(names))))
        first = [f for f in self.findings if f.cause and f.code == "non-finite"]
        lists += [("where it began", f.sentence) for f in first]
        clean = [code for code in self.checked if code not in self.codes]
        if not self.ok:
            return [*lists, ("clean", f"{len(clean)} other checks")]
        lists.append(("checked and clean", ", ".join(clean)))
        reasons: dict[str, list[str]] = {}
        for code, why in self.skipped.items():
            reasons.setdefault(why, []).append(code)
        lists += [("not checked", f"{', '.join(of)}: {why}") for why, of in reasons.items()]
        return lists

    def __str__(self) -> str:
        parts = [self.head, *map(str, self.causes)]
        parts += [_filled(f"{title}: {text}", "", "  ") for title, text in self.lists()]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><b>{html.escape(f.code)}</b><br>{html.escape(f.place)}</td>"
            f"<td style='text-align:left'>{html.escape(f.statement)}"
            f"<pre>{html.escape(f.fix)}</pre></td></tr>"
            for f in self.causes
        )
        table = f"<table><tbody>{rows}</tbody></table>" if rows else ""
        lists = "".join(f"<p>{title}: {html.escape(text)}</p>" for title, text in self.lists())
        return f"<p>{html.escape(self.head)}</p>{table}{lists}"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
