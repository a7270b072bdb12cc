"""What an entry of a description must be; the first one that is not is named, with what was found.

Every list has a length and every text a size that it must keep to, so that what comes after can
take time and memory for granted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Set
from typing import Any, NoReturn

from chainrule.errors import ModelFileError

Check = Callable[[Any, str], None]

MAX_NAME = 4096  # characters of a name: of a column, an argument, a zone
_SHOWN = 40


def refuse(where: str, must: str, found: Any) -> NoReturn:
    """Raise the error of an entry: where it stands, what it must be, what it is."""
    raise ModelFileError(
        f"'{where}' of the model's description must be {must}, found {_in_words(found)}."
    )


def check_entries(
    form: Any,
    where: str,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
) -> None:
    """Raise `ModelFileError` unless this is an object of these entries, each as its check says."""
    if not isinstance(form, dict):
        refuse(where, "an object", form)
    checks = {**required, **(optional or {})}
    for name in required:
        if name not in form:
            raise ModelFileError(f"'{where}' of the model's description lacks '{name}'.")
    for name, value in form.items():
        if name not in checks:
            raise ModelFileError(
                f"'{where}' of the model's description has an unknown entry {name[:_SHOWN]!r}."
            )
        checks[name](value, f"{where}.{name}")


def check_list(value: Any, where: str, item: Check, low: int = 0, high: int = MAX_NAME) -> None:
    """Raise unless this is a list of so many entries, each as `item` says."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        count = str(low) if low == high else f"{low} to {high}"
        refuse(where, f"a list of {count} entries", value)
    for index, entry in enumerate(value):
        item(entry, f"{where}[{index}]")


def is_number(value: Any) -> bool:
    """Whether it is a finite number; true and false are none."""
    return type(value) in (int, float) and abs(value) <= _LARGEST


def number(low: float = -math.inf, high: float = math.inf, *, above: bool = False) -> Check:
    """A finite number of the range; `above` leaves its lower end out."""

    def check(value: Any, where: str) -> None:
        if not is_number(value) or not low <= value <= high or (above and value == low):
            begin = (
                f" above {low:g}" if above else f" of at least {low:g}" if low > -math.inf else ""
            )
            end = f" and at most {high:g}" if high < math.inf else ""
            refuse(where, f"a finite number{begin}{end}", value)

    return check


def whole(low: int, high: int) -> Check:
    """A whole number of the range."""

    def check(value: Any, where: str) -> None:
        if type(value) is not int or not low <= value <= high:
            refuse(where, f"a whole number from {low} to {high}", value)

    return check


def check_text(value: Any, where: str) -> None:
    """Raise unless this is text of at most `MAX_NAME` characters."""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        refuse(where, f"text of at most {MAX_NAME} characters", value)


def check_switch(value: Any, where: str) -> None:
    """Raise unless this is true or false."""
    if not isinstance(value, bool):
        refuse(where, "true or false", value)


def one_of(words: Set[str] | Mapping[str, Any] | tuple[str, ...]) -> Check:
    """One of some words."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or value not in words:
            refuse(where, f"one of {', '.join(sorted(words))}", value)

    return check


def or_none(check: Check) -> Check:
    """What the check allows, or nothing."""

    def check_or_none(value: Any, where: str) -> None:
        if value is not None:
            check(value, where)

    return check_or_none


def check_unique(values: list[Any], where: str) -> None:
    """Raise unless no entry is there twice; entries are text or numbers."""
    if len(set(values)) < len(values):
        seen: set[Any] = set()
        twice = next(v for v in values if v in seen or seen.add(v))  # type: ignore[func-returns-value]
        raise ModelFileError(
            f"'{where}' of the model's description holds {_in_words(twice)} twice."
        )


_LARGEST = 1.7976931348623157e308


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)} entries"
    if isinstance(value, dict):
        return f"an object of {len(value)} entries"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
