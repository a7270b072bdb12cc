"""A network in words: its layers, shapes and counts, as text and as HTML."""

from __future__ import annotations

import math
from html import escape
from itertools import pairwise
from typing import Any

from chainrule.spec import NetworkSpec


def layer_rows(spec: NetworkSpec) -> list[tuple[str, str, str, str]]:
    """(layer, shapes, activation, parameters) of each dense layer and of what stands before it."""
    rows = _stem_rows(spec)
    rates = spec.dropout_rates
    for number, (n_in, n_out) in enumerate(pairwise(spec.layer_sizes), start=1):
        layer = spec.dense[number - 1]
        activation = layer.activation
        shapes = f"W{number} ({n_out}, {n_in})  b{number} ({n_out},)"
        count = n_out * n_in + n_out
        if layer.ntk:
            activation += ", ntk"
        if layer.blend:
            activation += ", blend"
            shapes += f"  blend{number} ({n_out},)"
            count += n_out
        if rates[number]:
            activation += f", dropout {rates[number]:g}"
        rows.append((f"layer {number}", shapes, activation, f"{count:,}"))
    return rows


def _stem_rows(spec: NetworkSpec) -> list[tuple[str, str, str, str]]:
    parts: list[tuple[str, tuple[str, ...], str]] = []
    if spec.periodic:
        names = ("freq", "phase", "mix", "shift")
        parts.append(("numbers", names, f"waves of {spec.periodic.columns}"))
    if spec.categories:
        parts.append(("categories", ("levels",), f"vectors of {len(spec.categories.levels)}"))
    if spec.scale:
        parts.append(("scale", ("scale",), f"of {spec.n_inputs} inputs"))
    shapes = spec.parameter_shapes
    return [
        (
            part,
            "  ".join(f"{name} {shapes[name]}" for name in names),
            what,
            f"{sum(math.prod(shapes[name]) for name in names):,}",
        )
        for part, names, what in parts
    ]


def network_text(spec: NetworkSpec, dtype: Any) -> str:
    """The `repr` of a network."""
    sizes = "-".join(str(n) for n in spec.layer_sizes)
    head = f"Network {sizes}, {spec.loss.name}, {dtype}, {spec.n_parameters:,} parameters"
    rows = layer_rows(spec)
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    lines = [
        "  "
        + "  ".join(f"{part:<{width}}" for part, width in zip(row[:3], widths, strict=False))
        + f"  {row[3]:>{widths[3]}}"
        for row in rows
    ]
    if spec.dropout_rates[0]:
        lines.insert(0, f"  input    dropout {spec.dropout_rates[0]:g}")
    return "\n".join([head, *lines])


def network_html(spec: NetworkSpec, dtype: Any) -> str:
    """A table for notebooks."""
    head, *_ = network_text(spec, dtype).splitlines()
    cells = "".join(
        "<tr>"
        + "".join(f"<td style='text-align:left'>{escape(part)}</td>" for part in row[:3])
        + f"<td>{row[3]}</td></tr>"
        for row in layer_rows(spec)
    )
    titles = "".join(f"<th>{t}</th>" for t in ("layer", "parameters", "activation", "count"))
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table>"
    return f"<p>{escape(head)}</p>{table}"
