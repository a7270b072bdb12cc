"""ONNX files of described models: one input for every column, the encoder and the networks inside.

The operator sets are pinned: 17 of ONNX itself and 2 of ai.onnx.ml, which every runtime since 2022
knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Set
from types import MappingProxyType
from typing import Any

import numpy as np

from chainrule._version import __version__
from chainrule.errors import DataError
from chainrule.export.description import Description
from chainrule.export.values import BOOL, FLOAT32, FLOAT64, INT64, TEXT, Value, walk

OPSET, ML_OPSET, IR_VERSION = 17, 2, 8
_ML = "ai.onnx.ml"
_LARGEST_FILE = (1 << 31) - 1  # bytes that the format can hold in one file

# Operations that are one operator over all their inputs.
_SAME = {
    "exp": "Exp",
    "sqrt": "Sqrt",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "sin": "Sin",
    "cos": "Cos",
    "floor": "Floor",
    "round": "Round",
    "is_missing": "IsNaN",
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "minimum": "Min",
    "maximum": "Max",
    "greater": "Greater",
    "equal": "Equal",
    "where": "Where",
    "matmul": "MatMul",
    "transpose": "Transpose",
}


def to_onnx(description: Description) -> Any:
    """The model as an `onnx.ModelProto`, checked by `onnx.checker` with its shapes.

    Raises
    ------
    DataError
        Where onnx is not installed, where a column cannot be written, or for a model of 2 GB.
    """
    onnx = imported()
    helper = onnx.helper
    taken = {column.name for column in description.columns}
    if "" in taken:
        raise DataError("a column has no name, which ONNX needs.", "Name it, and train again.")
    graph = _Graph(onnx, taken)
    x = graph.emit(
        description.encoded.cast(description.dtype),
        {column.name: column.name for column in description.columns},
    )
    given: dict[str, str] = {}
    for number, params in enumerate(description.members):
        names = {
            name: graph.initializer(array, f"{name} {number}") for name, array in params.items()
        }
        given[f"outputs {number}"] = graph.emit(description.network, {"x": x}, names)
    made = []
    for output in description.outputs:
        shape: list[int | str] = ["rows"]
        own = _free(output.name, taken)
        name = graph.emit(output.value, given)
        if output.is_flat:
            name = graph.node("Reshape", [name, graph.initializer(np.array([-1]))])
        else:
            shape.append(output.value.width)
        graph.node("Identity", [name], output=own)
        made.append(helper.make_tensor_value_info(own, graph.type(output.value.dtype), shape))
    columns = [
        helper.make_tensor_value_info(
            column.name, graph.type(column.dtype), ["rows", column.width], doc_string=column.unit
        )
        for column in description.columns
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "chainrule", columns, made, graph.initializers),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(_ML, ML_OPSET)],
        ir_version=IR_VERSION,
        producer_name="chainrule",
        producer_version=__version__,
    )
    helper.set_model_props(model, _metadata(description))
    if model.ByteSize() > _LARGEST_FILE:
        raise DataError("the model has more than 2 GB, which one ONNX file cannot hold.")
    onnx.checker.check_model(model, full_check=True)
    return model


def imported() -> Any:
    """The package onnx; `DataError` says how to install it."""
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ModuleNotFoundError:
        raise DataError(
            "an ONNX file needs the package onnx, which is not installed.",
            'pip install "chainrule[onnx]"',
        ) from None
    return onnx


def _metadata(description: Description) -> dict[str, str]:
    """What a program may want to know of the model, all as JSON."""
    columns = [
        {"name": column.name, "holds": column.unit, "type": column.dtype}
        for column in description.columns
    ]
    known: dict[str, Any] = {"chainrule": __version__, "columns": columns}
    if description.classes is not None:
        known["classes"] = description.classes
    return {key: json.dumps(value, ensure_ascii=False) for key, value in known.items()}


def _free(name: str, taken: Set[str]) -> str:
    """A name that no column has: with as many _ behind it as that needs."""
    while name in taken:
        name += "_"
    return name


class _Graph:
    """Nodes and arrays of a file that is being written."""

    def __init__(self, onnx: Any, taken: Set[str]) -> None:
        self._onnx = onnx
        self._taken = taken
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._constants: dict[tuple[Any, ...], str] = {}
        self._count = 0

    def emit(
        self,
        value: Value,
        given: Mapping[str, str],
        params: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """The name under which the value stands in the file; `given` are those of its inputs."""
        names: dict[int, str] = {}
        for part in walk(value):
            if part.op == "input":
                name = given[part.data]
            elif part.op == "parameter":
                name = params[part.data[0]]
            else:
                inputs = [names[id(source)] for source in part.inputs]
                name = self.node(_SAME[part.op], inputs) if part.op in _SAME else ""
                name = name or _WRITERS[part.op](self, part, inputs)
            names[id(part)] = name
        return names[id(value)]

    def node(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """One operator; the name of what it makes."""
        output = output or self._fresh("value")
        made = self._onnx.helper.make_node(operator, inputs, [output], **attributes)
        self.nodes.append(made)
        return output

    def initializer(self, array: np.ndarray, name: str = "") -> str:
        """An array in the file, each small one once."""
        key = (str(array.dtype), array.shape, array.tobytes()) if array.dtype != object else None
        if name == "" and key in self._constants:
            return self._constants[key]
        name = _free(f"parameter {name}", self._taken) if name else self._fresh("constant")
        if array.dtype == object:
            texts = [str(text) for text in array.reshape(-1)]
            tensor = self._onnx.helper.make_tensor(
                name, self._onnx.TensorProto.STRING, array.shape, [t.encode() for t in texts]
            )
        else:
            tensor = self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name)
        self.initializers.append(tensor)
        if key is not None:
            self._constants.setdefault(key, name)
        return name

    def number(self, number: float, dtype: str) -> str:
        """A single number."""
        return self.initializer(np.array([[number]], dtype))

    def type(self, dtype: str) -> int:
        """A type of elements in the format."""
        proto = self._onnx.TensorProto
        types = {
            FLOAT64: proto.DOUBLE,
            FLOAT32: proto.FLOAT,
            INT64: proto.INT64,
            BOOL: proto.BOOL,
            TEXT: proto.STRING,
        }
        return int(types[dtype])

    def _fresh(self, noun: str) -> str:
        self._count += 1
        return _free(f"{noun} {self._count}", self._taken)


def _constant(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.initializer(value.data)


def _softplus(graph: _Graph, value: Value, inputs: list[str]) -> str:
    """max(a, 0) + ln(1 + e^-|a|): runtimes have Softplus in float32 alone."""
    zero, one = graph.number(0.0, value.dtype), graph.number(1.0, value.dtype)
    size = graph.node("Neg", [graph.node("Abs", inputs)])
    power = graph.node("Add", [graph.node("Exp", [size]), one])
    return graph.node("Add", [graph.node("Max", [*inputs, zero]), graph.node("Log", [power])])


def _normal_cdf(graph: _Graph, value: Value, inputs: list[str]) -> str:
    """(1 + erf(a / sqrt 2)) / 2: runtimes have Erf in float32 alone."""
    to_float = graph.node("Cast", inputs, to=graph._onnx.TensorProto.FLOAT)
    scaled = graph.node("Mul", [to_float, graph.number(0.5**0.5, FLOAT32)])
    lifted = graph.node("Add", [graph.node("Erf", [scaled]), graph.number(1.0, FLOAT32)])
    half = graph.node("Mul", [lifted, graph.number(0.5, FLOAT32)])
    return (
        half if value.dtype == FLOAT32 else graph.node("Cast", [half], to=graph.type(value.dtype))
    )


def _matmul_groups(graph: _Graph, value: Value, inputs: list[str]) -> str:
    """(n, g k) as (g, n, k), times (g, k, outputs), back to (n, g outputs)."""
    groups = value.data
    k = value.inputs[0].width // groups
    split = graph.node("Reshape", [inputs[0], graph.initializer(np.array([-1, groups, k]))])
    split = graph.node("Transpose", [split], perm=[1, 0, 2])
    shape = graph.initializer(np.array([groups, value.width // groups, k]))
    own = graph.node("Transpose", [graph.node("Reshape", [inputs[1], shape])], perm=[0, 2, 1])
    made = graph.node("Transpose", [graph.node("MatMul", [split, own])], perm=[1, 0, 2])
    return graph.node("Reshape", [made, graph.initializer(np.array([-1, value.width]))])


def _flat(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.node("Reshape", [inputs[0], graph.initializer(np.array([1, value.width]))])


def _row_sum(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.node("ReduceSum", [inputs[0], graph.initializer(np.array([1]))], keepdims=1)


def _reduced(operator: str, **attributes: Any) -> Callable[[_Graph, Value, list[str]], str]:
    def write(graph: _Graph, value: Value, inputs: list[str]) -> str:
        return graph.node(operator, inputs, keepdims=1, **attributes)

    return write


def _row_sort(graph: _Graph, value: Value, inputs: list[str]) -> str:
    """The `width` smallest of each row, ascending."""
    count = graph.initializer(np.array([value.width]))
    values, places = graph._fresh("value"), graph._fresh("value")
    graph.nodes.append(
        graph._onnx.helper.make_node(
            "TopK", [inputs[0], count], [values, places], axis=1, largest=0, sorted=1
        )
    )
    return values


def _concatenate(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.node("Concat", inputs, axis=1)


def _columns(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.node("Gather", [inputs[0], graph.initializer(np.array(value.data))], axis=1)


def _rows(graph: _Graph, value: Value, inputs: list[str]) -> str:
    """(n, k) numbers of rows of (rows, w) as (n, k, w), side by side."""
    found = graph.node("Gather", [inputs[1], inputs[0]], axis=0)
    return graph.node("Reshape", [found, graph.initializer(np.array([-1, value.width]))])


def _cast(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.node("Cast", inputs, to=graph.type(value.dtype))


def _lookup(graph: _Graph, value: Value, inputs: list[str]) -> str:
    texts, numbers = zip(*value.data, strict=True)
    return graph.node(
        "LabelEncoder",
        inputs,
        domain=_ML,
        keys_strings=list(texts),
        values_int64s=list(numbers),
        default_int64=0,
    )


def _hash(graph: _Graph, value: Value, inputs: list[str]) -> str:
    raise DataError(
        f"column '{value.inputs[0].data}' holds hashed categories, which ONNX cannot compute.",
        "Export to NumPy, or train with hash_categories=False.",
    )


def _call(graph: _Graph, value: Value, inputs: list[str]) -> str:
    return graph.emit(value.data.value, dict(zip(value.data.arguments, inputs, strict=True)))


_WRITERS: dict[str, Callable[[_Graph, Value, list[str]], str]] = {
    "constant": _constant,
    "softplus": _softplus,
    "normal_cdf": _normal_cdf,
    "matmul_groups": _matmul_groups,
    "flat": _flat,
    "row_sum": _row_sum,
    "row_mean": _reduced("ReduceMean", axes=[1]),
    "row_max": _reduced("ReduceMax", axes=[1]),
    "row_argmax": _reduced("ArgMax", axis=1, select_last_index=0),
    "row_sort": _row_sort,
    "concatenate": _concatenate,
    "columns": _columns,
    "rows": _rows,
    "cast": _cast,
    "lookup": _lookup,
    "hash": _hash,
    "call": _call,
}

# Every operation that a file can hold; "input" and "parameter" are names in it.
WRITTEN = {"input", "parameter", *_SAME, *_WRITERS}
