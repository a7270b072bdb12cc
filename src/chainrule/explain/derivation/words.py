"""What a quantity is, in a sentence, and what else belongs to it: its cell, penalties, decay."""

from __future__ import annotations

import re

from chainrule.explain.notation.inputs import level_of
from chainrule.explain.notation.names import Asked
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.trace import StepTrace


def what(trace: StepTrace, asked: Asked, row: int) -> str:
    """One sentence: "gradient of the loss by the bias of unit 3 of layer 1"."""
    if asked.is_parameter:
        return f"gradient of the loss by {_parameter(trace, asked)}"
    if asked.kind == "loss":
        return f"the loss of {trace.n_rows} row{'s' if trace.n_rows != 1 else ''}"
    unit = _unit(trace, asked.layer, asked.unit)
    if asked.kind == "delta":
        return f"derivative of the loss of row {row} by the pre-activation of {unit}"
    kind = {"z": "pre-activation", "a": "activation" if asked.layer else "value"}[asked.kind]
    return f"{kind} of {unit} for row {row}"


def _unit(trace: StepTrace, layer: int, k: int) -> str:
    name = trace.names.of_unit(layer, k)
    text = f"input {k}" if layer == 0 else f"unit {k} of layer {layer}"
    if layer == trace.spec.n_layers:
        text = f"output {k}"
    return f"{text} ({name})" if name else text


def _parameter(trace: StepTrace, asked: Asked) -> str:
    names, spec, j, k = trace.names, trace.spec, asked.unit, asked.source or 0
    match asked.kind:
        case "W":
            source = _unit(trace, asked.layer - 1, k)
            return f"the weight into {_unit(trace, asked.layer, j)} from {source}"
        case "b":
            return f"the bias of {_unit(trace, asked.layer, j)}"
        case "blend":
            return f"the blend of {_unit(trace, asked.layer, j)}"
        case "scale":
            return f"the scale of {_unit(trace, 0, j)}"
        case "freq":
            return f"frequency {k} of {names.of_feature(j)}"
        case "phase":
            return f"phase {k} of {names.of_feature(j)}"
        case "shift":
            return f"the shift of wave {k} of {names.of_feature(j)}"
        case "mix":
            assert spec.periodic is not None
            column, wave = divmod(j, spec.periodic.outputs)
            of = names.of_feature(column)
            return f"the part of frequency {k} in wave {wave} of {of}"
        case _:
            feature, code = level_of(spec, j)
            level = f"level {code}" if code else "missing and unknown levels"
            return f"number {k} of the vector of {level} of {names.of_feature(feature)}"


def remarks(trace: StepTrace, asked: Asked, row: int) -> list[str]:
    """Where an input comes from in the table, and how a penalty or decay enters."""
    training = trace.training
    found = _input_remark(trace, asked, row)
    if asked.kind == "W" and (training.l1 or training.l2):
        found.append("the penalty's gradient is part of the gradient, once for all rows")
    decay = training.weight_decay * training.weight_decay_factor(asked.tensor)
    if (asked.kind in ("W", "b") and training.weight_decay) or (asked.is_parameter and decay):
        found.append("weight decay stands in the update, not in the gradient")
    return found


def _input_remark(trace: StepTrace, asked: Asked, row: int) -> list[str]:
    """The name, value and cell of the input that the quantity touches."""
    names = trace.names
    place = asked.source if asked.kind == "W" and asked.layer == 1 else None
    if asked.kind == "scale" or (asked.kind == "a" and asked.layer == 0):
        place = asked.unit
    if place is not None and names.inputs:
        name, value = names.of_unit(0, place), trace.a[0][row, place]
        start = f"input {place} is {name}"
    elif asked.kind in ("freq", "phase", "mix", "shift") and names.inputs:
        per_column = trace.spec.periodic.outputs if trace.spec.periodic else 1
        feature = asked.unit // per_column if asked.kind == "mix" else asked.unit
        name, value = names.inputs[feature], trace.X[row, feature]
        start = f"x[{feature}] is {name}"
    elif asked.kind == "levels" and names.inputs:
        feature = level_of(trace.spec, asked.unit)[0]
        name, value = names.inputs[feature], trace.X[row, feature]
        start = f"the level of {name}"
    else:
        return []
    column = re.split(r"[=~?#]", name)[0]
    cells = {} if trace.raw is None else trace.raw[row]
    cell = f", from the cell {cells[column]!r} of {column}" if column in cells else ""
    return [f"{start}: {format_number(float(value))} in row {row}{cell}"]
