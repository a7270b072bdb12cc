"""How the numbers of a text column are written: the one way that reads every row, or a refusal."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.connection import literal
from chainrule.table.read.grammar import Conditions, shortened, stripped
from chainrule.table.read.numbers.spelling import (
    NumberSpelling,
    Parts,
    is_open,
    of_example,
    parts_of,
    separators,
    without_marks,
)
from chainrule.table.read.texts import Texts

_SAMPLE = 500  # different values that show a spelling, which then must read every row
_MANY = 12  # different numbers with a unit each that are no names
_MANY_MARKED = 8  # different numbers with marks that are no names of ranges


@dataclass(frozen=True)
class Numbers:
    """A text column of numbers.

    Attributes
    ----------
    spelling : NumberSpelling
    expression : str
        SQL of its values over the table `raw`, NULL where missing.
    notice : str
        What a person should know.
    """

    spelling: NumberSpelling
    expression: str
    notice: str


@dataclass(frozen=True)
class NumberColumn:
    """Decides how the numbers of one text column of the table `raw` are written.

    Attributes
    ----------
    texts : Texts
    name : str
    text : str
        SQL of its texts.
    conditions : Conditions
    location : callable
        location(row) says where a row stands in its file.
    delimiter : str or None
        What separates the fields of its file.
    """

    texts: Texts
    name: str
    text: str
    conditions: Conditions
    location: Callable[[int], str]
    delimiter: str | None = None

    def given(self, example: str) -> Numbers:
        """Read as the caller's example shows; `TableFileError` for another spelling."""
        spelling = of_example(example)
        if spelling is None:
            raise TableFileError(
                f"the example {example!r} for the column {self.name!r} is no number.",
                "Say for example --numbers 'price=1.234,56' or --numbers 'price=1,234.56'.",
            )
        fault = self._first(f"NOT {self._reads(spelling)}")
        if fault:
            raise TableFileError(
                f"{self._at(fault)}, which is not written like {example!r}.",
                f"If it stands for a missing value say --missing {shlex.quote(fault[1])}.",
            )
        return self._found(spelling)

    def find(self) -> Numbers | None:
        """The only spelling that reads every row, None for a text.

        Raises `TableFileError` where one separator may mean two things in every row.
        """
        values = self._values()
        parts = [found for value in values if (found := parts_of(value)) is not None]
        if not parts or 2 * len(parts) < len(values):
            return None
        around = Counter((part.before, part.after.strip()) for part in parts)
        (before, after), count = around.most_common(1)[0]
        if count < len(parts):
            return None
        spelling = self._spelling(parts, before, after)
        if spelling is None or self._first(f"NOT {self._reads(spelling)}"):
            return None
        return self._found(spelling)

    def unlike(self) -> str | None:
        """A notice where all values are numbers with units, and not with one, or with marks."""
        values = self._values()
        parts = [parts_of(value) for value in values]
        known = [part for part in parts if part is not None]
        bodies = {part.body for part in known}
        if len(known) < len(values):
            return self._marked(values)
        if len(bodies) < _MANY:
            return None
        units = sorted({(part.before + part.after).strip() for part in known})
        if not 1 < len(units) <= 8:
            return None
        shown = ", ".join(repr(unit) if unit else "none" for unit in units[:4])
        return (
            f"column {self.name!r} is read as text; its values look like numbers with "
            f"different units ({shown})."
        )

    def _marked(self, values: list[str]) -> str | None:
        """A notice where all values are numbers but for marks, or in digits of other scripts."""
        numbers = {number for value in values if (number := without_marks(value)) is not None}
        if len(numbers) < _MANY_MARKED or any(without_marks(value) is None for value in values):
            return None
        first = next((value for value in values if value != without_marks(value)), None)
        if first is None:  # codes such as 00123
            return None
        return (
            f"column {self.name!r} is read as text; its values look like numbers with marks "
            f"beside them or in other digits ({shortened(first)!r})."
        )

    def _spelling(self, parts: list[Parts], before: str, after: str) -> NumberSpelling | None:
        shown = {separators(part.body) for part in parts}
        if None in shown:
            return None
        decided = {pair for pair in shown if pair is not None}
        decimals = {decimal for decimal, _ in decided if decimal}
        groups = {group for _, group in decided if group}
        if len(decimals) == 1 and groups == decimals:  # 1,5 beside 1,234: one decimal sign
            groups = set()
        open_ = [part.body for part in parts if is_open(part.body)]
        closed = decimals or any(sum(not c.isdigit() for c in part.body) > 1 for part in parts)
        if len(decimals) > 1 or len(groups) > 1:
            return None
        if open_ and not closed and groups:
            (group,) = groups
            if group == "," and self.delimiter not in (",", None):
                self._refuse_open(open_[0], before, after)
            if group == ".":
                if not (before or after):
                    return None  # plain numbers; `doubts` looks at them
                self._refuse_open(open_[0], before, after)
        decimal = next(iter(decimals), "")
        group = next(iter(groups), "")
        if not decimal:
            decimal = "," if group == "." else "."
        return NumberSpelling(decimal, group, before, after.strip())

    def _refuse_open(self, body: str, before: str, after: str) -> None:
        fault = self._first(f"contains(t, {literal(body)})")
        assert fault is not None
        mark = next(c for c in body if not c.isdigit())
        whole = NumberSpelling("." if mark == "," else ",", mark, before, after.strip())
        part = NumberSpelling(mark, "", before, after.strip())
        raise TableFileError(
            f"{self._at(fault)}, in which {mark!r} may stand before decimals or between "
            "thousands, and no value of the column decides.",
            f"Say {option(self.name, part)} or {option(self.name, whole)}.",
        )

    def _found(self, spelling: NumberSpelling) -> Numbers:
        missing = self.conditions.is_missing_number(self.text)
        value = f"CASE WHEN {missing} THEN NULL ELSE {spelling.meaning(self.text)} END"
        first = self._first(f"NOT {self.conditions.is_number('t')}") or self._first("true")
        shown = f" ({first[1]!r})" if first else ""
        notice = f"column {self.name!r} is read as numbers{shown}, {spelling.words()}."
        return Numbers(spelling, value, notice)

    def _reads(self, spelling: NumberSpelling) -> str:
        return f"regexp_full_match({stripped('t')}, {literal(spelling.shape)})"

    def _values(self) -> list[str]:
        found = self.texts.connection.rows(
            f"SELECT {stripped('t')} FROM {self.texts.of(self.text)} "
            f"WHERE NOT {self.conditions.is_missing_number('t')} ORDER BY r LIMIT {_SAMPLE}"
        )
        return [str(text) for (text,) in found]

    def _first(self, condition: str) -> tuple[int, str] | None:
        found = self.texts.connection.rows(
            f"SELECT r, {stripped('t')} FROM {self.texts.of(self.text)} "
            f"WHERE NOT {self.conditions.is_missing_number('t')} AND ({condition}) "
            "ORDER BY r LIMIT 1"
        )
        return (int(found[0][0]), str(found[0][1])) if found else None

    def _at(self, fault: tuple[int, str]) -> str:
        return f"{self.location(fault[0])}, column {self.name!r}: found {shortened(fault[1])!r}"


def option(name: str, spelling: NumberSpelling) -> str:
    """The option that says how a column's numbers are written."""
    return f"--numbers {shlex.quote(f'{name}={spelling.format}')}"
