"""Time zones: one name for each, and the clock on the wall there."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import DataError
from chainrule.table.zones import is_zone_name, local_days, offset_name, zone_name, zone_of


@pytest.mark.parametrize(
    ("given", "name"),
    [("UTC", "UTC"), ("Etc/UTC", "UTC"), ("Z", "UTC"), ("+00:00", "UTC"), ("-0000", "UTC"),
     ("+0200", "+02:00"), ("-03", "-03:00"), ("UTC+05:30", "+05:30"),
     ("Europe/Rome", "Europe/Rome")],
)  # fmt: skip
def test_one_name_for_each_zone(given: str, name: str) -> None:
    assert zone_name(given) == name and is_zone_name(name)


def test_zones_of_datetimes() -> None:
    moment = datetime.datetime(2024, 1, 1, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert zone_of(moment) == "Asia/Kolkata"
    fixed = datetime.timezone(-datetime.timedelta(hours=3, minutes=30))
    assert zone_of(moment.astimezone(fixed)) == "-03:30" == offset_name(-210)
    odd = datetime.timezone(datetime.timedelta(seconds=61))
    assert zone_of(moment.astimezone(odd)) == "UTC"


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/St_Johns", "Australia/Lord_Howe", "UTC",
                                  "+05:45", "Africa/Casablanca"])  # fmt: skip
def test_the_clock_on_the_wall_is_that_of_pandas(zone: str) -> None:
    moments = pd.date_range("2023-12-30", "2025-01-05", freq="17min", tz="UTC")
    days = (moments.tz_localize(None) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    wall = moments.tz_convert(zone).tz_localize(None)
    expected = (wall - pd.Timestamp(0)) / pd.Timedelta(days=1)
    np.testing.assert_allclose(local_days(days.to_numpy(), zone), expected, rtol=0, atol=1e-9)


def test_missing_and_far_days() -> None:
    days = np.array([np.nan, -719_162.0, 2_932_896.0, 1e8])
    found = local_days(days, "Europe/Rome")
    assert np.isnan(found[0]) and np.all(np.abs(found[1:] - days[1:]) < 0.1)
    assert local_days(days, None) is days


def test_unknown_zones_are_refused() -> None:
    with pytest.raises(DataError, match=r"does not know the time zone 'Mars/Olympus'.*tzdata"):
        local_days(np.zeros(1), "Mars/Olympus")
    assert not is_zone_name("../../etc/passwd") and not is_zone_name("")
