"""Which operations C writes element by element, and calls of functions that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chainrule.export.values import Body, Value, walk

# Operations that are one expression for each element; @f ends the functions of float.
EXPRESSIONS = {
    "exp": "exp@f({0})",
    "sqrt": "sqrt@f({0})",
    "tanh": "tanh@f({0})",
    "sigmoid": "sigmoid@f({0})",
    "softplus": "softplus@f({0})",
    "normal_cdf": "normal_cdf@f({0})",
    "sin": "sin@f({0})",
    "cos": "cos@f({0})",
    "floor": "floor@f({0})",
    "round": "rint@f({0})",
    "is_missing": "isnan({0})",
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "minimum": "minimum@f({0}, {1})",
    "maximum": "maximum@f({0}, {1})",
    "greater": "({0} > {1})",
    "equal": "({0} == {1})",
    "where": "({0} ? {1} : {2})",
}


def inlined(values: Sequence[Value]) -> list[Value]:
    """The same without calls of functions that look beyond one element of their arguments.

    Columns that stand side by side and are then put in order stand in that order at once.
    """
    found: dict[int, Value] = {}
    for value in walk(*values):
        inputs = tuple(found[id(part)] for part in value.inputs)
        if value.op == "call" and not is_elementwise(value.data):
            made = _substituted(value.data, dict(zip(value.data.arguments, inputs, strict=True)))
        elif value.op == "columns" and inputs[0].op == "concatenate":
            made = _ordered(replace(value, inputs=inputs))
        else:
            same = all(a is b for a, b in zip(inputs, value.inputs, strict=True))
            made = value if same else replace(value, inputs=inputs)
        found[id(value)] = made
    return [found[id(value)] for value in values]


def narrowed(body: Body) -> Value:
    """A function of single elements, of arguments of width 1."""
    return _substituted(body, {}, width=1)


def _substituted(body: Body, given: Mapping[str, Value], width: int = 0) -> Value:
    """What a function makes of values."""
    found: dict[int, Value] = {}
    for value in walk(body.value):
        inputs = tuple(found[id(part)] for part in value.inputs)
        if value.op == "input" and value.data in given:
            found[id(value)] = given[value.data]
        else:
            found[id(value)] = replace(value, inputs=inputs, width=width or value.width)
    return found[id(body.value)]


def _ordered(chosen: Value) -> Value:
    """Chosen columns of values side by side: those values in that order, where none is divided."""
    parts, first, place = chosen.inputs[0].inputs, 0, 0
    starts: dict[int, Value] = {}
    for part in parts:
        starts[first] = part
        first += part.width
    ordered = []
    while place < len(chosen.data):
        start = chosen.data[place]
        if start not in starts:
            return chosen
        width = starts[start].width
        if chosen.data[place : place + width] != tuple(range(start, start + width)):
            return chosen
        ordered.append(starts[start])
        place += width
    return replace(chosen.inputs[0], inputs=tuple(ordered), width=chosen.width)


def is_elementwise(body: Body) -> bool:
    """Whether a function needs one element of each argument for one of its own."""
    return all(_is_single(value) for value in walk(body.value))


def _is_single(value: Value) -> bool:
    if value.op == "call":
        return is_elementwise(value.data)
    return value.op in ("input", "constant", "cast") or value.op in EXPRESSIONS
