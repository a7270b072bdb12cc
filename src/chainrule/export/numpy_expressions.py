"""Array operations as NumPy expressions, and functions made of them."""

from __future__ import annotations

import base64
import keyword
import pprint
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chainrule.export.description import Output
from chainrule.export.numpy_helpers import HELPERS
from chainrule.export.values import FUNCTIONS, Body, Value, walk

_WIDTH = 96
_INLINE = 6  # elements of an array that stands in the line where it is used
_LISTED = 400  # and of one that is written as a list

# Operations that one expression writes; {0}, {1}, {2} are its inputs.
_EXPRESSIONS = {
    "exp": "np.exp({0})",
    "sqrt": "np.sqrt({0})",
    "tanh": "np.tanh({0})",
    "sigmoid": "sigmoid({0})",
    "softplus": "np.logaddexp(0, {0})",
    "normal_cdf": "normal_cdf({0})",
    "sin": "np.sin({0})",
    "cos": "np.cos({0})",
    "floor": "np.floor({0})",
    "round": "np.rint({0})",
    "is_missing": "np.isnan({0})",
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "minimum": "np.minimum({0}, {1})",
    "maximum": "np.maximum({0}, {1})",
    "greater": "({0} > {1})",
    "equal": "({0} == {1})",
    "where": "np.where({0}, {1}, {2})",
    "matmul": "({0} @ {1})",
    "transpose": "{0}.T",
    "flat": "{0}.reshape(1, -1)",
    "row_sum": "{0}.sum(axis=1, keepdims=True)",
    "row_mean": "{0}.mean(axis=1, keepdims=True)",
    "row_max": "{0}.max(axis=1, keepdims=True)",
    "row_argmax": "{0}.argmax(axis=1)[:, np.newaxis]",
    "row_sort": "np.sort({0}, axis=1)",
}


class Function:
    """A function of the file that is being written.

    Parameters
    ----------
    name : str
    arguments : list of str
    constants : dict of str to str
        Arrays of the file, by name; filled.
    used : set of str
        The keys of `HELPERS` that are needed; filled.
    functions : dict of str to str
        Functions made of operations, by name; filled.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        constants: dict[str, str],
        used: set[str],
        functions: dict[str, str],
    ) -> None:
        self._name, self._arguments = name, list(arguments)
        self._constants, self._used, self._functions = constants, used, functions
        self._lines: list[str] = []
        self._taken = {*arguments, *HELPERS, *_RESERVED, *FUNCTIONS}
        self.given: dict[str, str] = {}
        self._docstring = ""

    def assign(self, wish: str, expression: str) -> str:
        """A line that gives an expression a name; the name is like the wish."""
        name = self._variable(wish)
        self._lines += _broken(f"{name} = {_bare(expression)}")
        return name

    def returns(self, value: Value, docstring: str) -> None:
        """The lines that compute a value and return it."""
        self._docstring = docstring
        found = self._emit([value])[0]
        self._lines.append(f"return {_bare(found)}")

    def returns_named(self, outputs: Sequence[Output], docstring: str) -> None:
        """The lines that compute several values and return them by name."""
        self._docstring = docstring
        found = self._emit([output.value for output in outputs])
        entries = []
        for output, text in zip(outputs, found, strict=True):
            flat = ".reshape(-1)" if output.is_flat else ""
            entries.append(f'"{output.name}": {text}{flat}')
        self._lines.append("return {" + ", ".join(entries) + "}")

    def text(self) -> str:
        """The function."""
        body = "\n".join(f"    {line}" for line in self._lines)
        head = f"def {self._name}({', '.join(self._arguments)}):"
        return f'{head}\n    """{self._docstring}"""\n{body}\n'

    def _emit(self, outputs: list[Value]) -> list[str]:
        values = list(walk(*outputs))
        uses = Counter(id(part) for value in values for part in value.inputs)
        uses.update(id(value) for value in outputs)
        found: dict[int, str] = {}
        for value in values:
            text = self._expression(value, [found[id(part)] for part in value.inputs])
            is_leaf = value.op in ("input", "parameter", "constant")
            if not is_leaf and (value.note or uses[id(value)] > 1 or len(text) > _WIDTH - 20):
                text = self.assign(value.note or "t0", text)
            found[id(value)] = text
        return [found[id(value)] for value in outputs]

    def _expression(self, value: Value, inputs: list[str]) -> str:
        if value.op in _EXPRESSIONS:
            if value.op in HELPERS:
                self._used.add(value.op)
            template = _EXPRESSIONS[value.op]
            if template.startswith("("):
                return template.format(*inputs)
            if not template.startswith("{"):
                inputs = [_bare(text) for text in inputs]
            return template.format(*inputs)
        return _WRITERS[value.op](self, value, inputs)

    def array(self, array: np.ndarray, wish: str = "ARRAY") -> str:
        """An array: in the line where it is short, else under a name of its own."""
        if array.size == 1:
            return repr(array.reshape(-1).tolist()[0])
        dtype = "object" if array.dtype == object else f"np.{array.dtype}"
        text = f"np.array({array.tolist()!r}, {dtype})"
        if array.size <= _INLINE and len(text) < _WIDTH - 30:
            return text
        if array.dtype == object or array.size <= _LISTED:
            cells = textwrap.indent(_listed(array.tolist()), "    ")
            text = f"np.array(\n{cells},\n    {dtype},\n)"
        else:
            text = packed(array)
        return self.constant(text, wish)

    def define(self, body: Body) -> str:
        """Write a function of the file, once; its name."""
        if body.name not in self._functions:
            own = Function(body.name, body.arguments, self._constants, self._used, self._functions)
            own.given = {name: name for name in body.arguments}
            own.returns(body.value, body.docstring)
            self._functions[body.name] = own.text()
        return body.name

    def constant(self, text: str, wish: str) -> str:
        """A constant of the file, each text once."""
        for name, known in self._constants.items():
            if known == text:
                return name
        name = f"{wish}_{len(self._constants)}"
        self._constants[name] = text
        return name

    def use(self, helper: str) -> None:
        """Note that a helper is needed."""
        self._used.add(helper)

    def _variable(self, wish: str) -> str:
        name = re.sub(r"\W+", "_", wish.lower(), flags=re.ASCII).strip("_") or "column"
        name = f"column_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name
        stem, count = name.removesuffix("0") if wish == "t0" else f"{name}_", 1
        while name in self._taken:
            name, count = f"{stem}{count}", count + 1
        self._taken.add(name)
        return name


_RESERVED = {
    *("np", "math", "base64", "hashlib", "len", "str", "x", "p", "table"),
    *("encode", "network", "join", "answers", "predict", "predict_proba"),
}


def packed(array: np.ndarray) -> str:
    """An array as a call of `unpacked`."""
    array = np.ascontiguousarray(array)
    little = array.astype(array.dtype.newbyteorder("<"))
    text = base64.b64encode(little.tobytes()).decode("ascii")
    lines = "\n".join(textwrap.wrap(text, _WIDTH))
    return f'unpacked({str(array.dtype)!r}, {array.shape!r}, """\n{lines}""")'


def _bare(text: str) -> str:
    """Without the parentheses around all of it."""
    return text[1:-1] if _is_wrapped(text) else text


def _broken(line: str) -> list[str]:
    """A line, or several where columns side by side are too long for one."""
    head, bracket, rest = line.partition("np.concatenate([")
    if len(line) <= _WIDTH or not bracket or not rest.endswith("], axis=1)"):
        return [line]
    cells = textwrap.wrap(rest.removesuffix("], axis=1)"), _WIDTH - 12)
    return [f"{head}{bracket}", *(f"    {cell}" for cell in cells), "], axis=1)"]


def _is_wrapped(text: str) -> bool:
    """Whether one pair of parentheses holds all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and place < len(text) - 1:
            return False
    return True


