"""What a quantity is, in a sentence, and what else belongs to it: its cell, penalties, decay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chainrule.explain.derivation.asked import Asked, owner
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.layer import Called
from chainrule.explain.derivation.names import Names
from chainrule.explain.notation.numbers import format_number

Cells = Sequence[Mapping[str, Any]] | None  # of the table, by row and column name


def what(names: Names, asked: Asked, row: int, n_rows: int) -> str:
    """One sentence: "gradient of the loss by the bias of unit 3 of layer 1"."""
    if asked.is_parameter:
        return f"gradient of the loss by {_parameter(names, asked)}"
    if asked.kind == "loss":
        return f"the loss of {n_rows} row{'s' if n_rows != 1 else ''}"
    unit = names.called(asked.layer, asked.unit)
    if asked.kind == "delta":
        return f"derivative of the loss of row {row} by the pre-activation of {unit}"
    kind = {"z": "pre-activation", "a": "activation" if asked.layer else "value"}[asked.kind]
    return f"{kind} of {unit} for row {row}"


def _parameter(names: Names, asked: Asked) -> str:
    """ "the bias of unit 3 of layer 1"."""
    at = owner(names.spec, asked.tensor)
    wire = names.wires[at.index]

    def read(i: int) -> str:
        if wire.source is None and names.spec.a_places[0] is not None:
            return names.of_feature(wire.first + i)
        return names.called(wire.source.number if wire.source else 0, wire.first + i)

    def made(j: int) -> str:
        return names.called(at.number, j)

    called = Called(read, made, names.axes(asked.tensor))
    return kind_of(at).words(at, asked.kind, asked.at, called)


def remarks(build: Derivation, asked: Asked) -> list[str]:
    """How a penalty or decay enters."""
    training, found = build.step.training, []
    if not asked.is_parameter:
        return []
    is_weight = build.spec.parameters[asked.tensor].is_weight
    if is_weight and (training.l1 or training.l2):
        found.append("the penalty's gradient is part of the gradient, once for all rows")
    if training.weight_decay * training.weight_decay_factor(asked.tensor):
        found.append("weight decay stands in the update, not in the gradient")
    return found


def origin(build: Derivation, names: Names, asked: Asked, row: int, raw: Cells) -> str:
    """The name, value and cell of the input that the quantity touches; "" for none."""
    if asked.is_parameter:
        at = owner(names.spec, asked.tensor)
        i = kind_of(at).meets(at, asked.kind, asked.at)
        known = names.read(at)
        if i is None or not known:
            return ""
        wire = names.wires[at.index]
        name, value = known[i], build.layers[at.index].read(i, row)[0].value
        from_x = wire.source is None and not build.features.is_a0
        start = f"x[{wire.first + i}]" if from_x else f"input {i}"
    elif asked.kind == "a" and asked.layer == 0 and names.inputs:
        name, value = names.of_unit(0, asked.unit), build.of_unit("a", 0, asked.unit, row).value
        start = f"input {asked.unit}"
    else:
        return ""
    column = re.split(r"[=~?#]", name)[0]
    cells = {} if raw is None else raw[row]
    cell = f", from the cell {cells[column]!r}" if column in cells else ""
    cell += f" of {column}" if cell and column != name else ""
    return f"{start} ({name}) is {format_number(value)} in row {row}{cell}"
