"""A fitted model as array operations: the small language that every writer of exports speaks.

A `Value` is what one operation makes of others. It has a row for every row of the table, or one row
where it is the same for all; the number of its columns is known. Who describes a model combines
values with + - * / @ and the functions below; who writes a file walks back from the outputs and
knows nothing but `OPERATIONS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import numpy as np

# name -> what it makes; a and b are values, n rows; scalars and single rows are broadcast.
OPERATIONS = {
    "input": "the rows given under a name",
    "parameter": "an array of a network, by name",
    "constant": "an array, the same for every row and network",
    "exp": "e^a",
    "sqrt": "the square root of a",
    "tanh": "tanh a",
    "sigmoid": "1 / (1 + e^-a)",
    "softplus": "ln(1 + e^a)",
    "normal_cdf": "the probability that a standard normal number is below a",
    "sin": "sin a",
    "cos": "cos a",
    "floor": "the largest whole number that is not above a",
    "round": "the whole number nearest to a, the even one of two",
    "is_missing": "whether a is NaN",
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a b",
    "divide": "a / b",
    "minimum": "the smaller of a and b",
    "maximum": "the larger of a and b",
    "greater": "whether a > b",
    "equal": "whether a = b",
    "where": "b where a is true, else c",
    "matmul": "a b, the product of matrices",
    "matmul_groups": "consecutive columns of a, each group by a matrix of its own from b",
    "transpose": "an array of a network with rows and columns exchanged",
    "flat": "an array of a network as one row",
    "row_sum": "the sum of each row",
    "row_mean": "the mean of each row",
    "row_max": "the largest of each row",
    "row_argmax": "the place of the largest of each row, the first of equals",
    "row_sort": "each row ascending",
    "concatenate": "columns side by side",
    "columns": "chosen columns, in the order chosen",
    "rows": "the rows of b that a names, side by side",
    "cast": "the same numbers in another type",
    "lookup": "the number that stands for a text, 0 for a text that has none",
    "hash": "the keyed hash of a text",
    "call": "a function of values, itself made of operations",
}
FLOAT64, FLOAT32, INT64, BOOL, TEXT = "float64", "float32", "int64", "bool", "text"


@dataclass(frozen=True, eq=False)
class Value:
    """What one operation makes.

    Attributes
    ----------
    op : str
        A key of `OPERATIONS`.
    inputs : tuple of Value
    dtype : str
        "float64", "float32", "int64", "bool" or "text".
    width : int
        Columns.
    data : object
        The name of an input or parameter, the array of a constant, the columns chosen, the numbers
        of texts, the number of groups, the key of a hash, or the `Body` of a function.
    note : str
        What it is called where people read it; "" has no name.
    """

    op: str
    inputs: tuple[Value, ...]
    dtype: str
    width: int
    data: Any = None
    note: str = ""

    def noted(self, note: str) -> Value:
        """The same under a name."""
        return replace(self, note=note)

    def __add__(self, other: Operand) -> Value:
        return _binary("add", self, other)

    def __sub__(self, other: Operand) -> Value:
        return _binary("subtract", self, other)

    def __mul__(self, other: Operand) -> Value:
        return _binary("multiply", self, other)

    def __truediv__(self, other: Operand) -> Value:
        return _binary("divide", self, other)

    def __gt__(self, other: Operand) -> Value:
        return _binary("greater", self, other, BOOL)

    def __matmul__(self, other: Value) -> Value:
        return Value("matmul", (self, other), self.dtype, other.width)

    def minimum(self, other: Operand) -> Value:
        """The smaller of two."""
        return _binary("minimum", self, other)

    def maximum(self, other: Operand) -> Value:
        """The larger of two."""
        return _binary("maximum", self, other)

    def equal(self, other: Operand) -> Value:
        """Where two are the same."""
        return _binary("equal", self, other, BOOL)

    def exp(self) -> Value:
        """e^a."""
        return self._unary("exp")

    def sqrt(self) -> Value:
        """The square root."""
        return self._unary("sqrt")

    def tanh(self) -> Value:
        """tanh a."""
        return self._unary("tanh")

    def sigmoid(self) -> Value:
        """1 / (1 + e^-a)."""
        return self._unary("sigmoid")

    def softplus(self) -> Value:
        """ln(1 + e^a)."""
        return self._unary("softplus")

    def normal_cdf(self) -> Value:
        """Phi(a)."""
        return self._unary("normal_cdf")

    def sin(self) -> Value:
        """sin a."""
        return self._unary("sin")

    def cos(self) -> Value:
        """cos a."""
        return self._unary("cos")

    def floor(self) -> Value:
        """The largest whole number that is not above."""
        return self._unary("floor")

    def round(self) -> Value:
        """The nearest whole number, the even one of two."""
        return self._unary("round")

    def is_missing(self) -> Value:
        """Where it is NaN."""
        return Value("is_missing", (self,), BOOL, self.width)

    def where(self, then: Value, other: Operand) -> Value:
        """`then` where this is true, else `other`."""
        other = as_value(other, then.dtype)
        width = max(self.width, then.width, other.width)
        return Value("where", (self, then, other), then.dtype, width)

    def matmul_groups(self, weights: Value, groups: int, outputs: int) -> Value:
        """The columns in so many groups of k, each times its (outputs, k) of the weights.

        `weights` has shape (groups outputs, k), group after group.
        """
        return Value("matmul_groups", (self, weights), self.dtype, groups * outputs, groups)

    def transposed(self) -> Value:
        """A network's array with rows and columns exchanged."""
        return Value("transpose", (self,), self.dtype, self.data[1][0])

    def flat(self) -> Value:
        """A network's array as one row."""
        return Value("flat", (self,), self.dtype, int(np.prod(self.data[1])))

    def row_sum(self) -> Value:
        """The sum of each row, (n, 1)."""
        return Value("row_sum", (self,), self.dtype, 1)

    def row_mean(self) -> Value:
        """The mean of each row, (n, 1)."""
        return Value("row_mean", (self,), self.dtype, 1)

    def row_max(self) -> Value:
        """The largest of each row, (n, 1)."""
        return Value("row_max", (self,), self.dtype, 1)

    def row_argmax(self) -> Value:
        """The place of the largest of each row, (n, 1)."""
        return Value("row_argmax", (self,), INT64, 1)

    def row_sort(self) -> Value:
        """Each row ascending."""
        return Value("row_sort", (self,), self.dtype, self.width)

    def columns(self, chosen: Sequence[int]) -> Value:
        """Some columns, in this order."""
        picked = tuple(int(index) for index in chosen)
        if picked == tuple(range(self.width)):
            return self
        return Value("columns", (self,), self.dtype, len(picked), picked)

    def rows_of(self, table: Value) -> Value:
        """For every number the row of the table that it names, side by side."""
        return Value("rows", (self, table), table.dtype, self.width * table.width)

    def cast(self, dtype: str) -> Value:
        """In another type of number."""
        return self if dtype == self.dtype else Value("cast", (self,), dtype, self.width)

    def lookup(self, numbers: dict[str, int]) -> Value:
        """The number of each text, 0 where it has none."""
        return Value("lookup", (self,), INT64, 1, tuple(numbers.items()))

    def hash(self, key: str) -> Value:
        """BLAKE2b of 8 bytes with this key, in hexadecimal digits."""
        return Value("hash", (self,), TEXT, 1, key)

    def _unary(self, op: str) -> Value:
        return Value(op, (self,), self.dtype, self.width)


