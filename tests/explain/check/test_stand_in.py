"""A whole training of the small network that stands in, beside the reference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainrule import engine
from chainrule.explain.check import stand_in
from chainrule.explain.check.stand_in import follows_its_rules
from chainrule.spec import OPTIMIZERS, SCHEDULES, Schedule, TrainingSpec

CONSTANTS = {
    "step": {"every": 2, "factor": 0.5},
    "cosine": {"warmup": 0.2},
    "plateau": {"patience": 1},
}


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("weighted", [False, True])
def test_fit_follows_every_optimizer_in_batches(optimizer, weighted):
    given = TrainingSpec(optimizer, l1=1.0, l2=5.0, weight_decay=9.0, clip_norm=70.0)
    assert follows_its_rules(given, weighted)
    assert follows_its_rules(replace(given, batch_size=None, clip_norm=None), weighted)
    assert follows_its_rules(replace(given, l1=0.0, penalty_per_batch=True), weighted)
    assert follows_its_rules(replace(given, reduction="sum", shuffle=False), weighted)


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_fit_follows_every_schedule(name):
    schedule = Schedule(name, CONSTANTS.get(name, {}))
    assert follows_its_rules(TrainingSpec(epochs=7, schedule=schedule), False)
    if name != "plateau":
        decays = TrainingSpec("adamw", weight_decay=0.1, weight_decay_schedule=schedule)
        assert follows_its_rules(decays, False)


# What a fit does otherwise -> the training that it follows instead.
OTHERWISE = {
    "the schedule": {"schedule": Schedule()},
    "the rows' order": {"seed": 1},
    "the batches": {"batch_size": 3},
    "the penalty": {"l2": 0.0},
    "clipping": {"clip_norm": None},
    "the epochs": {"epochs": 29},
}


@pytest.mark.parametrize("what", [*OTHERWISE, "the weights"])
def test_a_fit_that_does_otherwise_is_seen(monkeypatch, what):
    given = TrainingSpec(schedule=Schedule("exponential"), l2=1.0, clip_norm=0.1)
    fit = engine.fit

    def other(spec, params, X, y, training, sample_weight):
        if what == "the weights":
            sample_weight = None
        training = replace(training, **OTHERWISE.get(what, {}))
        return fit(spec, params, X, y, training, sample_weight=sample_weight)

    monkeypatch.setattr(stand_in.engine, "fit", other)
    assert not follows_its_rules(given, True)
