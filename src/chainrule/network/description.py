"""A network in words: its layers, shapes and counts, as text and as HTML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from chainrule.spec import NetworkSpec, Parameter, Placed

_WIDTH = 80  # characters of a line


def layer_rows(spec: NetworkSpec) -> list[tuple[str, str, str, str]]:
    """(layer, parameters with their shapes, words, count of numbers): a row for each layer 1..L
    with all that stands behind it, and for what has parameters before layer 1."""
    rows = [
        (placed.layer.kind, _shapes(placed.parameters), placed.layer.label(), [placed])
        for placed in spec.segments[0]
        if placed.parameters
    ]
    for l, segment in enumerate(spec.segments[1:], start=1):
        parameters = {name: p for placed in segment for name, p in placed.parameters.items()}
        labels = [placed.layer.label() for placed in (*segment[1:], segment[0])]
        if spec.activations[l] == "identity":
            labels.insert(0, "identity")
        words = ", ".join(label for label in labels if label)
        rows.append((f"layer {l}", _shapes(parameters), words, list(segment)))
    return [
        (name, shapes, words, f"{sum(_size(placed) for placed in segment):,}")
        for name, shapes, words, segment in rows
    ]


def _shapes(parameters: Mapping[str, Parameter]) -> str:
    return "  ".join(f"{name} {parameter.shape}" for name, parameter in parameters.items())


def _size(placed: Placed) -> int:
    return sum(math.prod(parameter.shape) for parameter in placed.parameters.values())


def network_text(spec: NetworkSpec, dtype: Any) -> str:
    """The `repr` of a network."""
    sizes = "-".join(str(n) for n in spec.layer_sizes)
    trained = " trained in bfloat16" if spec.bfloat16 else ""
    head = f"Network {sizes}, {spec.loss.name}, {dtype}{trained}, {spec.n_parameters:,} parameters"
    rows = layer_rows(spec)
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    lines = [
        "  "
        + "  ".join(f"{part:<{width}}" for part, width in zip(row[:3], widths, strict=False))
        + f"  {row[3]:>{widths[3]}}"
        for row in rows
    ]
    if max(map(len, lines)) > _WIDTH:  # words first, shapes below
        lines = [
            f"  {name:<{widths[0]}}  {words:<{widths[2]}}  {count:>{widths[3]}}\n"
            f"  {'':<{widths[0]}}    {shapes}"
            for name, shapes, words, count in rows
        ]
    if spec.dropout_rates[0]:
        lines.insert(0, f"  input    dropout {spec.dropout_rates[0]:g}")
    return "\n".join([head, *lines])


def layers_html(spec: NetworkSpec) -> str:
    """A table with a row for each layer."""
    from chainrule.explain.render.markup import table, text

    rows = [
        [text(layer), text(words), text(shapes), text(count)]
        for layer, shapes, words, count in layer_rows(spec)
    ]
    head = ["layer", "activation", "parameters", "count"]
    return table(head, rows, caption="Layers of the network.", kind="words counts")


def network_html(spec: NetworkSpec, dtype: Any) -> str:
    """A box for notebooks."""
    from chainrule.explain.render.box import box

    head, *_ = network_text(spec, dtype).splitlines()
    return box(head, layers_html(spec))
