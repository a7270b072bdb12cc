"""Columns: layers side by side, each over a range of the table's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

from chainrule.errors import SpecError
from chainrule.spec.checks import check_count, check_keys
from chainrule.spec.layers.layer import Inner, Layer, ReadLayer


@dataclass(frozen=True)
class Part:
    """Columns that stand side by side, and what reads them.

    Attributes
    ----------
    columns : int
        How many.
    layer : Layer or None
        None passes them on as they are.
    """

    columns: int
    layer: Layer | None = None


@dataclass(frozen=True)
class Columns(Layer):
    """out = [part 1 ; part 2 ; ...], each part made of its own columns of the table.

    Attributes
    ----------
    parts : tuple of Part, or of (columns, layer) pairs
        From left to right; together they cover every column.
    """

    kind = "columns"
    reads_features = True

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(_part(value) for value in self.parts))

    def check(self, where: str) -> None:
        """Raise `SpecError` unless every part embeds its columns or passes them on."""
        if not self.parts:
            raise SpecError(f"{where} has no parts.")
        for part in self.parts:
            check_count(f"columns of a part of {where}", part.columns)
            embeds = isinstance(part.layer, Layer) and part.layer.reads_features
            if part.layer is not None and (not embeds or isinstance(part.layer, Columns)):
                raise SpecError(
                    f"a part of {where} must be an embedding of its columns, found {part.layer!r}."
                )

    def n_out(self, n_in: int, where: str) -> int:
        """Units of all parts together; `SpecError` unless they read `n_in` columns."""
        covered = sum(part.columns for part in self.parts)
        if covered != n_in:
            raise SpecError(f"the parts of {where} read {covered} columns, there are {n_in}.")
        return sum(
            part.columns if part.layer is None else part.layer.n_out(part.columns, where)
            for part in self.parts
        )

    @property
    def inside(self) -> tuple[Inner, ...]:
        starts = accumulate((part.columns for part in self.parts), initial=0)
        return tuple(
            Inner(part.layer, first, part.columns)
            for part, first in zip(self.parts, starts, strict=False)
            if part.layer is not None
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "parts": [
                {"columns": part.columns}
                | ({} if part.layer is None else {"layer": part.layer.to_json()})
                for part in self.parts
            ],
        }

    @classmethod
    def from_json(cls, where: str, form: Mapping[str, Any], read: ReadLayer) -> Self:
        """The inverse of `to_json`; `SpecError` names an entry that cannot be."""
        check_keys(where, form, {"kind", "parts"})
        if not isinstance(form["parts"], list):
            raise SpecError(f"'parts' of {where} must be a list.")
        parts = []
        for part in form["parts"]:
            check_keys(f"a part of {where}", part, {"columns"}, optional={"layer"})
            layer = part.get("layer")
            parts.append(Part(part["columns"], None if layer is None else read(where, layer)))
        return cls(tuple(parts))


def _part(value: Any) -> Part:
    if isinstance(value, Part):
        return value
    if isinstance(value, tuple | list) and len(value) == 2:
        return Part(*value)
    raise SpecError(f"a part of columns must be a pair (columns, layer), found {value!r}.")
