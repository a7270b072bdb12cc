"""The mutants, read from `catalogue.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

# Section of the file -> its heading.
SECTIONS = {
    "backward": "The backward pass",
    "penalties": "Penalties",
    "update": "The update",
    "fit": "What only `fit` does",
}


class Mutant(NamedTuple):
    """One fault.

    Attributes
    ----------
    what : str
    network : str
        A key of `problems.PROBLEMS`.
    file : str
        Below core/.
    right, wrong : str
        The text of the source, which stands there once, and the text that takes its place.
    """

    what: str
    network: str
    file: str
    right: str
    wrong: str


def _read() -> dict[str, tuple[Mutant, ...]]:
    path = Path(__file__).with_name("catalogue.toml")
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {section: tuple(Mutant(**entry) for entry in found[section]) for section in SECTIONS}


BY_SECTION = _read()
MUTANTS = tuple(mutant for mutants in BY_SECTION.values() for mutant in mutants)
