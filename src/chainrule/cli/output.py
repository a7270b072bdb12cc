"""What a command prints: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import math
import os
import shlex
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from chainrule.visible import visible, visible_lines


class Output:
    """Results, words around them, notices, and one JSON document instead where asked for.

    Parameters
    ----------
    as_json : bool
        Print nothing to standard output but one document.
    quiet : bool
        Leave out notices, progress and the words around a result.
    endures : bool
        Whether to go on where standard output fails, and tell of it in `finish`.
    """

    def __init__(self, *, as_json: bool, quiet: bool, endures: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.endures = endures
        self.failure: OSError | None = None
        self.notices: list[str] = []

    @property
    def verbose(self) -> int:
        """What `fit` is told: whether to show its progress line."""
        return 0 if self.quiet else 1

    def result(self, *lines: str) -> None:
        """What the command was run for; what names and values hold cannot act on a terminal."""
        if not self.as_json:
            for line in lines:
                self._print(visible_lines(line))

    def data(self, text: str) -> None:
        """Rows for another program, which gets every character; a terminal would obey some."""
        if not self.as_json:
            self._print(visible_lines(text) if sys.stdout.isatty() else text)

    def say(self, *lines: str) -> None:
        """Words around the result; the first line is a heading."""
        if not self.quiet:
            self.result(*lines)

    def heading(self, text: str) -> None:
        """A line that starts a block."""
        if not (self.quiet or self.as_json):
            self._print(styled(visible(text), "1", sys.stdout))

    def table(self, rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """Indented columns, those of `right` aligned there; a terminal cuts what does not fit."""
        self.say(*aligned(rows, right))

    def notice(self, text: str) -> None:
        """Something to know that needs no action."""
        self.notices.append(text)
        if not self.quiet:
            print(f"{styled('notice:', '33', sys.stderr)} {visible(text)}", file=sys.stderr)

    def next(self, *command: str) -> None:
        """The next command to type."""
        self.say("", f"next: {shell(*command)}")

    def tell_next(self, *command: str) -> None:
        """The next command on standard error, where standard output is data."""
        if not self.quiet and not self.as_json:
            print(f"next: {shell(*command)}", file=sys.stderr)

    def document(self, content: dict[str, Any]) -> None:
        """The JSON document, if it was asked for, with the notices in it."""
        if self.as_json:
            full = {**content, "notices": self.notices}
            self._print(json.dumps(_plain(full), indent=2, ensure_ascii=False, allow_nan=False))

    def finish(self, saved: str) -> None:
        """After the last word; raises what standard output failed with, when `saved` is there."""
        self._print(end="")
        if self.failure is not None and not isinstance(self.failure, BrokenPipeError):
            print(f"saved to {visible(saved)}", file=sys.stderr)
            raise self.failure

    def _print(self, *words: str, end: str = "\n") -> None:
        """Nothing more once standard output has failed, where the command endures that."""
        if self.failure is not None:
            return
        try:
            print(*words, end=end)
            if self.endures:
                sys.stdout.flush()
        except OSError as error:
            if not self.endures:
                raise
            self.failure = error

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Turn the notices that the library raises as warnings into our own."""
        from chainrule.errors import DataNotice

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                yield
            finally:
                told = {str(w.message): w.category for w in caught}
                for text, category in told.items():
                    if issubclass(category, DataNotice | RuntimeWarning):
                        self.notice(text)


def tell_error(message: str, hint: str = "", *, as_json: bool = False) -> None:
    """An error, and what to do about it, on two lines of standard error."""
    sys.stdout.flush()
    print(f"{styled('error:', '1;31', sys.stderr)} {visible(message)}", file=sys.stderr)
    if hint:
        print(f"{styled('hint:', '1', sys.stderr)} {visible(hint)}", file=sys.stderr)
    if as_json:
        print(json.dumps({"error": message, "hint": hint}, indent=2, ensure_ascii=False))


def styled(text: str, code: str, stream: TextIO) -> str:
    """`text` in a colour where the stream is a terminal; NO_COLOR and FORCE_COLOR decide first."""
    if os.environ.get("NO_COLOR"):
        return text
    if not os.environ.get("FORCE_COLOR") and not stream.isatty():
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Rows of cells as indented lines with aligned columns."""
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    lines = []
    for row in cells:
        parts = [
            cell.rjust(width) if k in right else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(fitted("  " + "  ".join(parts).rstrip()))
    return lines


def fitted(line: str) -> str:
    """A line cut to the width of the terminal; whole where there is none."""
    if not sys.stdout.isatty():
        return line
    width = os.get_terminal_size(sys.stdout.fileno()).columns
    return line if len(line) <= width else line[: width - 3] + "..."


def width() -> int:
    """Characters in a line: those of the terminal, 80 where there is none."""
    if not sys.stdout.isatty():
        return 80
    return max(os.get_terminal_size(sys.stdout.fileno()).columns, 40)


def speaks_unicode() -> bool:
    """Whether standard output can write mathematical symbols."""
    return (sys.stdout.encoding or "").lower().startswith("utf")


def shell(*command: str) -> str:
    """A command as it is typed."""
    return " ".join(shlex.quote(part) for part in command)


def number(value: float) -> str:
    """A number for reading: six significant digits."""
    return f"{value:.6g}" if math.isfinite(value) else str(value)


def _plain(value: Any) -> Any:
    """JSON has no NaN, no infinity and no NumPy."""
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
