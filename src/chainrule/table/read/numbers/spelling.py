"""One way of writing numbers: the decimal sign, what groups thousands, and what stands around.

    1.234,56      $1,234.50      12 %      (1,200)      −3.5      1 234 kg

A spelling is a regular expression for the whole value, and the SQL of what it means.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from chainrule.table.read.connection import literal
from chainrule.table.read.grammar import stripped

MONEY = (
    r"[$€£¥₹₽₩₺₴₫฿₪₦¢]|US\$|A\$|C\$|R\$|(?:USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|BRL)"
)
_GROUPS = ",. '’_\u00a0\u2009\u202f"
_SIGN = "[-+−–]"
_UNIT = r"[%‰°]|[^\W\d_°]?°?[^\W\d_]{1,9}[²³]?(?:[/·][^\W\d_]{1,5}[²³]?)?|[%‰]"
_PARTS = re.compile(
    rf"(?P<open>\()?(?:{_SIGN} ?)?(?:(?P<before>{MONEY}) ?{_SIGN}?)? ?"
    rf"(?P<body>[0-9][0-9{re.escape(_GROUPS)}]*(?<=[0-9.])|[.,][0-9]+)"
    rf"(?P<after> ?(?:{MONEY}|{_UNIT}))?(?(open)\))"
)
_MARKED = re.compile(
    r"\[?(?:[<>≤≥~≈=±]{1,2} ?)?(?P<number>[-+−]?[0-9]+(?:[.,][0-9]+)?)"
    r" ?(?:[-+*†‡§?]{1,3}|\[\w{1,2}\]|\(\w\)|\])?"
)


@dataclass(frozen=True)
class NumberSpelling:
    """How the numbers of a column are written.

    Attributes
    ----------
    decimal : str
        "." or ",".
    group : str
        What stands between groups of three digits, "" for nothing.
    before, after : str
        What stands before and behind every number, such as "$" or "%".
    """

    decimal: str = "."
    group: str = ""
    before: str = ""
    after: str = ""

    @property
    def format(self) -> str:
        """An example, as `--numbers COLUMN=EXAMPLE` takes it."""
        digits = f"1{self.group}234" if self.group else "1234"
        return f"{self.before}{digits}{self.decimal}5{self.after}"

    @property
    def shape(self) -> str:
        """Regular expression of all of a value without blanks around it."""
        point, group = re.escape(self.decimal), re.escape(self.group)
        body = rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+)"
        if self.group:
            grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}(?:{point}[0-9]*)?"
            body = f"(?:{grouped}|{body})"
        before = f"(?:{re.escape(self.before)} ?{_SIGN}?)?" if self.before else ""
        after = f" ?{re.escape(self.after)}" if self.after else ""
        plain = rf"{_SIGN}? ?{before} ?{body}{after}"
        return rf"{plain}|\({before}{body}{after}\)"

    def meaning(self, text: str) -> str:
        """SQL of the number that a text of this shape means."""
        value = stripped(text)
        digits = rf"[0-9{re.escape(self.decimal + self.group)}]+"
        core = value
        for around in (self.before, self.after):
            core = f"replace({core}, {literal(around)}, '')" if around else core
        core = f"regexp_extract({core}, {literal(digits)})"
        if self.group:
            core = f"replace({core}, {literal(self.group)}, '')"
        if self.decimal != ".":
            core = f"replace({core}, {literal(self.decimal)}, '.')"
        negative = f"regexp_matches({value}, '[-−–(]')"
        return f"(CASE WHEN {negative} THEN -1 ELSE 1 END * CAST({core} AS DOUBLE))"

    def words(self) -> str:
        """What is around and within the numbers, for people."""
        around = [f"{part.strip()!r}" for part in (self.before, self.after) if part.strip()]
        parts = [f"with {' and '.join(around)} around them"] if around else []
        if self.group:
            noun = {" ": "spaces", "\u00a0": "spaces", "\u2009": "spaces", "\u202f": "spaces"}
            parts.append(f"{noun.get(self.group, repr(self.group))} between thousands")
        if self.decimal != ".":
            parts.append("a decimal comma")
        return " and ".join(parts) or "some with a minus of another kind"


@dataclass(frozen=True)
class Parts:
    """One value taken apart: what is before and behind the digits, and the digits."""

    before: str
    body: str
    after: str


def parts_of(value: str) -> Parts | None:
    """A value taken apart, None where it is no number with something around it."""
    found = _PARTS.fullmatch(value)
    if found is None or re.match("0[0-9]", found["body"]) or found["after"] in ("e", "E"):
        return None  # a code, or half of an exponent
    return Parts(found["before"] or "", found["body"], found["after"] or "")


def without_marks(value: str) -> str | None:
    """The number in '<5', '~3.5', '12*' or '７', as plain digits; None where there is none."""
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in value)
    found = _MARKED.fullmatch(digits)
    return found["number"] if found else None


def separators(body: str) -> tuple[str, str] | None:
    """(decimal, group) as the digits of one number show them, "" for what they leave open.

    None where no number is written like this. "1,234" and "1.234" show that there is one
    separator and not which it is: ("", ",") and ("", ".").
    """
    marks = [mark for mark in body if not mark.isdigit()]
    if not marks:
        return "", ""
    first, last = marks[0], marks[-1]
    groups = re.split("|".join(map(re.escape, set(marks))), body)
    whole, inner = groups[0], groups[1:]
    if first != last:
        if last not in ".," or marks.count(last) > 1 or set(marks[:-1]) != {first}:
            return None
        return (last, first) if _are_groups(whole, inner[:-1]) else None
    if len(marks) > 1:
        return ("", first) if _are_groups(whole, inner) and first in _GROUPS else None
    if first not in ".,":
        return ("", first) if _are_groups(whole, inner) else None
    is_group = _are_groups(whole, inner) and not whole.startswith("0")
    return ("", first) if is_group else (first, "")


def is_open(body: str) -> bool:
    """Whether a number such as 1,234 leaves open if its one separator is the decimal sign."""
    found = separators(body)
    marks = sum(not mark.isdigit() for mark in body)
    return found is not None and marks == 1 and found[1] in (".", ",")


def of_example(example: str) -> NumberSpelling | None:
    """The spelling that an example such as "1.234,56" or "$1,000" shows."""
    parts = parts_of(example.strip())
    found = separators(parts.body) if parts else None
    if parts is None or found is None:
        return None
    decimal, group = found
    if not decimal:
        decimal = "," if group == "." else "."
    return NumberSpelling(decimal, group, parts.before, parts.after.strip())


def _are_groups(whole: str, inner: list[str]) -> bool:
    """Whether these are groups of thousands, as in 1,234,567 and 12,34,567."""
    return (
        1 <= len(whole) <= 3
        and bool(inner)
        and len(inner[-1]) == 3
        and all(len(group) in (2, 3) for group in inner)
    )