Operand = Value | float | np.ndarray


@dataclass(frozen=True)
class Body:
    """A function as operations on its arguments, which are inputs under their names.

    Attributes
    ----------
    name, docstring : str
    arguments : tuple of str
    value : Value
    """

    name: str
    docstring: str
    arguments: tuple[str, ...]
    value: Value


# The names of all functions, which nothing else in a file may have.
FUNCTIONS: set[str] = set()


def function(build: Callable[..., Value]) -> Callable[..., Value]:
    """Make a call of what is built of values, unit by unit: a file may keep it as a function.

    The operations must be the same whatever the widths; numbers become constants.
    """
    arguments = tuple(inspect.signature(build).parameters)
    docstring = (build.__doc__ or "").split("\n")[0]
    FUNCTIONS.add(build.__name__)

    @wraps(build)
    def call(first: Value, *others: Operand) -> Value:
        values = (first, *(as_value(other, first.dtype) for other in others))
        given_ = [given(n, v.dtype, v.width) for n, v in zip(arguments, values, strict=True)]
        made = build(*given_)
        body = Body(build.__name__, docstring, arguments, made)
        return Value("call", values, made.dtype, made.width, body)

    return call


def as_value(given: Operand, dtype: str) -> Value:
    """A number or array as a constant of one row (or of its own rows)."""
    return given if isinstance(given, Value) else constant(np.asarray(given), dtype)


def constant(array: np.ndarray, dtype: str) -> Value:
    """An array of shape (), (k,) or (rows, k)."""
    data = np.atleast_2d(np.asarray(array, object if dtype == TEXT else dtype))
    return Value("constant", (), dtype, data.shape[1], data)


def given(name: str, dtype: str, width: int = 1) -> Value:
    """Rows that are given under a name."""
    return Value("input", (), dtype, width, name)


def parameter(name: str, shape: tuple[int, ...], dtype: str) -> Value:
    """A network's array of shape (k,), taken as one row, or (rows, k)."""
    return Value("parameter", (), dtype, shape[-1], (name, shape))


def concatenate(parts: Sequence[Value]) -> Value:
    """Columns side by side."""
    if len(parts) == 1:
        return parts[0]
    width = sum(part.width for part in parts)
    return Value("concatenate", tuple(parts), parts[0].dtype, width)


def walk(*outputs: Value) -> Iterator[Value]:
    """Every value that the outputs need, each once, behind those that it needs itself."""
    seen: set[int] = set()
    stack = [(value, False) for value in reversed(outputs)]
    while stack:
        value, is_ready = stack.pop()
        if is_ready:
            yield value
        elif id(value) not in seen:
            seen.add(id(value))
            stack.append((value, True))
            stack += [(part, False) for part in reversed(value.inputs)]


def _binary(op: str, a: Value, b: Operand, dtype: str | None = None) -> Value:
    b = as_value(b, a.dtype)
    return Value(op, (a, b), dtype or a.dtype, max(a.width, b.width))
