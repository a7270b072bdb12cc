"""What one column tells of y by itself."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.diagnosis.columns import column_score, likeness


def test_the_score_of_a_column():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    x = (y + 0.2 * rng.normal(size=2000))[:, None]
    Y = np.eye(2)[y]
    assert column_score(x, Y, True) == pytest.approx(roc_auc_score(y, x[:, 0]), abs=0.02)
    assert column_score(rng.normal(size=(2000, 1)), Y, True) == pytest.approx(0.5, abs=0.05)
    assert column_score(x, 5 * x + 1, False) == pytest.approx(1.0)
    assert likeness(np.eye(3)[y], Y) == pytest.approx(1.0)
    assert likeness(rng.normal(size=(2000, 1)), Y) < 0.01
