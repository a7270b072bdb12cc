"""Canonical JSON: one text per value, and a parser that refuses every other text.

Canonical means UTF-8, keys sorted, no spaces, shortest floats, no NaN or infinity. The parser takes
text from strangers: nesting is counted before Python's recursive parser sees it, equal keys are
refused at every level, and strings and integers have limits.
"""

from __future__ import annotations

import json
import re
from typing import Any

from chainrule.errors import ModelFileError

MAX_DEPTH = 16
MAX_STRING = 64 * 1024  # bytes in UTF-8
MAX_INTEGER = 1 << 53  # beyond it, readers that hold numbers as doubles lose digits

# Possessive: no backtracking, so hostile text costs linear time and no memory.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_PAIR = re.compile(rb"\[\]|\{\}")


def canonical(value: Any) -> bytes:
    """The one text of a JSON value; `ModelFileError` names what has none."""
    _check(value, "value", 0)
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def parse(text: bytes, what: str) -> Any:
    """The value of a JSON text; `ModelFileError`, which calls the text `what`, if it is none.

    The text may have spaces and any order of keys (the outer header is written by safetensors).
    """
    _check_depth(text, what)
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


def _check_depth(text: bytes, what: str) -> None:
    brackets = _STRING.sub(b"", text).translate(None, _NOT_BRACKET)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return
        brackets = _PAIR.sub(b"", brackets)  # peels off one level of nesting
    if brackets:
        raise ModelFileError(f"the {what} is nested deeper than {MAX_DEPTH} levels or unbalanced.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ModelFileError(f"the key {twice[:64]!r} appears twice in one JSON object.")
    return found


def _no_constant(name: str) -> Any:
    raise ModelFileError(f"the number {name} is not allowed in a model file.")


def _check(value: Any, where: str, depth: int) -> None:
    """Raise unless `value` is JSON within the limits; `where` is the path to it."""
    if depth > MAX_DEPTH:
        raise ModelFileError(f"'{where}' is nested deeper than {MAX_DEPTH} levels.")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_string(value, where)
    elif isinstance(value, int):
        if not -MAX_INTEGER < value < MAX_INTEGER:
            raise ModelFileError(f"'{where}' is the integer {value}, not below 2**53.")
    elif isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ModelFileError(f"'{where}' is {value}; a model file holds finite numbers only.")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ModelFileError(f"'{where}' has the key {key!r}; keys are strings.")
            _check_string(key, where)
            _check(item, f"{where}.{key}"[-200:], depth + 1)
    else:
        raise ModelFileError(f"'{where}' is a {type(value).__name__}, which JSON cannot hold.")


def _check_string(text: str, where: str) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise ModelFileError(f"'{where}' holds text that is not valid Unicode.") from None
    if size > MAX_STRING:
        raise ModelFileError(f"'{where}' is text of {size} bytes; at most {MAX_STRING} are stored.")
