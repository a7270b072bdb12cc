"""Explanations as JSON: all that the text says, every number at full precision and as shown.

The `format` names the schema and its version, `chainrule.explanation/2`. An outside program can
multiply and add again, one equation at a time: `blocks` holds headings with items, each of them

    {"sentence": text as shown, "numbers": [v, ...]}
    {"equation": {"left": node, "right": [node, ...], "value": v, "note", "shown": [text, ...]}}
    {"shares": [{"label", "value", "shown", "ref", "node"}, ...], "of", "total", "shown"}

A block's `level` is "brief" or "full", the form that shows it, or "always". A node is one of

    {"quantity": kind, "value": v, "ref": place in the trace, "layer", "unit", "source", "row"}
    {"number": v}                       {"negative": node, "value": v}
    {"sum": [node, ...], "rest": {"value": v, "count": n}, "value": v}
    {"product": [node, ...], "value": v}     {"quotient": [top, bottom], "value": v}
    {"power": node, "exponent": n, "value": v}     {"apply": function, "argument": node, "value": v}
    {"total": term, "over": letter, "count": n, "value": v}
    {"crossed": node, "value": v}, which cancels
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chainrule.explain.notation.blocks import Block, Item, Sentence, Shares
from chainrule.explain.notation.contents import Contents, Paths
from chainrule.explain.notation.tree import (
    Apply,
    Crossed,
    Equation,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Rest,
    Sum,
    Total,
)
from chainrule.explain.render.text import TextWriter

FORMAT = "chainrule.explanation/2"


def render_json(explanation: Contents) -> dict[str, Any]:
    """The explanation as plain values."""
    e, writer = explanation, TextWriter(explanation.digits, unicode=True)
    return {
        "format": FORMAT,
        "quantity": e.quantity,
        "what": e.what,
        "value": e.value,
        "shown": writer.value(e.value),
        "row": e.row,
        "digits": e.digits,
        "full": e.full,
        "notice": e.notice,
        "header": e.header,
        "remarks": list(e.remarks),
        "blocks": [_block(writer, block) for block in e.blocks],
        "rows": None if e.rows is None else {
            "parts": [asdict(part) for part in e.rows.parts],
            "rest": _rest(e.rows.rest),
            "total": e.rows.total,
        },
        "paths": None if e.paths is None else _paths(e.paths),
        "prediction": None if e.prediction is None else asdict(e.prediction),
        "check": None if e.check is None else {**asdict(e.check), "outcome": e.check.outcome},
    }  # fmt: skip


def _paths(paths: Paths) -> dict[str, Any]:
    return {
        "layer": paths.layer,
        "row": paths.row,
        "total": paths.total,
        "n_paths": paths.n_paths,
        "enumerated": paths.enumerated,
        "absolute_sum": paths.absolute_sum,
        "shown": [{"units": list(p.units), **node(p.product)} for p in paths.shown],
        "rest": _rest(paths.rest),
    }


def _block(writer: TextWriter, block: Block) -> dict[str, Any]:
    items = [_item(writer, item) for item in block.items]
    return {"title": block.title, "level": block.level, "items": items}


def _item(writer: TextWriter, item: Item) -> dict[str, Any]:
    match item:
        case Sentence():
            words = [writer.value(p) if isinstance(p, float) else p for p in item.parts]
            numbers = [part for part in item.parts if isinstance(part, float)]
            return {"sentence": "".join(words), "numbers": numbers}
        case Equation():
            return {"equation": equation(writer, item)}
        case Shares():
            return _shares(writer, item)


def equation(writer: TextWriter, each: Equation) -> dict[str, Any]:
    """One equation: its left side, the forms of its right side, and all of it as text."""
    sides = writer.related(each)
    return {
        "left": node(each.left),
        "right": [node(form) for form in each.right],
        "value": each.left.value,
        "note": each.note,
        "shown": [writer.symbol(each.left), *(f"{sign} {text}" for sign, text in sides)],
    }


def _shares(writer: TextWriter, shares: Shares) -> dict[str, Any]:
    texts, total = writer.parts(shares)
    parts = [
        {
            "label": part.label,
            "value": part.value,
            "shown": text,
            "ref": part.ref,
            "node": None if part.product is None else node(part.product),
        }
        for part, text in zip(shares.parts, texts, strict=True)
    ]
    return {"shares": parts, "of": shares.of, "total": shares.total, "shown": total}


def node(each: Node) -> dict[str, Any]:
    """One node of a derivation."""
    match each:
        case Quantity():
            place = {"layer": each.layer, "unit": each.unit, "source": each.source, "row": each.row}
            found = {key: k for key, k in place.items() if k is not None}
            return {"quantity": each.kind, "value": each.value, "ref": each.ref, **found}
        case Number():
            return {"number": each.value}
        case Negative():
            return {"negative": node(each.child), "value": each.value}
        case Sum():
            rest = {} if each.rest is None else {"rest": _rest(each.rest)}
            return {"sum": [node(term) for term in each.terms], **rest, "value": each.value}
        case Product():
            return {"product": [node(factor) for factor in each.factors], "value": each.value}
        case Quotient():
            return {"quotient": [node(each.top), node(each.bottom)], "value": each.value}
        case Power():
            return {"power": node(each.base), "exponent": each.exponent, "value": each.value}
        case Apply():
            return {"apply": each.function, "argument": node(each.argument), "value": each.value}
        case Total():
            term = node(each.term)
            return {"total": term, "over": each.index, "count": each.count, "value": each.value}
        case Crossed():
            return {"crossed": node(each.child), "value": each.value}


def _rest(rest: Rest | None) -> dict[str, Any] | None:
    return None if rest is None else asdict(rest)
