"""How a diagnosis says its fixes on the command line: as options of `chainrule train`."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chainrule.explain.diagnosis.words import Code, Remedy, Words


def _sizes(value: Any) -> str:
    return ",".join(str(units) for units in value)


# Setting or action -> (option, how its value is written; None for a switch).
_OPTIONS: dict[str, tuple[str, Callable[[Any], str] | None]] = {
    "learning_rate": ("--learning-rate", "{:g}".format),
    "epochs": ("--epochs", str),
    "batch_size": ("--batch-size", str),
    "hidden": ("--hidden", _sizes),
    "dropout": ("--dropout", "{:g}".format),
    "patience": ("--patience", str),
    "random_state": ("--seed", str),
    "class_weight": ("--balanced", None),
    "classifier": ("--task classification", None),
    "drop_column": ("--ignore", lambda column: shlex.quote(column.name)),
}


@dataclass(frozen=True)
class CommandWords(Words):
    """Those of `chainrule train`."""

    calls: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def takes(self, remedy: Remedy) -> bool:
        return all(
            name in _OPTIONS and not isinstance(value, Code) for name, value in remedy.items()
        )

    def steps(self, remedy: Remedy) -> tuple[str, ...]:
        parts = ["chainrule train ..."]
        for name, value in remedy.items():
            option, write = _OPTIONS[name]
            parts.append(option if write is None else f"{option} {write(value)}")
        return (" ".join(parts),)
