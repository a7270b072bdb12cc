"""The labels of classes as a table of values."""

from __future__ import annotations

import numpy as np

from chainrule.export.values import BOOL, FLOAT64, INT64, TEXT, Value, constant

_TYPES = {"b": BOOL, "i": INT64, "u": INT64, "f": FLOAT64}


def label_type(classes: np.ndarray) -> str:
    """What the labels are among the types of values; text where they are no numbers."""
    return _TYPES.get(classes.dtype.kind, TEXT)


def label_table(classes: np.ndarray) -> Value:
    """The classes one below the other, of which a place names one."""
    return constant(classes[:, None], label_type(classes))
