"""How C spells numbers, texts, names and arrays; no text of a model can leave its literal."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.export.values import BOOL, FLOAT32, FLOAT64, INT64, TEXT

WIDTH = 96
_LONGEST = 4000  # bytes of a string literal; C99 promises 4,095

# The types of C, by those of the language of exports.
TYPES = {FLOAT64: "double", FLOAT32: "float", INT64: "long long", BOOL: "int", TEXT: "const char *"}
INDEX = "index"  # of a column
TYPES[INDEX] = "int"

_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while asm bool true false and or not xor class new delete this template typename private
public protected virtual operator namespace using try catch throw main
"""
KEYWORDS = {*_WORDS.split(), "NAN", "NULL", "INFINITY", "EOF"}  # of C, and of C++ that includes it
_PLAIN = set(range(0x20, 0x7F)) - set(b'"\\?')  # ? begins a trigraph


def declared(dtype: str, name: str, size: int | None = None) -> str:
    """`double name` or `double name[size]`."""
    kind = TYPES[dtype]
    space = "" if kind.endswith("*") else " "
    return f"{kind}{space}{name}" + ("" if size is None else f"[{size}]")


def element(value: Any, dtype: str) -> str:
    """One element of an array."""
    if dtype == TEXT:
        return literal(value)
    if dtype in (BOOL, INDEX):
        return str(int(value))
    if dtype == INT64:
        if value == -(2**63):  # has no literal of its own
            return f"(-{2**63 - 1}LL - 1)"
        return f"{value}LL" if abs(value) >= 2**31 else str(value)
    if not math.isfinite(value):
        return "NAN" if math.isnan(value) else "-INFINITY"[int(value > 0) :]
    return f"{np.float32(value)!s}f" if dtype == FLOAT32 else repr(float(value))


def literal(text: str) -> str:
    """A text as C reads it back, byte by byte in UTF-8.

    Raises
    ------
    DataError
        For a text with the character NUL, at which a text of C ends.
    """
    data = text.encode("utf-8", "surrogatepass")
    if 0 in data:
        raise DataError(
            f"the text {text!r} holds the character NUL, at which a text of C ends.",
            "Export to NumPy or ONNX, or train without this character.",
        )
    if len(data) > _LONGEST:  # an array without a name
        return f"(const char[]){{{', '.join(as_character(byte) for byte in data)}, 0}}"
    return '"' + "".join(chr(b) if b in _PLAIN else f"\\{b:03o}" for b in data) + '"'


def as_character(byte: int) -> str:
    """One byte as a character."""
    return f"'\\{byte:03o}'"


def comment(text: str) -> str:
    """A text inside a comment, which it cannot end: letters and digits as they are."""
    return "".join(c if c.isalnum() or c in " _-.,:;=+()[]" else "." for c in text)


def identifier(wish: str, taken: set[str]) -> str:
    """A name like the wish that is not taken, and is now."""
    name = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_")[:48] or "column"
    name = f"column_{name}" if name[0].isdigit() or name in KEYWORDS else name
    stem, count = name, 1
    while name in taken:
        name, count = f"{stem}_{count}", count + 1
    taken.add(name)
    return name


def bare(text: str) -> str:
    """Without the parentheses around all of it."""
    return text[1:-1] if text[:1] == "(" and _closing(text) == len(text) - 1 else text


def _closing(text: str) -> int:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place
    return -1


def listed(cells: Iterable[str], indent: str = "    ") -> str:
    """Elements over as many lines as they need."""
    lines, line = [], ""
    for cell in cells:
        if line and len(indent) + len(line) + len(cell) + 2 > WIDTH:
            lines.append(indent + line)
            line = ""
        line += (" " if line else "") + cell + ","
    return "\n".join([*lines, indent + line])


def array(dtype: str, name: str, values: Sequence[Any]) -> str:
    """A constant array of a file."""
    cells = [element(value, dtype) for value in values]
    const = "const char *const " if dtype == TEXT else f"const {TYPES[dtype]} "
    return f"{const}{name}[{len(cells)}] = {{\n{listed(cells)}\n}};\n"


def numbers(values: np.ndarray, dtype: str) -> list[str]:
    """Many finite numbers, faster than one by one."""
    suffix = "f" if dtype == FLOAT32 else ""
    return [text + suffix for text in values.astype(dtype).reshape(-1).astype(str).tolist()]


def wrapped(text: str) -> str:
    """A comment of whole sentences."""
    lines = textwrap.wrap(text, WIDTH - 6, break_long_words=False)
    return "/* " + "\n   ".join(lines) + " */\n"
