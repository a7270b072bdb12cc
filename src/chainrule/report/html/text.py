"""Text and tables of the page: names and values stay text, whatever stands in them."""

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


def paragraph(content: str, kind: str = "") -> str:
    """Text in a paragraph of a class."""
    return f"<p{_of_class(kind)}>{text(content)}</p>"


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
        f"<table{_of_class(kind)}><caption>{text(caption)}</caption>\n"
        f"<thead><tr>{titles}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"
    )


def pairs(content: Sequence[tuple[str, str]]) -> str:
    """A list of terms with what each is."""
    entries = "".join(
        f"<div><dt>{text(term)}</dt><dd>{name(what)}</dd></div>" for term, what in content
    )
    return f"<dl>{entries}</dl>"


def figure(drawing: str, caption: str) -> str:
    """A drawing with a sentence below."""
    return f"<figure>{drawing}<figcaption>{text(caption)}</figcaption></figure>"


def code(lines: Sequence[str]) -> str:
    """Lines to type."""
    return f"<pre><code>{text_lines(lines)}</code></pre>"


def text_lines(lines: Sequence[str]) -> str:
    """Escaped lines."""
    return "\n".join(map(text, lines))


def section(place: str, title: str, parts: Sequence[str]) -> str:
    """A part of the page that can be linked to."""
    body = "\n".join(part for part in parts if part)
    return (
        f'<section id="{place}" aria-labelledby="{place}-title">\n'
        f'<h2 id="{place}-title">{text(title)}</h2>\n{body}\n</section>'
    )


def _of_class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
