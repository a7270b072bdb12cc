"""What kind of target a column is."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from chainrule.cli.output import Output, shell
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.table.read import FileTable

_IN_TIME = {"datetime": "dates", "time": "times of day", "duration": "durations"}
_MANY_ROWS = 20  # from here on a target of names is refused


class Task(StrEnum):
    """What there is to learn."""

    classification = "classification"
    regression = "regression"


def task_of(table: FileTable, name: str, given: Task | None) -> tuple[Task, str]:
    """The task for a target column, and why.

    Text, booleans, and whole numbers of at most 20 different values mean classification; other
    numbers mean regression.
    """
    kind = next(column.kind for column in table.report.columns if column.name == name)
    if kind in _IN_TIME:
        raise DataError(
            f"column {name!r} holds {_IN_TIME[kind]}, which cannot be the target.",
            f"If they are classes, read them as text with --text {name!r}.",
        )
    if given is not None:
        if given is Task.regression and kind != "number":
            raise DataError(
                f"column {name!r} holds {kind} values; regression needs numbers.",
                "Say --task classification.",
            )
        return given, "as you said"
    if kind != "number":
        what = "booleans" if kind == "boolean" else "text"
        return Task.classification, f"because {name!r} holds {what}"
    import numpy as np

    from chainrule.table.classes import means_classes

    count = len(np.unique(table[name]))
    if means_classes(table[name]):
        return Task.classification, f"because {name!r} holds {count} different whole numbers"
    return Task.regression, f"because {name!r} holds numbers of {count} different values"


def check_target(table: FileTable, name: str, *, trains: bool = True) -> np.ndarray:
    """The target's values; refuses missing ones, and to train on a single one."""
    import numpy as np

    from chainrule.cli.model import is_missing, plain_label

    values = table[name]
    if trains and len(values) < 2:
        raise DataError(
            f"{table.report.source} has 1 row; at least 2 are needed to train.", "Add rows."
        )
    missing = np.flatnonzero(is_missing(values))
    if len(missing) == len(values):
        raise DataError(f"the target {name!r} has no value in any row.", "Name another column.")
    if len(missing):
        more = f", and in {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError(
            f"{table.location(int(missing[0]))}: the target {name!r} is missing there{more}.",
            f"Leave such rows out with --drop-missing-target{_na_hint(table, name)}.",
        )
    if not trains:
        return values
    if all(value == values[0] for value in values.tolist()):
        raise DataError(
            f"the target {name!r} is {plain_label(values.tolist()[0])!r} in every row; there is "
            "nothing to learn.",
            "Name another column.",
        )
    _refuse_names(table, name, values)
    return values


def _refuse_names(table: FileTable, name: str, values: np.ndarray) -> None:
    """Refuse a target of text with nearly as many classes as rows."""
    if values.dtype.kind != "O" or len(values) < _MANY_ROWS:
        return
    n_classes = len(set(values.tolist()))
    if 2 * n_classes > len(values):
        raise DataError(
            f"the target {name!r} holds {n_classes:,} different texts in {len(values):,} rows "
            f"({table.location(0)}: {str(values[0])[:40]!r}); classes need many rows each.",
            "If its values are numbers say how they are written with --numbers, else choose "
            "another target.",
        )


def _na_hint(table: FileTable, name: str) -> str:
    """What to say besides of a target of text, in which NA may be a class."""
    if table[name].dtype.kind != "O":
        return ""
    return f", or if NA is a class there say --text {shell(name)}"


def without_missing(table: FileTable, name: str, out: Output) -> FileTable:
    """The rows that have a target; says how many have none."""
    import numpy as np

    from chainrule.cli.model import is_missing

    missing = is_missing(table[name])
    gone = int(missing.sum())
    if not gone or gone == len(missing):
        return table
    rows = "1 row has" if gone == 1 else f"{gone:,} rows have"
    out.notice(f"{rows} no value in {name!r} and stay out.")
    return table.take(np.flatnonzero(~missing))


def as_target(values: np.ndarray, task: Task, name: str) -> np.ndarray:
    """The target as an estimator takes it: whole numbers as integers, text as objects."""
    import numpy as np

    if task is Task.regression or values.dtype.kind != "f":
        return values
    if not np.all(values == np.floor(values)):
        raise DataError(
            f"column {name!r} holds fractional numbers, which are no classes.",
            "Say --task regression, or --text to read the column as text.",
        )
    return values.astype(np.int64)