def _listed(values: Any) -> str:
    """A list or dictionary over as many lines as it needs."""
    return pprint.pformat(values, width=_WIDTH - 4, compact=True, sort_dicts=False)


def _input(function: Function, value: Value, inputs: list[str]) -> str:
    return function.given[value.data]


def _parameter(function: Function, value: Value, inputs: list[str]) -> str:
    return f'p["{value.data[0]}"]'


def _constant(function: Function, value: Value, inputs: list[str]) -> str:
    return function.array(value.data)


def _matmul_groups(function: Function, value: Value, inputs: list[str]) -> str:
    function.use("matmul_groups")
    return f"matmul_groups({inputs[0]}, {inputs[1]}, {value.data})"


def _concatenate(function: Function, value: Value, inputs: list[str]) -> str:
    return f"np.concatenate([{', '.join(inputs)}], axis=1)"


def _columns(function: Function, value: Value, inputs: list[str]) -> str:
    first, last = value.data[0], value.data[-1]
    if value.data == tuple(range(first, last + 1)):
        return f"{inputs[0]}[:, {first}:{last + 1}]"
    if len(value.data) <= _INLINE:
        return f"{inputs[0]}[:, {list(value.data)}]"
    return f"{inputs[0]}[:, {function.array(np.array(value.data), 'ORDER')}]"


def _cast(function: Function, value: Value, inputs: list[str]) -> str:
    return f"{inputs[0]}.astype(np.{value.dtype})"


def _lookup(function: Function, value: Value, inputs: list[str]) -> str:
    function.use("lookup")
    numbers = function.constant(_listed(dict(value.data)), "LEVELS")
    return f"lookup({inputs[0]}, {numbers})"


def _rows(function: Function, value: Value, inputs: list[str]) -> str:
    return f"{inputs[1]}[{_bare(inputs[0])}].reshape(-1, {value.width})"


def _call(function: Function, value: Value, inputs: list[str]) -> str:
    name = function.define(value.data)
    return f"{name}({', '.join(map(_bare, inputs))})"


def _hash(function: Function, value: Value, inputs: list[str]) -> str:
    function.use("hashed")
    return f"hashed({inputs[0]}, {value.data!r})"


_WRITERS: dict[str, Callable[[Function, Value, list[str]], str]] = {
    "input": _input,
    "parameter": _parameter,
    "constant": _constant,
    "matmul_groups": _matmul_groups,
    "concatenate": _concatenate,
    "columns": _columns,
    "cast": _cast,
    "lookup": _lookup,
    "hash": _hash,
    "rows": _rows,
    "call": _call,
}

# Every operation that a file can hold.
WRITTEN: set[Any] = {*_EXPRESSIONS, *_WRITERS}
