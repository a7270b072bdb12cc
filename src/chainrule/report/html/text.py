"""Paragraphs, lists, figures and sections of the page; see `markup` for names and tables."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.explain.render.markup import name, of_class, text


def paragraph(content: str, kind: str = "") -> str:
    """Text in a paragraph of a class."""
    return f"<p{of_class(kind)}>{text(content)}</p>"


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
