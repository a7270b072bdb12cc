"""What the functions of a C file share: constant arrays, helpers, and networks' parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chainrule.export.c.text import TYPES, array
from chainrule.export.values import FLOAT32, FLOAT64, Value


@dataclass
class File:
    """What the functions of a file share.

    Attributes
    ----------
    constants : dict of str to str
        Text of an array with @ for its name -> its name.
    helpers : set of pair of str
        Those used, with their types.
    functions : dict of str to str
        Functions made of operations, by name.
    parameters : dict of str to tuple
        The fields of the networks' parameters: name -> (array, whether it is transposed).
    taken : set of str
        Names that are something already.
    """

    constants: dict[str, str] = field(default_factory=dict)
    helpers: set[tuple[str, str]] = field(default_factory=set)
    functions: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, tuple[str, bool]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def constant(self, dtype: str, values: Sequence[object], wish: str) -> str:
        """The name of an array of the file; one array is written once."""
        return self.named("static " + array(dtype, "@", list(values)), wish)

    def named(self, text: str, wish: str) -> str:
        """The name of a text in which @ stands for it."""
        if text not in self.constants:
            self.constants[text] = f"{wish}_{len(self.constants)}"
        return self.constants[text]

    def helper(self, name: str, dtype: str) -> str:
        """The name of a helper for numbers of a type."""
        self.helpers.add((name, TYPES[FLOAT32 if dtype == FLOAT32 else FLOAT64]))
        return name + suffix(dtype)

    def parameter(self, value: Value) -> str:
        """A pointer to an array of a network."""
        is_transposed = value.op == "transpose"
        name = (value.inputs[0] if is_transposed else value).data[0]
        key = f"{name}_transposed" if is_transposed else name
        self.parameters[key] = (name, is_transposed)
        return f"p->{key}"


def suffix(dtype: str) -> str:
    return "f" if dtype == FLOAT32 else ""
