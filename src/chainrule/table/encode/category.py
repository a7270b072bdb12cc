"""The encoders of a column of categories or booleans, and which of them a column gets.

PairEncoder     two levels in one input: +1, -1, and a third value for anything else
OneHotEncoder   one 0/1 input for every level
IndexEncoder    the index of the level, which an embedding of the network looks up
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import BOOLEAN, DATETIME, TIME, Column, Level, as_category
from chainrule.table.encode.column_encoder import (
    FLAGS,
    INDICES,
    ColumnEncoder,
    UnusedEncoder,
    counted,
)
from chainrule.table.encode.scaling import flag_scales, robust_scale, smooth_clip


@dataclass(frozen=True)
class CategoryEncoder(ColumnEncoder):
    """A column of levels.

    Attributes
    ----------
    levels : tuple
        The known levels, ascending.
    """

    levels: tuple[Level, ...]

    @property
    def level_suffixes(self) -> tuple[str, ...]:
        """`=level` for every level; a text that reads like another level stands in quotes."""
        texts = [str(level) for level in self.levels]
        counts = Counter(texts) if self._is_mixed else Counter[str]()
        twice = {text for text, count in counts.items() if count > 1}
        return tuple(
            f"={level!r}" if isinstance(level, str) and level in twice else f"={level}"
            for level in self.levels
        )

    @property
    def _is_mixed(self) -> bool:
        return len({isinstance(level, str) for level in self.levels}) > 1

    @property
    def file_kind(self) -> str | None:
        """Booleans, text, or numbers that name categories; text where there are both."""
        if self.kind == BOOLEAN:
            return "boolean"
        numbers = not any(isinstance(level, str) for level in self.levels)
        return "number" if numbers else "text"

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, number of inputs); the notice counts unseen categories."""
        indices, notice = match_levels(column, self.name, self.levels)
        self._fill(indices, out)
        return notice

    @abstractmethod
    def _fill(self, indices: np.ndarray, out: np.ndarray) -> None:
        """Write the inputs of rows whose level has this index, -1 for missing and unseen."""


@dataclass(frozen=True)
class PairEncoder(CategoryEncoder):
    """One or two levels in one input: the first is +1, the second -1, anything else `other`.

    Attributes
    ----------
    other : float
        The value of missing and unseen rows: 0 beside two levels, -1 beside one.
    median, factor : float
        Scale of the resulting input.
    """

    code: ClassVar[str] = "pair"
    other: float
    median: float
    factor: float

    @property
    def suffixes(self) -> tuple[str, ...]:
        """`=level` of the level that is +1."""
        return self.level_suffixes[:1]

    @property
    def groups(self) -> tuple[int, ...]:
        """One flag."""
        return (FLAGS,)

    def _fill(self, indices: np.ndarray, out: np.ndarray) -> None:
        table = np.array([*(1.0, -1.0)[: len(self.levels)], self.other])
        out[:, 0] = smooth_clip(table, self.median, self.factor)[indices]


@dataclass(frozen=True)
class OneHotEncoder(CategoryEncoder):
    """One input for every level, 1 where the row has it; missing and unseen rows are all 0.

    Attributes
    ----------
    medians, factors : tuple of float
        Scale of each 0/1 input.
    """

    code: ClassVar[str] = "onehot"
    medians: tuple[float, ...]
    factors: tuple[float, ...]

    @property
    def suffixes(self) -> tuple[str, ...]:
        """`=level` for every level."""
        return self.level_suffixes

    @property
    def groups(self) -> tuple[int, ...]:
        """Flags."""
        return (FLAGS,) * len(self.levels)

    def _fill(self, indices: np.ndarray, out: np.ndarray) -> None:
        medians, factors = np.array(self.medians), np.array(self.factors)
        absent = smooth_clip(np.zeros(len(self.levels)), medians, factors)
        present = smooth_clip(np.ones(len(self.levels)), medians, factors)
        out[:] = absent
        rows = np.flatnonzero(indices >= 0)
        out[rows, indices[rows]] = present[indices[rows]]


