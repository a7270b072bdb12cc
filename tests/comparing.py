"""What tests of the compiled core share: how equal two results are, and which machines they met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from chainrule import _core
from chainrule.spec import TrainingState

# With one fused multiply-add where the portable kernels have a product and a sum.
FUSED = [name for name in _core.instruction_sets() if name != "portable"]


@contextmanager
def instruction_set(name: str) -> Iterator[None]:
    """Every call inside runs on this instruction set."""
    before = _core.instruction_set()
    _core.use_instruction_set(name)
    try:
        yield
    finally:
        _core.use_instruction_set(before)


def same_bits(left: Mapping[str, np.ndarray], right: Mapping[str, np.ndarray]) -> bool:
    """Whether all arrays agree to the bit, the sign of zero included."""
    return left.keys() == right.keys() and all(
        left[name].dtype == right[name].dtype and left[name].tobytes() == right[name].tobytes()
        for name in left
    )


def same_state(left: TrainingState, right: TrainingState) -> bool:
    """Whether two optimizers remember the same bits."""
    return (
        (left.n_steps, left.epoch, left.beta1_power, left.beta2_power)
        == (right.n_steps, right.epoch, right.beta1_power, right.beta2_power)
    ) and same_bits(left.moments, right.moments)


def normwise(left: Mapping[str, np.ndarray], right: Mapping[str, np.ndarray]) -> float:
    """The largest difference in a tensor over the largest number in it, of the worst tensor."""
    assert left.keys() == right.keys()
    return max(
        float(np.abs(left[name] - right[name]).max() / max(np.abs(right[name]).max(), 1e-300))
        for name in left
    )


def rounded(arrays: Mapping[str, np.ndarray], dtype: str) -> dict[str, np.ndarray]:
    """The arrays in another number type."""
    return {name: array.astype(dtype) for name, array in arrays.items()}
