"""What a network's outputs are called."""

from __future__ import annotations

import numpy as np


def class_names(classes: np.ndarray) -> tuple[str, ...]:
    """The classes as text, `class=2` where a label is a number: an index may stand there, too."""
    labels = [str(label) for label in classes.tolist()]
    if any(label.isdigit() for label in labels):
        labels = [f"class={label}" for label in labels]
    return tuple(labels)
