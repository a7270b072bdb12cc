"""Schedules are said in words."""

from __future__ import annotations

from chainrule.cli.training_words import SCHEDULES, training_words
from chainrule.spec import TrainingSpec
from chainrule.spec.training import SCHEDULES as KNOWN


def test_every_schedule_has_words() -> None:
    assert list(SCHEDULES) == list(KNOWN)
    for name in KNOWN:
        text = training_words(TrainingSpec(schedule=name, learning_rate=0.25, seed=7))
        assert "seed 7" in text and "learning rate 0.25" in text
        assert (f"({name})" in text) == (name != "constant")
        assert max(map(len, text.splitlines())) <= 80
