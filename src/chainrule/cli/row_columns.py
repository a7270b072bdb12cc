"""Columns that say something of the rows: the target, weights, groups, moments; and of classes."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.table.read import FileTable


def found_columns(table: FileTable, named: Mapping[str, str | None]) -> dict[str, str]:
    """Option -> the table's name of the column that it names.

    Raises `DataError` for a column that is not there, that of the target under another option, and
    for groups beside moments.
    """
    from chainrule.table.read.names import found_names, suggestion

    given = {option: name for option, name in named.items() if name is not None}
    names = found_names(list(given.values()), list(table))
    found = {option: names[name] for option, name in given.items()}
    for option, name in found.items():
        if name not in table:
            raise DataError(
                f"{table.report.source} has no column {name!r}, which {option} names.",
                suggestion(name, list(table)),
            )
        if option != "--target" and name == found.get("--target"):
            raise DataError(f"{option} names the target {name!r}.", "Name another column.")
    if "--groups" in found and "--time" in found:
        raise DataError(
            "--groups and --time cannot both say which rows are held out.", "Leave one of them out."
        )
    return found


def check_categorical(
    table: FileTable, X: FileTable, names: Sequence[str], target: str
) -> list[str]:
    """The columns of `--categorical`; `DataError` for those that are no input, or no numbers."""
    found = [found_columns(table, {"--categorical": name})["--categorical"] for name in names]
    kinds = {column.name: column.kind for column in table.report.columns}
    for name in found:
        if name not in X:
            what = "the target" if name == target else "no input"
            raise DataError(
                f"--categorical names {name!r}, which is {what}.", "Name another column."
            )
        if kinds[name] in ("datetime", "time", "duration"):
            words = {"datetime": "dates", "time": "times of day", "duration": "durations"}
            raise DataError(
                f"--categorical names {name!r}, which holds {words[kinds[name]]}.",
                f"If each of them is a name say --text {shlex.quote(name)} instead.",
            )
    return found


def check_counts(table: FileTable, target: str, y: np.ndarray) -> None:
    """Raise `DataError` for a target below 0, which counts are not."""
    import numpy as np

    wrong = np.flatnonzero(y < 0)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{table.location(row)}: the target {target!r} is {y[row]:g}; --loss poisson takes "
            "numbers of at least 0.",
            "Say another --loss, or leave the row out.",
        )


def weights_of(table: FileTable, name: str) -> np.ndarray:
    """The weight of each row; `DataError` for what is none."""
    import numpy as np

    values = _complete(table, name, "--weights")
    if values.dtype.kind not in "iuf":
        kind = next(c.kind for c in table.report.columns if c.name == name)
        raise DataError(
            f"column {name!r} of --weights holds {kind} values, and weights are numbers.",
            "Name another column.",
        )
    wrong = np.flatnonzero(values < 0)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{table.location(row)}: column {name!r} of --weights is {values[row]:g}; weights "
            "are at least 0.",
            "Correct it, or leave the row out.",
        )
    if not values.any():
        raise DataError(
            f"column {name!r} of --weights is 0 in every row.", "At least one must be above 0."
        )
    return values


def groups_of(table: FileTable, name: str) -> np.ndarray:
    """The group of each row; `DataError` where there is only one."""
    values = _complete(table, name, "--groups")
    if len(set(values.tolist())) < 2:
        raise DataError(
            f"column {name!r} of --groups is {str(values.tolist()[0])!r} in every row; to hold one "
            "group out there must be at least 2.",
            "Name another column.",
        )
    return values


def times_of(table: FileTable, name: str) -> np.ndarray:
    """The moment of each row; `DataError` for text, and for one moment."""
    values = _complete(table, name, "--time")
    if values.dtype.kind not in "iufmM":
        example = shlex.quote(f"{name}=%d/%m/%Y")
        raise DataError(
            f"column {name!r} of --time holds text.",
            f"Say how its dates are spelled: --dates {example}",
        )
    if (values == values[0]).all():
        raise DataError(
            f"column {name!r} of --time is the same in every row, so that none is later.",
            "Name another column.",
        )
    return values


def _complete(table: FileTable, name: str, option: str) -> np.ndarray:
    import numpy as np

    from chainrule.cli.model import is_missing

    values = table[name]
    missing = np.flatnonzero(is_missing(values))
    if len(missing):
        more = f", and in {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError(
            f"{table.location(int(missing[0]))}: column {name!r} of {option} is missing "
            f"there{more}.",
            "Fill it in, or leave such rows out.",
        )
    return values


def class_weights_of(pairs: Sequence[str], classes: Sequence[Any]) -> Mapping[Any, float]:
    """`--class-weight LABEL=FACTOR`, labels as the table has them."""
    known = {str(label): label for label in classes}
    listed = f"The classes are: {', '.join(list(known)[:8])}{', ...' if len(known) > 8 else ''}."
    found: dict[Any, float] = {}
    for pair in pairs:
        label, mark, factor = pair.rpartition("=")
        if not mark:
            raise DataError(f"--class-weight takes LABEL=FACTOR, found {pair!r}.", listed)
        if label not in known:
            raise DataError(f"--class-weight names {label!r}, which is no class.", listed)
        if known[label] in found:
            raise DataError(f"--class-weight names {label!r} twice.", "Say one factor of it.")
        try:
            value = float(factor)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise DataError(
                f"--class-weight {pair}: the factor must be a number of at least 0, found "
                f"{factor!r}.",
                f"Say for example --class-weight {shlex.quote(f'{label}=2')}.",
            )
        found[known[label]] = value
    if not any(found.get(label, 1.0) for label in known.values()):
        raise DataError("--class-weight is 0 for every class.", "At least one must be above 0.")
    return found
