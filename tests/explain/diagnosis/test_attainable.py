"""The yardstick: rows predicted without themselves."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.diagnosis.attainable import _ridge, attainable, skill


def test_leaving_a_row_out_is_training_without_it():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    got = _ridge(x, y)
    errors = []
    for penalty in (1e-3, 1e-1, 1.0, 10.0, 100.0):
        centred = x - x.mean(axis=0)
        design = np.column_stack([np.ones(40), centred])
        out = np.empty_like(y)
        for row in range(40):
            rest = np.arange(40) != row
            ridge = np.diag([0.0] + [penalty * 40 / 100] * 3)
            A = design[rest].T @ design[rest] + ridge
            out[row] = design[row] @ np.linalg.solve(A, design[rest].T @ y[rest])
        errors.append((((out - y) ** 2).sum(), out))
    best = min(errors, key=lambda pair: pair[0])[1]
    np.testing.assert_allclose(got, best, atol=1e-9)


def test_lines_bends_and_noise():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 5))
    line = attainable(x, x[:, :1] + 2 * x[:, 1:2])
    assert line.line_skill > 0.99
    bend = attainable(x, np.abs(x[:, :1]))
    assert bend.line_skill < 0.05 < 0.8 < bend.skill
    product = attainable(x, x[:, :1] * x[:, 1:2])
    assert product.skill > 0.95
    assert attainable(x, rng.normal(size=(400, 1))).skill < 0.02
    assert attainable(np.ones((50, 2)), rng.normal(size=(50, 1))).skill == 0.0


@pytest.mark.parametrize("spoil", [1e-3, 1e6])
def test_scale_offset_and_a_huge_cell_change_little(spoil):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 4))
    y = np.sin(x[:, :1]) + x[:, 1:2]
    other = x * [spoil, 1.0, 3.0, 1.0] + [0.0, 1e4, -7.0, 0.0]
    other[7, 2] = 1e30
    assert attainable(other, y).skill == pytest.approx(attainable(x, y).skill, abs=0.02)


def test_skill():
    y = np.array([[1.0], [2.0], [3.0]])
    assert skill(y, y) == 1.0
    assert skill(np.full((3, 1), 2.0), y) == 0.0
    assert skill(10 * y, y) == 0.0
    assert skill(np.full((3, 1), np.nan), y) == 0.0
