"""Explanations as JSON (`chainrule.explanation/1`): every factor at full precision.

An outside program can multiply and add again, one equation at a time. A node is one of

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

from chainrule.explain.notation.contents import Contents
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

FORMAT = "chainrule.explanation/1"


def render_json(explanation: Contents) -> dict[str, Any]:
    """The explanation as plain values."""
    e = explanation
    return {
        "format": FORMAT,
        "quantity": e.quantity,
        "what": e.what,
        "value": e.value,
        "row": e.row,
        "header": e.header,
        "remarks": list(e.remarks),
        "sections": [
            {"title": s.title, "equations": [equation(each) for each in s.equations]}
            for s in e.sections
        ],
        "rows": None if e.rows is None else {
            "parts": [asdict(part) for part in e.rows.parts],
            "rest": _rest(e.rows.rest),
            "total": e.rows.total,
        },
        "paths": None if e.paths is None else {
            "layer": e.paths.layer,
            "row": e.paths.row,
            "total": e.paths.total,
            "n_paths": e.paths.n_paths,
            "enumerated": e.paths.enumerated,
            "absolute_sum": e.paths.absolute_sum,
            "shown": [{"units": list(p.units), **node(p.product)} for p in e.paths.shown],
            "rest": _rest(e.paths.rest),
        },
        "update": [equation(each) for each in e.update],
        "prediction": None if e.prediction is None else asdict(e.prediction),
        "check": None if e.check is None else asdict(e.check),
    }  # fmt: skip


def equation(each: Equation) -> dict[str, Any]:
    """One equation: its left side, the forms of its right side, and both as text."""
    writer = TextWriter("full", unicode=True)
    text = [writer.symbol(each.left), *(writer.node(form, False) for form in each.right)]
    return {
        "left": node(each.left),
        "right": [node(form) for form in each.right],
        "value": each.left.value,
        "note": each.note,
        "text": " = ".join(text),
    }


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
