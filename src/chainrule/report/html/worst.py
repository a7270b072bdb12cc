"""The worst rows, each opening to its parts and to its own chain rule."""

from __future__ import annotations

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.render.html import fragment
from chainrule.explain.render.markup import name, table
from chainrule.report.contents import Contents, WorstRow
from chainrule.report.html.text import paragraph
from chainrule.report.svg.strips import bar
from chainrule.report.words import signed


def worst(contents: Contents) -> list[str]:
    if not contents.worst:
        return []
    which = " of the first network" if contents.network.n_networks > 1 else ""
    lead = (
        f"The rows with the largest loss ({contents.loss}). Each opens to what its cells add to "
        f"its answer, and to the chain rule of the weight of layer 1{which} that it pulls most."
    )
    return [paragraph(lead), *(_row(one) for one in contents.worst)]


def _row(one: WorstRow) -> str:
    answer = f"true {name(one.truth)}, answered {name(one.answer)}"
    if one.truth == one.answer:
        answer = f"{name(one.truth)}, which is right"
    summary = f"row {name(one.row)}: {answer}; loss {format_number(one.loss, 3)}"
    return (
        f"<details><summary>{summary}</summary>\n{_parts(one)}\n"
        f"<h3>The chain rule of this row</h3>\n{fragment(one.explanation, folded=False)}</details>"
    )


def _parts(one: WorstRow) -> str:
    values = [part.value for part in one.parts]
    low = min([0.0, *(p.value - p.error for p in one.parts)])
    high = max([0.0, *(p.value + p.error for p in one.parts)])
    if low == high or not values:
        low, high = -1.0, 1.0
    rows = [["all rows have in common", "", signed(one.base), "", ""]]
    rows += [
        [name(part.column), name(part.cell), signed(part.value),
         f"± {format_number(part.error, 2)}", bar(part.value, part.error, low, high)]
        for part in one.parts
    ]  # fmt: skip
    if one.n_rest:
        rows.append([f"{one.n_rest} more columns", "", signed(one.rest), "", ""])
    rows.append(["together", "", signed(one.total), "", ""])
    head = ["column", "cell", "adds", "±", "from 0"]
    caption = f"What adds up to {one.unit} in this row."
    return table(head, rows, caption=caption, kind="parts full")
