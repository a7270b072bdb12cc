"""Which numbers of a target mean classes."""

from __future__ import annotations

import numpy as np

MAX_CLASSES = 20  # distinct whole numbers


def means_classes(values: np.ndarray) -> bool:
    """Whether the numbers of a target, none of them missing, mean classes: at most 20 whole ones.

    Parameters
    ----------
    values : ndarray, shape (n_samples,)
    """
    distinct = np.unique(values)
    return len(distinct) <= MAX_CLASSES and bool(np.all(distinct == np.floor(distinct)))
