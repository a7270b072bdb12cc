"""Text, names and tables as HTML: what stands in them stays text."""

from __future__ import annotations

import html
from collections.abc import Sequence

from chainrule.visible import visible

_LONG = 80  # characters of a name


def text(content: str) -> str:
    """Escaped, with control characters shown, so that nothing acts on the page or its order."""
    return html.escape(visible(content))


def name(content: str) -> str:
    """A name of the user's: its own direction of writing leaves the rest of the line alone. Of a
    very long one the middle is left out; it is whole where the pointer rests on it."""
    if len(content) <= _LONG:
        return f"<bdi>{text(content)}</bdi>"
    short = f"{content[: _LONG - 20]}…{content[-15:]}"
    return f'<bdi title="{text(content)}">{text(short)}</bdi>'


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, kind: str = ""
) -> str:
    """Cells are markup; the first of a row is its heading."""
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    lines = "\n".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    return (
        f"<table{of_class(kind)}><caption>{text(caption)}</caption>\n"
        f"<thead><tr>{titles}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"
    )


def of_class(kind: str) -> str:
    """The attribute of a class, or ""."""
    return f' class="{kind}"' if kind else ""
