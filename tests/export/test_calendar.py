"""Cycles of the calendar and clocks of zones as array operations, against the encoder's own."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.export.calendar import PHASES, clock_changes, local_clock, write_cycles
from chainrule.export.description import Description, InputColumn, Output, output_of
from chainrule.export.values import FLOAT64, concatenate, given
from chainrule.table.encode.calendar import CYCLES
from chainrule.table.encode.calendar import write_cycles as own_cycles
from chainrule.table.zones import local_days
from exports import exported


def computed(value, days):
    """What a value of "days" is, by the NumPy writer."""
    width = value.width
    described = Description(
        (InputColumn("days", FLOAT64, "days"),),
        value,
        given("x", FLOAT64, width),
        ({},),
        (Output("found", output_of(0, FLOAT64, width)),),
        FLOAT64,
        None,
        np.ones(1),
    )
    return exported(described, "numpy", {"days": days[:, None]})["found"]


def test_every_cycle_is_there():
    assert list(PHASES) == list(CYCLES)


def test_cycles_of_every_day_of_two_centuries():
    days = np.append(np.arange(-25_567.0, 47_500.0) + 0.37, [np.nan, 1e6, -7e5])
    right = np.empty((len(days), 2 * len(CYCLES)))
    own_cycles(days, tuple(CYCLES), right)
    found = computed(concatenate(write_cycles(given("days", FLOAT64), tuple(CYCLES))), days)
    np.testing.assert_allclose(found, right, atol=1e-12)


ROME = pytest.param("Europe/Rome", marks=pytest.mark.slow)


@pytest.mark.parametrize("zone", [ROME, "Asia/Kathmandu", "+05:30", "UTC", None])
def test_clocks_of_zones(zone):
    starts, _ = clock_changes(zone)
    days = np.concatenate([np.linspace(-25_000, 47_000, 200), starts[::9], starts[::9] - 1 / 1440])
    found = computed(local_clock(given("days", FLOAT64), zone), days)[:, 0]
    np.testing.assert_allclose(found, local_days(days, zone), atol=1e-8)
