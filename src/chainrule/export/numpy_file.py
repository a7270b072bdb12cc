"""One Python file that predicts as a model does, with NumPy alone, and can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule._version import __version__
from chainrule.export.description import Description
from chainrule.export.numpy_expressions import Function, packed
from chainrule.export.numpy_helpers import HELPERS
from chainrule.export.values import TEXT

_HEAD = '''\
"""Predictions of a model that chainrule {version} trained; needs NumPy alone.

    from {module} import predict
    predict({example})

{columns}
"""'''
_TABLE = """\
A table is a mapping of column name to values. None and NaN are missing values; a category that
training did not meet counts as missing. The columns:

"""
_USE = '''\
def {name}({argument}):
    """{what}"""
    with np.errstate(all="ignore"):
        return {answer}
'''
_ANSWERS = '''\
def answers(table):
    """All answers for the rows of a table, by name: {names}."""
    x = encode(table).astype(np.{dtype})
    return join(*(network(x, p) for p in PARAMETERS))
'''


def to_numpy_source(description: Description, module: str = "model") -> str:
    """The text of the file.

    Parameters
    ----------
    module : str, default "model"
        The name under which its example imports it.

    Returns
    -------
    str
        Python, with `predict(table)` and `answers(table)`; of a classifier also `predict_proba`.
    """
    constants: dict[str, str] = {}
    functions: dict[str, str] = {}
    used: set[str] = {"unpacked"}
    encode = Function("encode", ["table"], constants, used, functions)
    for column in description.columns:
        helper = "texts" if column.dtype == TEXT else "numbers" if column.width == 1 else "matrix"
        used.add(helper)
        size = f", {column.width}" if helper == "matrix" else ""
        cells = f"{helper}(table[{column.name!r}]{size})"
        encode.given[column.name] = encode.assign(column.name, cells)
    encode.returns(description.encoded, "The inputs of the networks, (n, inputs).")
    network = Function("network", ["x", "p"], constants, used, functions)
    network.given["x"] = "x"
    network.returns(description.network, "What one network makes of its inputs; p its parameters.")
    several = [f"z{number}" for number in range(len(description.members))]
    join = Function("join", several, constants, used, functions)
    join.given = {f"outputs {number}": name for number, name in enumerate(several)}
    join.returns_named(description.outputs, "The answers of the networks together.")

    names = [output.name for output in description.outputs]
    is_matrix = description.columns[0].width > 1
    answers = f"answers({{{description.columns[0].name!r}: X}})" if is_matrix else "answers(table)"
    uses = [("predict", f'{answers}["{names[0]}"]', f"The {names[0]} of every row.")]
    if "probabilities" in names:
        text = f"The probability of each class, (n, {len(description.classes or ())})."
        uses.append(("predict_proba", f'{answers}["probabilities"]', text))
    if "lower" in names:
        answer = f'np.stack(operator.itemgetter("lower", "upper")({answers}), axis=1)'
        uses.append(("predict_interval", answer, "The lower and upper bound of every row."))
    argument = "X" if is_matrix else "table"
    parts = [
        _head(description, module),
        _imports({*used, *names}),
        *(
            _USE.format(name=name, argument=argument, answer=answer, what=what)
            for name, answer, what in uses
        ),
        _ANSWERS.format(names=", ".join(names), dtype=description.dtype),
        *(function.text() for function in (encode, network, join)),
        *functions.values(),
        *(HELPERS[name] for name in HELPERS if name in used),
        "\n".join(f"{name} = {text}" for name, text in constants.items()) or "",
        _parameters(description.members),
    ]
    return "\n\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _head(description: Description, module: str) -> str:
    first = description.columns[0]
    if first.width > 1:
        example = "X"
        columns = f"X has {first.width} {first.unit} a row."
    else:
        cells = '["a"]' if first.dtype == TEXT else "[1.5]"
        example = f"{{{_plain(first.name)}: {cells}, ...}}"
        columns = _TABLE + "\n".join(
            f"    {_plain(column.name)}: {column.unit}" for column in description.columns
        )
    return _HEAD.format(version=__version__, module=module, example=example, columns=columns)


def _plain(name: str) -> str:
    """A name as Python spells it, safe inside a docstring."""
    return ascii(name).replace("\\", "\\\\").replace('"', "'")


def _imports(used: set[str]) -> str:
    wanted = {"hashed": "hashlib", "normal_cdf": "math", "lower": "operator"}
    modules = ["base64", *(module for name, module in wanted.items() if name in used)]
    return "\n".join(f"import {name}" for name in sorted(modules)) + "\n\nimport numpy as np\n"


def _parameters(members: tuple[Mapping[str, np.ndarray], ...]) -> str:
    lines = ["# Of each network: numbers in base64, the little end first.", "PARAMETERS = ["]
    for params in members:
        lines.append("    {")
        lines += [f"        {name!r}: {packed(array)}," for name, array in params.items()]
        lines.append("    },")
    return "\n".join([*lines, "]"])


def run_numpy(source: str, rows: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The answers of a file's text for the rows of a table."""
    names: dict[str, Any] = {}
    exec(compile(source, "<exported>", "exec"), names)  # our own text, for the verification
    with np.errstate(all="ignore"):
        found: dict[str, np.ndarray] = names["answers"](rows)
    return found
