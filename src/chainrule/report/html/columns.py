"""What columns are worth, as tables with bars and as strips with a point a row."""

from __future__ import annotations

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.render.markup import name, table, text
from chainrule.report.contents import Contents, Swarm
from chainrule.report.html.text import paragraph
from chainrule.report.svg.strips import bar, points, ruler, span_of
from chainrule.report.words import importance_words, more_columns, shares_words, signed


def importance(contents: Contents) -> list[str]:
    found = contents.importance
    least = min([0.0, *(m - s for m, s in zip(found.mean, found.std, strict=True))])
    most = max([1e-300, *(m + s for m, s in zip(found.mean, found.std, strict=True))])
    rows = [
        [name(each), signed(mean), f"± {format_number(std, 2)}", bar(mean, std, least, most)]
        for each, mean, std in zip(found.names, found.mean, found.std, strict=True)
    ]
    head = ["column", "error grows by", "±", "from 0"]
    return [
        table(head, rows, caption=importance_words(contents), kind="bars full"),
        paragraph(more_columns(found.n_columns, len(found.names)), "faint"),
    ]


def shares(contents: Contents) -> list[str]:
    found = contents.shares
    most = max([1e-300, *(s + e for s, e in zip(found.sizes, found.errors, strict=True))])
    rows = [
        [name(each), format_number(size, 3), f"± {format_number(error, 2)}",
         bar(size, error, 0.0, most)]
        for each, size, error in zip(found.names, found.sizes, found.errors, strict=True)
    ]  # fmt: skip
    head = ["column", "mean size", "±", "from 0"]
    parts = [
        table(head, rows, caption=shares_words(contents), kind="bars full"),
        paragraph(more_columns(found.n_columns, len(found.names)), "faint"),
    ]
    for k, (answer, swarms) in enumerate(found.swarms):
        title = f"Row by row: {found.unit}" + (f" of {answer}" if answer else "")
        drawn = strips(swarms)
        is_open = " open" if k == 0 else ""
        parts.append(f"<details{is_open}><summary>{text(title)}</summary>{drawn}</details>")
    return parts


def strips(swarms: tuple[Swarm, ...]) -> str:
    """A strip a column, on one scale."""
    x = span_of(swarms)
    rows = "".join(f"<div>{name(one.name)}</div>{points(one, x)}" for one in swarms)
    about = (
        "A point a row: to the right where its cell adds, to the left where it takes away. "
        "Orange cells are low, blue ones high; text and missing cells are grey."
    )
    return f'{paragraph(about, "faint")}<div class="swarms">{rows}<div></div>{ruler(x)}</div>'
