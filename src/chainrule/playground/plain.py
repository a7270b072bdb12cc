"""Answers for a reader of JSON."""

from __future__ import annotations

import math
from typing import Any


def plain(value: Any) -> Any:
    """The same without infinity and NaN, which JSON does not have: null, shown as "—"."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list | tuple) else value
