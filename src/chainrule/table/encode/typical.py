"""A row that looks like those of training, from what an encoder keeps of them."""

from __future__ import annotations

from typing import Any

from chainrule.table.column import Column
from chainrule.table.encode.category import CategoryEncoder
from chainrule.table.encode.column_encoder import ColumnEncoder
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.times import as_cell


def typical_row(encoder: Encoder) -> dict[str, Any]:
    """Column -> a cell, of every column that predictions need.

    Parameters
    ----------
    encoder : Encoder

    Returns
    -------
    dict
        Of numbers, dates and spans the median; of categories the first level; None where the
        encoder keeps no cell: of free text, and of categories that are hashed.
    """
    needed = set(encoder.column_names)
    return {
        column.name: _cell(column, is_hashed=encoder.key is not None)
        for column in encoder.columns
        if column.name in needed
    }


def _cell(encoder: ColumnEncoder, *, is_hashed: bool) -> Any:
    if isinstance(encoder, NumberEncoder):
        zone = getattr(encoder, "zone", None)
        column = Column(encoder.name, encoder.kind, values=None, zone=zone)  # type: ignore[arg-type]
        return as_cell(column, encoder.median)
    if isinstance(encoder, CategoryEncoder) and not is_hashed:
        return encoder.levels[0]
    return None
