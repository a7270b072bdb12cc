"""What the caller says about the types of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chainrule.table.read.grammar import Conditions
from chainrule.table.read.names import by_found_names, found_names


@dataclass(frozen=True)
class Rules:
    """What the caller says about types.

    Attributes
    ----------
    conditions : Conditions
        The missing tokens in force.
    text : frozenset of str
        Columns to be read as text.
    expect : mapping of str to str
        Column -> kind that it must have.
    dates, numbers : mapping of str to str
        Column -> how its dates, times of day or spans are spelled, or its numbers.
    exact : frozenset of str
        Columns whose whole numbers from 2**53 on are names.
    """

    conditions: Conditions
    text: frozenset[str]
    expect: Mapping[str, str]
    dates: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()

    @property
    def mentioned(self) -> list[str]:
        """The columns that must be there because the caller names them."""
        return [*self.text, *self.dates, *self.numbers]

    def wanted(self, name: str) -> str | None:
        """The kind that a column must have; None where its values decide."""
        return "text" if name in self.text else self.expect.get(name)

    def of_result(self, names: Sequence[str]) -> Rules:
        """What they say of a query's result: its spellings are read, its texts stay texts."""
        text = frozenset(name for name in self.text if name in names)
        return replace(self, text=text, dates={}, numbers={})

    def named(self, names: Sequence[str]) -> Rules:
        """The same by the names of a table, from which blanks may set the given ones apart."""
        text, exact = found_names(self.text, names), found_names(self.exact, names)
        return replace(
            self,
            text=frozenset(text.values()),
            exact=frozenset(exact.values()),
            expect=by_found_names(self.expect, names),
            dates=by_found_names(self.dates, names),
            numbers=by_found_names(self.numbers, names),
        )
