"""C source that predicts as a model does: one .c and one .h, with libm alone and no allocation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chainrule._version import __version__
from chainrule.errors import DataError
from chainrule.export.c.expressions import Function
from chainrule.export.c.helpers import HELPERS, helper
from chainrule.export.c.main import example, members_of, names_of
from chainrule.export.c.shared import File
from chainrule.export.c.text import (
    TYPES,
    array,
    comment,
    declared,
    identifier,
    listed,
    numbers,
    wrapped,
)
from chainrule.export.description import Description
from chainrule.export.labels import label_type
from chainrule.export.values import FLOAT32, TEXT, Value

_HEADER = """\
{about}#ifndef {upper}_H
#define {upper}_H

#ifdef __cplusplus
extern "C" {{
#endif

/* A row of the table. NAN, NULL and a category that training did not meet are missing. */
struct {name}_row {{
{row}
}};

struct {name}_answer {{
{answer}
}};

{names}
/* Needs about {stack} bytes of stack; may run in several threads at once. */
void {name}_predict(const struct {name}_row *row, struct {name}_answer *answer);

#ifdef __cplusplus
}}
#endif

#endif
"""
_PREDICT = """\
void {name}_predict(const struct {name}_row *row, struct {name}_answer *answer)
{{
    {number} x[{n_inputs}], z[{n_all}];
    encode(row, x);
    for (int k = 0; k < {n_members}; k++)
        network(x, {parameters}z + {n_outputs} * k);
    join(z, answer);
}}
"""


@dataclass(frozen=True)
class CSource:
    """The text of a model in C.

    Attributes
    ----------
    stem : str
        What its files are called, without .c and .h.
    name : str
        What all names that they define begin with.
    header, source : str
        Of the .h and the .c.
    verified : dict or None
        "rows", "difference" and "by"; None where there was no compiler.
    """

    stem: str
    name: str
    header: str
    source: str
    verified: dict[str, float | str] | None = None


def to_c(description: Description, stem: str = "model") -> CSource:
    """The two files.

    Parameters
    ----------
    stem : str, default "model"
        What they are called, without .c and .h.

    Raises
    ------
    DataError
        For a category or class with the character NUL, and for a name that C cannot include.
    """
    if not re.fullmatch(r"[\w .+-]+", stem):
        raise DataError(f"the file name {stem!r} cannot stand in C.", "Use letters and digits.")
    name = identifier(stem.lower(), set())
    file = File()
    columns = description.columns
    members = dict(zip((c.name for c in columns), members_of(columns), strict=True))
    encode = Function(file, {key: f"row->{member}" for key, member in members.items()}, ["x"])
    encode.compute([_target(description.encoded.cast(description.dtype), "x")])
    x = "x" if description.encoded.width > 1 else "x[0]"
    network = Function(file, {"x": x}, ["x", "z"])
    network.compute([_target(description.network, "z")])
    n_members, width = len(description.members), description.network.width
    given = {
        f"outputs {k}": f"z[{k}]" if width == 1 else f"(z + {width * k})" if k else "z"
        for k in range(n_members)
    }
    join = Function(file, given, ["z"])
    join.compute([(output.value, f"answer->{output.name}") for output in description.outputs])

    number = TYPES[description.dtype]
    own = "const struct parameters *p, " if file.parameters else ""
    parts = [
        f'#include "{stem}.h"\n\n#include <math.h>\n#include <stdint.h>\n#include <string.h>\n',
        *_names(description, name, "").values(),
        *(helper(used, kind) for used in HELPERS for kind in _kinds(file, used)),
        *file.functions.values(),
        *(text.replace("@", given, 1) for text, given in file.constants.items()),
        _defined(f"static void encode(const struct {name}_row *row, {number} *x)", encode.lines),
        _parameters(file, description) if own else "",
        _defined(
            f"static void network(const {number} *x, {own}{number} *z)",
            network.lines,
        ),
        _defined(f"static void join(const {number} *z, struct {name}_answer *answer)", join.lines),
        _PREDICT.format(
            name=name,
            number=number,
            parameters="&PARAMETERS[k], " if own else "",
            n_inputs=description.encoded.width,
            n_members=n_members,
            n_outputs=width,
            n_all=width * n_members,
        ),
        example(stem, name, description),
    ]
    stack = max(part.stack for part in (encode, network, join))
    stack += 8 * (description.encoded.width + width * n_members) + 500
    header = _HEADER.format(
        about=_about(description),
        upper=name.upper(),
        name=name,
        row="\n".join(
            f"    {declared(c.dtype, m, None if c.width == 1 else c.width)};"
            f" /* {comment(c.name)}: {comment(c.unit)} */"
            for c, m in zip(columns, members.values(), strict=True)
        ),
        answer="\n".join(
            f"    {_member(output.value, output.name)};" for output in description.outputs
        ),
        names="".join(_names(description, name, "extern ").values()),
        stack=f"{-(-stack // 1000)},000",
    )
    return CSource(stem, name, header, "\n".join(part for part in parts if part))


def _target(value: Value, pointer: str) -> tuple[Value, str]:
    """Where a value goes: behind a pointer."""
    return value, pointer if value.width > 1 else f"{pointer}[0]"


def _member(value: Value, name: str) -> str:
    return declared(value.dtype, name, value.width if value.width > 1 else None)


def _defined(head: str, lines: list[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"{head}\n{{\n{body}}}\n"


def _kinds(file: File, name: str) -> list[str]:
    """The types of numbers for which a helper is needed."""
    return sorted(kind for used, kind in file.helpers if used == name)


def _names(description: Description, name: str, extern: str) -> dict[str, str]:
    """The arrays of names: their declarations, or with their contents."""
    texts: dict[str, tuple[str, list[object]]] = {
        "columns": (TEXT, list(names_of(description.columns)))
    }
    if description.classes is not None:
        kind = label_type(np.asarray(description.classes))
        texts["classes"] = (kind, list(description.classes))
    found = {}
    for noun, (dtype, values) in texts.items():
        text = array(dtype, f"{name}_{noun}", values)
        found[noun] = extern + text.partition(" = ")[0] + ";\n" if extern else text
    return found


def _parameters(file: File, description: Description) -> str:
    """The structure of a network's parameters, and those of each network."""
    first, number = description.members[0], TYPES[description.dtype]
    fields = []
    for key, (name, is_transposed) in file.parameters.items():
        shape = first[name].shape[::-1] if is_transposed else first[name].shape
        sizes = " x ".join(map(str, shape))
        fields.append(f"    {number} {key}[{first[name].size}]; /* {name}, {sizes} */\n")
    entries = []
    for params in description.members:
        arrays = [_cells(params, *at, description.dtype) for at in file.parameters.values()]
        entries.append("    {\n" + "".join(arrays) + "    },\n")
    return (
        f"struct parameters {{\n{''.join(fields)}}};\n\n"
        f"static const struct parameters PARAMETERS[{len(entries)}] = {{\n{''.join(entries)}}};\n"
    )


def _cells(params: Mapping[str, np.ndarray], name: str, is_transposed: bool, dtype: str) -> str:
    values = params[name].T if is_transposed else params[name]
    return f"        {{\n{listed(numbers(values, dtype), ' ' * 12)}\n        }},\n"


def _about(description: Description) -> str:
    networks = len(description.members)
    kinds = "float" if description.dtype == FLOAT32 else "double"
    return wrapped(
        f"Predictions of a model that chainrule {__version__} trained: {networks} "
        f"network{'s' if networks > 1 else ''} in {kinds}. It needs the C library alone "
        "(C99, link with -lm) and allocates nothing."
    )
