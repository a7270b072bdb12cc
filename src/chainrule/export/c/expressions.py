"""Array operations as C: what one row needs, element by element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from chainrule.export.c.helpers import HELPERS
from chainrule.export.c.inlining import EXPRESSIONS, inlined, narrowed
from chainrule.export.c.shared import File, suffix
from chainrule.export.c.text import (
    INDEX,
    KEYWORDS,
    TYPES,
    bare,
    declared,
    element,
    identifier,
    literal,
)
from chainrule.export.values import FLOAT32, FLOAT64, FUNCTIONS, TEXT, Body, Value, walk

At = Callable[[str], str]  # an index -> the element there, as an expression

_LONGEST = 100  # characters of an expression that is written where it is used


class Function:
    """A function of a file that is being written: the lines that compute values of one row.

    Parameters
    ----------
    file : File
    given : mapping of str to str
        What its inputs are called, by name: variables, or pointers where they are wider.
    taken : sequence of str
        Names of its arguments.
    """

    def __init__(self, file: File, given: Mapping[str, str], taken: Sequence[str] = ()) -> None:
        self.file = file
        self.lines: list[str] = []
        self.stack = 0
        self._given = given
        self._taken = {*taken, *HELPERS, *FUNCTIONS, *KEYWORDS, "p", "row", "answer", "i", "j"}
        self._known: dict[int, At] = {}
        self._pointers: dict[int, str] = {}

    def compute(self, targets: Sequence[tuple[Value, str]]) -> None:
        """The lines that put values where they belong: pointers, or variables of width 1."""
        values = self._prepared([value for value, _ in targets])
        for value, (_, target) in zip(values, targets, strict=True):
            self._store(value, target)

    def returned(self, value: Value) -> str:
        """The expression of a value of width 1, made of what the lines before it compute."""
        last = self._prepared([value])[0]
        at = self._known.get(id(last)) or self._expression(last)
        assert at is not None
        return bare(at("0"))

    def _prepared(self, values: Sequence[Value]) -> list[Value]:
        """Compute all that the values need, but not them, nor parts that stand in only one row."""
        values = inlined(values)
        uses = Counter(id(part) for value in walk(*values) for part in value.inputs)
        uses.update(map(id, values))
        straight = {id(value) for value in values}  # which are written where they are read
        for value in walk(*values):
            if value.op == "concatenate":
                straight.update(map(id, value.inputs))
        for value in walk(*values):
            if value.op in _LEAVES:
                self._known[id(value)] = self._leaf(value)
            elif id(value) not in straight or uses[id(value)] > 1:
                at = self._expression(value)
                shared = at and (uses[id(value)] > 1 or value.note or len(at("j")) > _LONGEST)
                if at is None or (shared and value.op != "columns"):
                    self._own_variable(value)
                else:
                    self._known[id(value)] = at
        return values

    def _own_variable(self, value: Value) -> None:
        name = identifier(value.note or "t", self._taken)
        if value.width > 1:
            self.lines.append(f"{declared(value.dtype, name, value.width)};")
            self.stack += value.width * (4 if value.dtype == FLOAT32 else 8)
            self._store(value, name)
            at, pointer = _elements(name), name
        else:
            const = "" if value.dtype == TEXT else "const "
            self._store(value, const + declared(value.dtype, name))
            at, pointer = (lambda j: name), f"&{name}"
        self._known[id(value)], self._pointers[id(value)] = at, pointer

    def _store(self, value: Value, target: str) -> None:
        """Compute a value into a variable (which may be declared there) or behind a pointer."""
        at = self._known.get(id(value)) or self._expression(value)
        if value.op == "concatenate" and at is None:
            self._concatenate(value, target)
        elif at is None:
            _WRITERS[value.op](self, value, target)
        elif value.width == 1:
            self.lines.append(f"{target} = {bare(at('0'))};")
        else:
            self.loop(value.width, f"{_elements(target)('j')} = {bare(at('j'))};")

    def loop(self, count: int, body: str) -> None:
        """A statement for j = 0, 1, ..."""
        self.lines += [f"for (int j = 0; j < {count}; j++)", f"    {body}"]

    def _concatenate(self, value: Value, target: str) -> None:
        first = 0
        for part in value.inputs:
            if part.width > 1:
                self._store(part, f"({target} + {first})" if first else target)
            else:
                self._store(part, _elements(target)(str(first)))
            first += part.width

    def at(self, value: Value) -> At:
        """The elements of a value."""
        if id(value) not in self._known:
            self._own_variable(value)
        return self._known[id(value)]

    def pointer(self, value: Value) -> str:
        """A pointer to the elements of a value, one behind the other."""
        if value.op in ("parameter", "transpose"):
            return self.file.parameter(value)
        if value.op == "constant":
            return self.file.constant(value.dtype, value.data.reshape(-1).tolist(), "TABLE")
        if id(value) not in self._pointers:
            self._own_variable(value)
        return self._pointers[id(value)]

    def name(self, wish: str) -> str:
        """A name for something of its own."""
        return identifier(wish, self._taken)

    def _leaf(self, value: Value) -> At:
        if value.op == "input":
            name = self._given[value.data]
            if value.width > 1:
                self._pointers[id(value)] = bare(name)
                return _elements(name)
            return lambda j: name
        if value.op != "constant":
            array = value.inputs[0] if value.op == "flat" else value
            return lambda j: _elements(self.file.parameter(array))(j)  # a field once it is read
        if value.data.size == 1:
            text = element(value.data.reshape(-1).tolist()[0], value.dtype)
            return lambda j: text
        if len(value.data) > 1:  # a table, of which `rows` reads
            return lambda j: ""
        return _elements(self.file.constant(value.dtype, value.data.reshape(-1).tolist(), "EACH"))

    def _expression(self, value: Value) -> At | None:
        """The elements of a value where each is one expression; None where they are not."""
        build = _ELEMENTS.get(value.op, _plain)
        made = build(self, value) if value.op in _ELEMENTWISE else None
        if made is None or value.width > 1:
            return made
        first = made
        return lambda j: first("0")

    def define(self, body: Body, dtypes: Sequence[str]) -> str:
        """The name of a function made of operations on single numbers."""
        name = body.name + suffix(body.value.dtype)
        if name not in self.file.functions:
            given = {argument: argument for argument in body.arguments}
            own = Function(self.file, given, body.arguments)
            result = own.returned(narrowed(body))
            arguments = [declared(*pair) for pair in zip(dtypes, body.arguments, strict=True)]
            lines = "".join(f"    {line}\n" for line in own.lines)
            self.file.functions[name] = (
                f"/* {body.docstring.rstrip('.')}. */\n"
                f"static {declared(body.value.dtype, name)}({', '.join(arguments)})\n"
                f"{{\n{lines}    return {result};\n}}\n"
            )
        return name


def _elements(pointer: str) -> At:
    name, _, first = bare(pointer).partition(" + ")
    by = int(first or 0)
    return lambda j: f"{name}[{bare(_shifted(j, by))}]"


def _shifted(j: str, by: int) -> str:
    if by == 0:
        return j
    return str(int(j) + by) if j.isdigit() else f"({j} + {by})"


def _plain(function: Function, value: Value) -> At:
    inputs = [function.at(part) for part in value.inputs]
    template = EXPRESSIONS[value.op].replace("@f", suffix(value.dtype))
    if value.op in HELPERS:
        function.file.helper(value.op, value.dtype)
    is_call = not template.startswith("(")

    def at(j: str) -> str:
        texts = [part(j) for part in inputs]
        return template.format(*map(bare, texts) if is_call else texts)

    return at


def _cast(function: Function, value: Value) -> At:
    source, kind = function.at(value.inputs[0]), TYPES[value.dtype]
    return lambda j: f"({kind}){source(j)}"


def _called(function: Function, value: Value) -> At:
    name = function.define(value.data, [part.dtype for part in value.inputs])
    inputs = [function.at(part) for part in value.inputs]
    return lambda j: f"{name}({', '.join(bare(part(j)) for part in inputs)})"


def _columns(function: Function, value: Value) -> At:
    source, chosen = function.at(value.inputs[0]), value.data
    if value.inputs[0].width == 1:
        return source
    if chosen == tuple(range(chosen[0], chosen[0] + len(chosen))):
        return lambda j: source(_shifted(j, chosen[0]))
    order = function.file.constant(INDEX, chosen, "ORDER")
    return lambda j: source(f"{order}[{bare(j)}]")


def _rows_of_one(function: Function, value: Value) -> At | None:
    index, table = value.inputs
    if table.width > 1:
        return None
    pointer, at = function.pointer(table), function.at(index)
    return lambda j: f"{pointer}[{bare(at(j))}]"


_ELEMENTS: dict[str, Callable[[Function, Value], At | None]] = {
    "cast": _cast,
    "call": _called,
    "columns": _columns,
    "rows": _rows_of_one,
}
_ELEMENTWISE = {*EXPRESSIONS, *_ELEMENTS}
_LEAVES = {"input", "parameter", "constant", "transpose", "flat"}


def _reduced(function: Function, value: Value, target: str) -> None:
    source = value.inputs[0]
    name = function.file.helper(value.op, source.dtype)
    function.lines.append(f"{target} = {name}({function.pointer(source)}, {source.width});")


def _row_mean(function: Function, value: Value, target: str) -> None:
    source = value.inputs[0]
    name = function.file.helper("row_sum", source.dtype)
    call = f"{name}({function.pointer(source)}, {source.width})"
    function.lines.append(f"{target} = {call} / {source.width};")


def _row_sort(function: Function, value: Value, target: str) -> None:
    source = function.at(value.inputs[0])
    if value.width == 1:
        function.lines.append(f"{target} = {source('0')};")
        return
    function.loop(value.width, f"{_elements(target)('j')} = {bare(source('j'))};")
    name = function.file.helper("row_sort", value.dtype)
    function.lines.append(f"{name}({bare(target)}, {value.width});")


def _as_pointer(value: Value, target: str, function: Function) -> tuple[str, str]:
    """(where a helper may write, how it comes from there into a variable of width 1)."""
    if value.width > 1:
        return bare(target), ""
    name = function.name("made")
    function.lines.append(f"{declared(value.dtype, name)};")
    return f"&{name}", f"{target} = {name};"


def _matmul(function: Function, value: Value, target: str) -> None:
    a, weights = value.inputs
    out, after = _as_pointer(value, target, function)
    name = function.file.helper("matmul", value.dtype)
    pointers = f"{function.pointer(a)}, {function.pointer(weights)}"
    function.lines.append(f"{name}({pointers}, {a.width}, {value.width}, {out});")
    function.lines += [after] if after else []


def _matmul_groups(function: Function, value: Value, target: str) -> None:
    a, weights = value.inputs
    out, after = _as_pointer(value, target, function)
    name = function.file.helper("matmul_groups", value.dtype)
    groups, pointers = value.data, f"{function.pointer(a)}, {function.pointer(weights)}"
    sizes = f"{groups}, {a.width // groups}, {value.width // groups}"
    function.lines.append(f"{name}({pointers}, {sizes}, {out});")
    function.lines += [after] if after else []


def _rows(function: Function, value: Value, target: str) -> None:
    index, table = value.inputs
    at, width = function.at(index), table.width
    row = f"{bare(at(f'(j / {width})'))}"
    place = f"({row}) * {width} + j % {width}"
    function.loop(value.width, f"{_elements(target)('j')} = {function.pointer(table)}[{place}];")


def _lookup(function: Function, value: Value, target: str) -> None:
    ordered = sorted(value.data, key=lambda pair: pair[0].encode("utf-8", "surrogatepass"))
    entries = "".join(f"    {{{literal(text)}, {number}}},\n" for text, number in ordered)
    levels = f"static const struct level @[{len(ordered)}] = {{\n{entries}}};\n"
    name = function.file.named(levels, "LEVELS")
    function.file.helper("lookup", FLOAT64)
    text = function.at(value.inputs[0])("0")
    function.lines.append(f"{target} = lookup({text}, {name}, {len(ordered)});")


def _hash(function: Function, value: Value, target: str) -> None:
    key = bytes.fromhex(value.data)
    cells = ", ".join(str(byte) for byte in key)
    name = function.file.named(
        f"static const unsigned char @[{len(key)}] = {{\n    {cells},\n}};\n", "KEY"
    )
    function.file.helper("hashed", FLOAT64)
    digits = function.name("digits")
    text = function.at(value.inputs[0])("0")
    function.lines.append(f"char {digits}[17];")
    function.lines.append(f"{target} = hashed({text}, {name}, {len(key)}, {digits});")


_WRITERS: dict[str, Callable[[Function, Value, str], None]] = {
    "row_sum": _reduced,
    "row_mean": _row_mean,
    "row_max": _reduced,
    "row_argmax": _reduced,
    "row_sort": _row_sort,
    "matmul": _matmul,
    "matmul_groups": _matmul_groups,
    "rows": _rows,
    "lookup": _lookup,
    "hash": _hash,
}

# Every operation that a file can hold.
WRITTEN = {*_LEAVES, *_ELEMENTWISE, *_WRITERS, "concatenate"}