@dataclass(frozen=True)
class IndexEncoder(CategoryEncoder):
    """The index of the row's level, 1 to K, and 0 where it is missing or unseen."""

    code: ClassVar[str] = "embedding"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Nothing."""
        return ("",)

    @property
    def groups(self) -> tuple[int, ...]:
        """An index."""
        return (INDICES,)

    def _fill(self, indices: np.ndarray, out: np.ndarray) -> None:
        out[:, 0] = indices + 1


def fit_category(
    column: Column, weights: np.ndarray | None, most: int, max_one_hot: int | None
) -> tuple[CategoryEncoder | UnusedEncoder, str | None]:
    """The encoder of a column of levels, of which the `most` frequent are kept, and a notice."""
    known = column.values >= 0
    codes = column.values[known].astype(np.intp)
    kept = None if weights is None else weights[known]
    mass = np.bincount(codes, kept, len(column.levels)).astype(np.float64)
    met = np.flatnonzero(mass > 0)
    notice = None
    if len(met) > most:
        first = np.full(len(mass), len(codes))
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        met = np.lexsort((first, -mass))[:most]
        notice = (
            f"column '{column.name}' has {np.count_nonzero(mass)} categories; the {most} most "
            "frequent are kept, the others count as unknown."
        )
    ordered = sorted(met.tolist(), key=lambda c: _rank(column.levels[c]))
    levels = tuple(column.levels[c] for c in ordered)
    if notice is None and (alike := _reads_alike(levels)):
        notice = (
            f"column '{column.name}' holds {alike[0]!r} and {alike[1]!r}, taken for two "
            "categories, which a file cannot tell apart."
        )
    if max_one_hot is not None and len(levels) > max_one_hot:
        return IndexEncoder(column.name, column.kind, levels), notice
    mass = mass[ordered]
    total = float(len(column.values) if weights is None else weights.sum())
    rest = total - mass.sum() if len(codes) < len(column.values) or notice else 0.0
    if len(levels) > 2:
        medians, factors = flag_scales(mass / total)
        scales = (tuple(medians.tolist()), tuple(factors.tolist()))
        return OneHotEncoder(column.name, column.kind, levels, *scales), notice
    if len(levels) + (rest > 0) < 2:
        return UnusedEncoder(column.name, column.kind), notice
    other = 0.0 if len(levels) == 2 else -1.0
    inputs, masses = [1.0, -1.0][: len(levels)], mass.tolist()
    if rest > 0:
        inputs, masses = [*inputs, other], [*masses, rest]
    scale = robust_scale(np.array(inputs), np.array(masses))
    return PairEncoder(column.name, column.kind, levels, other, *scale), notice


def match_levels(
    column: Column, name: str, levels: tuple[Level, ...]
) -> tuple[np.ndarray, str | None]:
    """Each row's index among the known levels, -1 for missing and unseen, and a notice.

    Raises `DataError` where the column holds dates or times of day now.
    """
    if column.kind in (DATETIME, TIME) and not column.missing.all():
        noun = "dates" if column.kind == DATETIME else "times of day"
        raise DataError(f"column '{name}' held categories in training and holds {noun} now.")
    column = as_category(column)
    known: dict[Level, int] = {level: index for index, level in enumerate(levels)}
    found = [known.get(level, -1) for level in column.levels]
    if -1 in found and any(isinstance(level, str) for level in levels):
        # What came as text in training may come as numbers or booleans now, and the reverse.
        by_text = {_text(level): index for level, index in reversed(known.items())}
        found = [
            by_text.get(_text(level), -1) if index < 0 else index
            for level, index in zip(column.levels, found, strict=True)
        ]
    indices = np.array([*found, -1], np.int64)[column.values]  # code -1 meets the last entry
    unseen = (indices < 0) & (column.values >= 0)
    if not unseen.any():
        return indices, None
    new = [column.levels[code] for code in np.unique(column.values[unseen])]
    shown = ", ".join(repr(level) for level in new[:3]) + (", ..." if len(new) > 3 else "")
    return indices, (
        f"column '{name}' has {counted(int(unseen.sum()), 'row')} with "
        f"{counted(len(new), 'category', 'categories')} not met in training ({shown}), "
        "taken as unknown."
    )


def _text(level: Level) -> str:
    """A level as text, true and false alike however they are spelled."""
    text = str(level)
    return text.lower() if text.lower() in ("true", "false") else text


def _reads_alike(levels: tuple[Level, ...]) -> tuple[Level, Level] | None:
    """The first two levels that are one text, as 1 and '1' are."""
    first: dict[str, Level] = {}
    for level in levels:
        if str(level) in first:
            return first[str(level)], level
        first[str(level)] = level
    return None


def _rank(level: Any) -> tuple[bool, Any]:
    return isinstance(level, str), level
