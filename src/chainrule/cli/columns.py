"""A column's values in a few words."""

from __future__ import annotations

from collections import Counter

import numpy as np

from chainrule.cli.output import number

_SHOWN = 3


def values_in_words(values: np.ndarray, kind: str, *, counts: bool = False) -> str:
    """ "32.1 to 59.6", or "3 values: Biscoe, Dream, Torgersen"; `counts` adds how often."""
    if kind == "empty":
        return "none"
    if kind == "number" and not counts:
        known = values[~np.isnan(values)]
        return f"{number(float(known.min()))} to {number(float(known.max()))}"
    if kind == "datetime":
        known = values[~np.isnat(values)]
        return f"{known.min().astype('M8[s]')} to {known.max().astype('M8[s]')}"
    known = Counter(value for value in values.tolist() if value is not None)
    shown = []
    for value, count in known.most_common(_SHOWN):
        word = number(value) if isinstance(value, float) else str(value)
        word = word if len(word) <= 16 else word[:13] + "..."
        shown.append(f"{word} {count}" if counts else word)
    more = ", ..." if len(known) > _SHOWN else ""
    noun = "class" if counts else "value"
    plural = noun if len(known) == 1 else noun + ("es" if counts else "s")
    return f"{len(known)} {plural}: {', '.join(shown)}{more}"
