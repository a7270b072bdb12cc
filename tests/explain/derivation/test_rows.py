"""A mean over the rows, weighted where they have weights."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.derivation.rows import over_rows, with_row
from chainrule.explain.derivation.sums import Sums
from chainrule.explain.examples import mazur, xor
from chainrule.explain.notation.tree import (
    Quantity,
    add,
    apply,
    crossed,
    minus,
    over,
    power,
    times,
)
from chainrule.explain.trace import StepTrace
from chainrule.spec import TrainingSpec


def value_of(trace, values):
    return over_rows(
        trace, Sums(), values, lambda r: Quantity("row_loss", float(values[r]), row=r)
    ).value


def test_sums_and_means():
    example = xor()
    values = np.array([1.0, 2.0, 3.0, 5.0])
    assert value_of(example.trace(), values) == 11.0  # the example's loss is a sum
    weights = np.array([1.0, 0.0, 2.0, 1.0])
    weighted = StepTrace(
        example.spec, example.params, example.X, example.y, TrainingSpec(), sample_weight=weights
    )
    assert value_of(weighted, values) == pytest.approx((1.0 + 6.0 + 5.0) / 4.0)
    assert value_of(mazur().trace(), values[:1]) == 1.0


def test_every_symbol_gets_its_row():
    z = Quantity("z", 2.0, 1, 0, row=3)
    for node in (
        apply("exp", z), minus(z), add(z, z), times(z, z), over(z, z), power(z, 2), crossed(z),
    ):  # fmt: skip
        assert "over_rows=True" in repr(with_row(node))
        assert "over_rows=False" not in repr(with_row(node))
        assert with_row(node).value == node.value
    setting = Quantity("n_rows", 4.0)
    assert with_row(setting) == setting
