"""Canonical JSON: one text per value, and a parser that refuses every other text.

Canonical means UTF-8, keys sorted, no spaces, shortest floats, no NaN or infinity. The parser takes
text from strangers: nesting is counted before Python's recursive parser sees it, equal keys are
refused at every level, and strings and integers have limits.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Self

from chainrule.errors import ModelFileError

MAX_DEPTH = 16
MAX_STRING = 64 * 1024  # bytes in UTF-8
# A text holds so many values, one more for every four bytes, and never more than the second number:
# so what it becomes takes memory in proportion to it, and little time. An object counts as three
# values, a key as three, a string as one more. A table of 40,000 columns of numbers stays below.
FEW_VALUES, MOST_VALUES = 1 << 19, 1 << 21
MAX_INTEGER = 1 << 53  # beyond it, readers that hold numbers as doubles lose digits

# Possessive: no backtracking, so hostile text costs linear time and no memory.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_SOME_STRINGS = re.compile(rb'(?:[^"]*+"[^"\\]*+(?:\\.[^"\\]*+)*+"){1,10000}+', re.DOTALL)
_WEIGHTS = {b",": 1, b":": 3, b"[": 1, b"{": 3}
_PAIR = re.compile(rb"\[\]|\{\}")


def canonical(value: Any) -> bytes:
    """The one text of a JSON value; `ModelFileError` names what has none."""
    try:
        _check(value, 0)
    except _RefusedError as error:
        raise ModelFileError(f"'value{error.path[-200:]}' {error.why}.") from None
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def parse(text: bytes, what: str, few: int = FEW_VALUES) -> Any:
    """The value of a JSON text; `ModelFileError`, which calls the text `what`, if it is none.

    The text may have spaces and any order of keys (the outer header is written by safetensors).
    """
    check_extent(text, what, few)
    try:
        value = json.loads(
            text.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except ModelFileError:
        raise
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"the {what} is not valid JSON ({type(error).__name__}).") from error
    return value


def parse_canonical(text: bytes, what: str) -> Any:
    """Like `parse`, and `ModelFileError` unless the text is the canonical one of its value."""
    value = parse(text, what)
    if canonical(value) != text:
        raise ModelFileError(f"the {what} is not in canonical form, so the file was altered.")
    return value


def check_extent(text: bytes, what: str, few: int = FEW_VALUES) -> None:
    """Raise `ModelFileError` for a text of too many values or levels, before any value is made."""
    outside, n_strings = _without_strings(text)
    count = n_strings + sum(outside.count(mark) * weight for mark, weight in _WEIGHTS.items())
    if count > min(few + len(text) // 4, MOST_VALUES):
        raise ModelFileError(f"the {what} holds too many values for its length.")
    brackets = outside.translate(None, _NOT_BRACKET)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return
        brackets = _PAIR.sub(b"", brackets)  # peels off one level of nesting
    if brackets:
        raise ModelFileError(f"the {what} is nested deeper than {MAX_DEPTH} levels or unbalanced.")


def _without_strings(text: bytes) -> tuple[bytes, int]:
    """What stands outside strings, and how many they are; some at a time, to take little memory."""
    parts, place, n_strings = [], 0, 0
    while found := _SOME_STRINGS.match(text, place):
        part, count = _STRING.subn(b"", found[0])
        parts.append(part)
        place, n_strings = found.end(), n_strings + count
    return b"".join([*parts, text[place:]]), n_strings


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ModelFileError(f"the key {twice[:64]!r} appears twice in one JSON object.")
    return found


def _no_constant(name: str) -> Any:
    raise ModelFileError(f"the number {name} is not allowed in a model file.")


class _RefusedError(Exception):
    """What cannot be stored; its place is told as the error leaves lists and objects."""

    def __init__(self, why: str) -> None:
        self.why, self.path = why, ""

    def inside(self, part: str) -> Self:
        self.path = f"{part}{self.path}"
        return self


def _check(value: Any, depth: int) -> None:
    """Raise `_RefusedError` unless `value` is JSON within the limits."""
    if depth > MAX_DEPTH:
        raise _RefusedError(f"is nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_string(value)
    elif isinstance(value, int):
        if not -MAX_INTEGER < value < MAX_INTEGER:
            raise _RefusedError("is an integer not below 2**53")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise _RefusedError(f"is {value}; a model file holds finite numbers only")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            try:
                _check(item, depth + 1)
            except _RefusedError as error:
                raise error.inside(f"[{index}]") from None
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise _RefusedError(f"has the key {key!r}; keys are strings")
            _check_string(key)
            try:
                _check(item, depth + 1)
            except _RefusedError as error:
                raise error.inside(f".{key}") from None
    else:
        raise _RefusedError(f"is a {type(value).__name__}, which JSON cannot hold")


def _check_string(text: str) -> None:
    if len(text) <= MAX_STRING // 4 and text.isascii():
        return
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise _RefusedError("holds text that is not valid Unicode") from None
    if size > MAX_STRING:
        raise _RefusedError(f"is text of {size} bytes; at most {MAX_STRING} are stored")
