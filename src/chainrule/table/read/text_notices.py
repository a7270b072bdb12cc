"""What a person should know of a column that is read as text: what it may be besides."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.table.read.grammar import Counts, shortened, stripped
from chainrule.table.read.numbers.decide import NumberColumn
from chainrule.table.read.rules import Rules
from chainrule.table.read.texts import Texts


def text_notices(texts: Texts, name: str, text: str, counts: Counts, rules: Rules) -> Iterator[str]:
    """Notices of NA that may be a name, of units and marks, of blanks.

    Parameters
    ----------
    texts : Texts
    name : str
        Of the column.
    text : str
        SQL of its texts.
    counts : Counts
    rules : Rules
    """
    is_given = name in rules.text
    n_named = counts.n_missing - counts.n_empty
    fields = "field" if counts.n_empty == 1 else "fields"
    if is_given and "NA" not in rules.conditions.given:
        yield from _named_na(texts, name, text)
    elif n_named and counts.n_empty and not rules.wanted(name):
        yield (
            f"column {name!r} has {counts.n_empty} empty {fields} and {n_named} with NA; "
            f"both are missing. Say --text {name!r} if NA is a value there."
        )
    if not rules.wanted(name):
        unlike = NumberColumn(texts, name, text, rules.conditions, str).unlike()
        yield from [unlike] if unlike else []
        yield from _blanks(texts, name, text)


def _named_na(texts: Texts, name: str, text: str) -> Iterator[str]:
    found = texts.connection.rows(
        f"SELECT coalesce(sum(n), 0) FROM {texts.of(text)} WHERE {stripped('t')} = 'NA'"
    )
    if n_na := int(found[0][0]):
        times = "once" if n_na == 1 else f"{n_na:,} times"
        yield (
            f"column {name!r} holds NA {times}, which is a value there like "
            "any other, as --text asks; say --missing NA if it stands for a missing value."
        )


def _blanks(texts: Texts, name: str, text: str) -> Iterator[str]:
    """Of two texts that differ by nothing but blanks around them, and of texts of one length."""
    found = texts.connection.rows(
        f"SELECT min(t), max(t), {stripped('t')} AS bare FROM {texts.of(text)} "
        "WHERE t IS NOT NULL GROUP BY bare HAVING count(*) > 1 ORDER BY bare LIMIT 1"
    )
    if found and found[0][2]:
        one, other = map(str, found[0][:2])
        yield (
            f"column {name!r} holds {shortened(one)!r} and {shortened(other)!r}, which "
            "differ by the blanks around them and are taken for two values."
        )
        return
    found = texts.connection.rows(
        f"SELECT min(t) FROM {texts.of(text)} WHERE t IS NOT NULL "
        f"HAVING min(length(t)) = max(length(t)) AND bool_or(t <> {stripped('t')}) "
        f"AND count(DISTINCT length({stripped('t')})) > 1"
    )
    if found:
        yield (
            f"column {name!r} is filled up with blanks to one length "
            f"({shortened(str(found[0][0]))!r}), which are taken for parts of its values."
        )
