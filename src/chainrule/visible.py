"""Text that cannot act on a terminal, whatever names and values stand in it."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """`text` with control characters shown as escapes, so that no name can act on a terminal."""
    if text.isprintable():
        return text
    return "".join(
        c if unicodedata.category(c)[0] != "C" else c.encode("unicode_escape").decode()
        for c in text
    )


def visible_lines(text: str) -> str:
    """The same for text of several lines, which it keeps apart."""
    return "\n".join(map(visible, text.split("\n")))
