"""A moment steps as `fit` does, and shows the step that it takes."""

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.trace import StepTrace
from chainrule.playground import PROBLEMS, problem
from chainrule.playground.moment import SCHEDULED, Moment
from chainrule.playground.tables import from_trace
from chainrule.spec import TrainingSpec


def equal(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all((one[name] == other[name]).all() for name in one)


def moment(**settings) -> Moment:
    start = problem("moons")
    training = TrainingSpec(**{"learning_rate": 0.01, "batch_size": 48, "seed": 3, **settings})
    return replace(start, training=training).start()


@pytest.mark.parametrize("name", PROBLEMS)
def test_single_steps_are_those_of_fit(name):
    start = problem(name).start()
    n_steps = 3 * start.n_batches
    training = replace(start.training, epochs=3)
    fitted = engine.fit(start.spec, start.params, start.X, start.y, training)
    one_by_one = start
    for _ in range(n_steps):
        one_by_one = one_by_one.after(1)
    assert equal(one_by_one.params, fitted.params)
    assert one_by_one.state.n_steps == fitted.state.n_steps == n_steps
    assert one_by_one.state.epoch == 3 and one_by_one.batch == 0


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
def test_the_trace_is_the_step_that_is_taken(optimizer):
    now = moment(optimizer=optimizer, l2=1e-3)
    for _ in range(7):
        later = now.after(1)
        assert equal(now.trace().params_after, later.params)
        now = later


def test_many_steps_at_once_are_the_same_steps():
    start = moment()
    assert start.n_batches == 5
    by_one = start
    for _ in range(13):
        by_one = by_one.after(1)
    assert equal(by_one.params, start.after(13).params)
    assert equal(by_one.params, start.after(2).after(9).after(2).params)
    assert (by_one.step, by_one.state.epoch, by_one.batch) == (13, 2, 3)


def test_rows_of_an_epoch_come_once_each_in_a_new_order():
    now, seen = moment(), []
    for _ in range(5):
        seen.append(now.rows)
        now = now.after(1)
    first = np.concatenate(seen)
    assert sorted(first) == list(range(200)) and (first != np.arange(200)).any()
    assert (now.rows != seen[0]).any()


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_schedule_is_refused(name):
    with pytest.raises(ValueError, match=f"leave out {name}"):
        moment(**{name: "cosine"})


def test_a_fitted_model_is_stepped_without_its_schedules():
    training = TrainingSpec(batch_size=48, weight_decay=0.1, weight_decay_schedule="cosine")
    start = problem("moons").start()
    trace = StepTrace(start.spec, start.params, start.X, start.y, training)
    now = from_trace(trace, "fitted").start()
    by_one = now
    for _ in range(10):
        by_one = by_one.after(1)
    assert equal(by_one.params, now.after(10).params)
