"""The page: a head with the style, a list of its parts, the parts."""

from __future__ import annotations

import re

from chainrule.explain.render.markup import text
from chainrule.report.contents import Contents
from chainrule.report.html.sections import sections
from chainrule.report.html.style import PAGE_STYLE
from chainrule.report.html.text import pairs
from chainrule.visible import visible

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1><bdi>{title}</bdi></h1>
{facts}
</header>
<nav aria-label="parts of the report"><ul>{links}</ul></nav>
<main>
{body}
</main>
<footer class="faint">Written by chainrule. No script, nothing loaded.</footer>
</body>
</html>
"""
# Explanations escape markup alone; these would be no text, or would turn the order of a line.
_CONTROLS = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def page(contents: Contents) -> str:
    """The report as HTML, in ASCII."""
    parts = sections(contents)
    written = _PAGE.format(
        title=text(contents.title),
        style=PAGE_STYLE,
        facts=pairs(contents.facts),
        links="".join(f'<li><a href="#{place}">{title}</a></li>' for place, title, _ in parts),
        body="\n".join(markup for _, _, markup in parts),
    )
    clean = _CONTROLS.sub(lambda found: visible(found[0]), written)
    return clean.encode("ascii", "xmlcharrefreplace").decode()
