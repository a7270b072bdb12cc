"""How a column was understood, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST_LEVELS = 6  # that are named


def column_words(column: Mapping[str, Any]) -> str:
    """What an encoder makes of its column, from its JSON form.

    "3 values: Biscoe, Dream, Torgersen", "median 44.45", "names rows, not used".
    """
    levels = column.get("levels")
    if levels:
        shown = ", ".join(str(level) for level in levels[:_MOST_LEVELS])
        return f"{len(levels)} values: {shown}{', ...' if len(levels) > _MOST_LEVELS else ''}"
    if column["code"] == "none":
        return "never changed, not used"
    if column["code"] == "left out":
        return "names rows, not used"
    if column["code"] == "text":
        return f"free text, {len(column['medians'])} numbers"
    if "cycles" in column:
        parts = ["days since 1970" if column["kind"] == "datetime" else "hours", *column["cycles"]]
        zone = f" of {column['zone']}" if column.get("zone") else ""
        return f"{', '.join(parts)}{zone}"
    return f"median {column['median']:g}"
