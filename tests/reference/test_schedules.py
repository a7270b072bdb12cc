"""Schedules at places where their value is known without a computer."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from chainrule.reference.schedules import schedule_factor
from chainrule.spec import SCHEDULES, Schedule


def factors(name: str, n_steps: int, **constants: float) -> list[float]:
    schedule = Schedule(name, constants)
    return [schedule_factor(schedule, step, n_steps, 0) for step in range(n_steps)]


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_starts_at_a_number_from_0_to_1(name: str) -> None:
    assert 0.0 <= schedule_factor(Schedule(name), 0, 100, 0) <= 1.0


def test_constant() -> None:
    assert factors("constant", 3) == [1.0, 1.0, 1.0]


def test_step_falls_every_so_many_epochs() -> None:
    schedule = Schedule("step", {"every": 2, "factor": 0.1})
    by_epoch = [schedule_factor(schedule, 0, 1, epoch) for epoch in range(6)]
    assert by_epoch == pytest.approx([1.0, 1.0, 0.1, 0.1, 0.01, 0.01])


def test_exponential_falls_every_epoch() -> None:
    schedule = Schedule("exponential", {"factor": 0.5})
    assert [schedule_factor(schedule, 0, 1, epoch) for epoch in range(4)] == [1.0, 0.5, 0.25, 0.125]


def test_cosine() -> None:
    half = math.sqrt(0.5)
    expected = [1.0, 0.5 + half / 2, 0.5, 0.5 - half / 2]
    assert factors("cosine", 4) == pytest.approx(expected, rel=1e-15)


def test_cosine_with_warm_up_rises_in_a_line_to_1_and_falls_from_1() -> None:
    found = factors("cosine", 10, warmup=0.4)
    assert found[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert found[4] == 1.0
    assert found[7] == pytest.approx(0.5)  # half of what is left
    assert all(before > after for before, after in pairwise(found[4:]))
    assert factors("cosine", 2, warmup=1.0) == [0.5, 1.0]


def test_warm_up_over_a_broken_number_of_steps_stays_at_most_1() -> None:
    assert max(factors("cosine", 9, warmup=0.5)) <= 1.0  # 4.5 steps


def test_coslog4_has_four_valleys_at_equal_steps_of_the_logarithm() -> None:
    # 1 + 15 t = 1, 2, 4, 8 are the valleys, and its roots of 2 in between the hills.
    schedule = Schedule("coslog4")
    for k in range(4):
        valley = (2**k - 1) * 1000
        assert schedule_factor(schedule, valley, 15_000, 0) == pytest.approx(0.0, abs=1e-12)
        hill = round((2 ** (k + 0.5) - 1) * 1e12)
        assert schedule_factor(schedule, hill, 15 * 10**12, 0) == pytest.approx(1.0, abs=1e-12)


def test_flat_cos_is_flat_and_then_half_a_cosine() -> None:
    half = math.sqrt(0.5)
    expected = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5 + half / 2, 0.5, 0.5 - half / 2]
    assert factors("flat_cos", 8) == pytest.approx(expected, rel=1e-15)


def test_plateau_waits_and_lowers_and_stops_at_the_floor() -> None:
    schedule = Schedule("plateau", {"factor": 0.5, "patience": 2, "floor": 0.2})
    losses = [5.0, 4.0, 4.0, 4.5, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]
    by_epoch = [
        schedule_factor(schedule, 0, 1, epoch, losses[:epoch]) for epoch in range(len(losses) + 1)
    ]
    assert by_epoch == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2]
