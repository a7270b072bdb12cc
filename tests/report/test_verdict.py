"""The verdict follows from the interval and the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from chainrule.report.verdict import verdict_of


@dataclass
class One:
    value: float
    low: float
    high: float
    baseline: float


def judged(name, score, **more):
    given = {"n_rows": 50, "n_known": 0, "classes": ["no", "yes"], "baseline": np.array([0.7, 0.3])}
    return verdict_of({name: score}, more.pop("unseen", {}), "by halves", **{**given, **more})


@pytest.mark.parametrize(
    ("name", "score", "level"),
    [
        ("accuracy", One(0.9, 0.8, 0.95, 0.7), "better"),
        ("accuracy", One(0.9, 0.7, 0.95, 0.7), "unclear"),
        ("accuracy", One(0.5, 0.4, 0.6, 0.7), "worse"),
        ("rmse", One(1.0, 0.8, 1.2, 1.3), "better"),
        ("rmse", One(1.0, 0.8, 1.2, 0.9), "unclear"),
        ("rmse", One(1.0, 0.8, 1.2, 0.7), "worse"),
        ("rmse", One(1.0, float("nan"), float("nan"), 2.0), "unclear"),
    ],
)
def test_levels(name, score, level) -> None:
    assert judged(name, score).level == level


def test_sentence_and_warning() -> None:
    score = One(0.9, 0.8, 0.95, 0.7)
    assert judged("accuracy", score).sentence == (
        "On the 50 rows given the model is better than answering always 'no': it is right in "
        "90.0 % (90 % interval 80.0 to 95.0 %); one answer for all in 70.0 %."
    )
    seen = judged("accuracy", score, n_known=50)
    assert "give rows that the model has not seen" in seen.warning
    half = judged("accuracy", score, n_known=20, unseen={"accuracy": One(0.6, 0.5, 0.8, 0.7)})
    assert half.level == "unclear" and half.warning.startswith("About 20 of these 50 rows")
    assert half.tables[0].how == "by halves"
    assert judged("accuracy", One(1, 1, 1, 0), n_known=0).warning == ""
