"""Inputs grown by coverage, for three readers of text from strangers; run by `python -m fuzz`.

    python -m fuzz.guided model|csv|quantity CORPUS... [options of libFuzzer]

It needs atheris. An error of the project is an answer; any other exception is a finding, which
libFuzzer keeps as a file.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["chainrule"]):
    import chainrule.estimators.mlp
    import chainrule.estimators.tabular.classifier  # noqa: F401  what a first load would import
    from chainrule.errors import ChainruleError
    from chainrule.estimators.load import loads
    from chainrule.explain.derivation.names import Names
    from chainrule.spec import Dense, Loss, NetworkSpec
    from chainrule.table.read import read_table

_NAMES = Names(
    NetworkSpec(3, (Dense(4, "tanh"), Dense(2, "softmax")), Loss("cross_entropy")),
    ("x=1", "a, b", "bill_length_mm"),
    ("class=0", "c"),
)
_FOLDER = Path(tempfile.mkdtemp(prefix="chainrule-fuzz-"))


def read_model(data: bytes) -> None:
    """The reader of model files, up to the object that a file makes."""
    loads(data)


def read_csv(data: bytes) -> None:
    """The reader of delimited text."""
    path = _FOLDER / "table.csv"
    path.write_bytes(data)
    table = read_table(path)
    for name in table:
        len(table[name])


def read_quantity(data: bytes) -> None:
    """The parser of "W1[3,bill_length_mm]"; what it gives must name itself the same way again."""
    asked = _NAMES.parse(data.decode("utf-8", "replace"))
    assert _NAMES.parse(asked.identifier).identifier == asked.identifier


TARGETS: dict[str, Callable[[bytes], None]] = {
    "model": read_model,
    "csv": read_csv,
    "quantity": read_quantity,
}


def main(arguments: list[str]) -> None:
    target = TARGETS[arguments[1]]
    warnings.simplefilter("ignore")

    def one(data: bytes) -> None:
        try:
            target(data)
        except ChainruleError:
            return

    atheris.Setup([arguments[0], *arguments[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
