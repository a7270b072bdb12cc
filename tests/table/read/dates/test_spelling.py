"""Spellings of dates, times of day and durations: each is read right, or refused by name."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.errors import TableFileError
from chainrule.table.read.connection import connect
from chainrule.table.read.dates.spelling import SPELLINGS, is_sure, with_format, zone_text
from reading import read

HOUR, DAY = 3600, 86400
_LONG = datetime.timedelta(days=100_000_000)  # 64 bits hold 106,751,991 days of microseconds

# What the first value of a column means: an ISO date (of UTC where there is a zone), a time of day,
# or seconds. The second value decides what the first leaves open.
READ: list[tuple[list[str], Any, str | None]] = [
    (["2020-01-31"], "2020-01-31", None),
    (["2020-1-5"], "2020-01-05", None),
    ([" 2020-01-31 "], "2020-01-31", None),
    (["2020-01-31T10:15"], "2020-01-31T10:15", None),
    (["2020-01-31t10:15"], "2020-01-31T10:15", None),
    (["2020-01-31 10:15:20"], "2020-01-31T10:15:20", None),
    (["2020-01-31 9:05"], "2020-01-31T09:05", None),
    (["2020-01-31 10:15:20.5"], "2020-01-31T10:15:20.5", None),
    (["2020-01-31T10:15:20,250"], "2020-01-31T10:15:20.25", None),
    (["2020-01-31T10:15:20.123456789"], "2020-01-31T10:15:20.123456", None),
    (["2020-01-31T24:00"], "2020-02-01", None),
    (["2020-01-31T10:15Z"], "2020-01-31T10:15", "UTC"),
    (["2020-01-31T10:15:20.5z"], "2020-01-31T10:15:20.5", "UTC"),
    (["2020-01-31 10:15:20 UTC"], "2020-01-31T10:15:20", "UTC"),
    (["2020-01-31 10:15 GMT"], "2020-01-31T10:15", "UTC"),
    (["2020-01-31 10:15+00:00"], "2020-01-31T10:15", "UTC"),
    (["2020-01-31 10:15:20+02:00"], "2020-01-31T08:15:20", "+02:00"),
    (["2020-01-31T10:15+0200"], "2020-01-31T08:15", "+02:00"),
    (["2020-01-31T10:15:00 -03:30"], "2020-01-31T13:45", "-03:30"),
    (["2020-01-31T00:15+02"], "2020-01-30T22:15", "+02:00"),
    (["2020-01-31T10:15+02", "2020-07-31T10:15+01"], "2020-01-31T08:15", "UTC"),
    (["20200131T101520"], "2020-01-31T10:15:20", None),
    (["20200131T101520Z"], "2020-01-31T10:15:20", "UTC"),
    (["20200131T101520+0100"], "2020-01-31T09:15:20", "+01:00"),
    (["2020/01/31"], "2020-01-31", None),
    (["2020.1.31 10:15"], "2020-01-31T10:15", None),
    (["01/02/2020", "31/01/2020"], "2020-02-01", None),
    (["01/02/2020", "01/31/2020"], "2020-01-02", None),
    (["1.2.2020", "31.1.2020"], "2020-02-01", None),
    (["1-2-2020 10:15", "31-1-2020"], "2020-02-01T10:15", None),
    (["01/02/2020 1:05 PM", "01/31/2020 12:00 am"], "2020-01-02T13:05", None),
    (["01/02/2020 12:05:09 p.m.", "01/31/2020"], "2020-01-02T12:05:09", None),
    (["31 Jan 2020"], "2020-01-31", None),
    (["31-JAN-2020 10:15"], "2020-01-31T10:15", None),
    (["31. January 2020"], "2020-01-31", None),
    (["Jan 31, 2020"], "2020-01-31", None),
    (["September 1, 2020 9:05 PM"], "2020-09-01T21:05", None),
    (["Fri, 31 Jan 2020 10:15:20 +0100"], "2020-01-31T09:15:20", "+01:00"),
    (["2020-02"], "2020-02-01", None),
    (["Feb 2020"], "2020-02-01", None),
    (["2020-Q3"], "2020-07-01", None),
    (["2020-W05"], "2020-01-27", None),
    (["2020-W05-3"], "2020-01-29", None),
    (["2020-02-29"], "2020-02-29", None),
    (["0001-01-01"], "0001-01-01", None),
    (["9999-12-31T23:59:59.999999"], "9999-12-31T23:59:59.999999", None),
    (["10:15"], datetime.time(10, 15), None),
    (["00:00:01.5"], datetime.time(0, 0, 1, 500_000), None),
    (["9:05 AM"], datetime.time(9, 5), None),
    (["12:30:00 pm"], datetime.time(12, 30), None),
    (["1:30:00", "25:00:00"], 1.5 * HOUR, None),
    (["10:15", "24:30"], 10.25 * HOUR, None),
    (["-0:45", "30:00"], -0.75 * HOUR, None),
    (["P1DT2H"], DAY + 2 * HOUR, None),
    (["PT1.5S"], 1.5, None),
    (["-PT2M"], -120, None),
    (["P2W"], 14 * DAY, None),
    (["P-1DT19H45M0S"], -DAY + 19.75 * HOUR, None),
    (["1 days 02:30:00"], DAY + 2.5 * HOUR, None),
    (["-1 days +23:00:00"], -HOUR, None),
    (["1 day, 2:30:00"], DAY + 2.5 * HOUR, None),
    (["5 days"], 5 * DAY, None),
]  # fmt: skip


def column(folder: Path, values: list[str], suffix: str = "csv", **options: Any) -> Any:
    import json

    if suffix == "csv":
        text = "d,x\n" + "".join(f'"{value}",{row}\n' for row, value in enumerate(values))
    else:
        text = json.dumps([{"d": value, "x": row} for row, value in enumerate(values)])
    return read(folder, text, f"t.{suffix}", **options)


@pytest.mark.parametrize(("values", "expected", "zone"), READ, ids=lambda v: str(v))
@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_read(tmp_path: Path, values: list[str], expected: Any, zone: str | None, suffix: str):
    table = column(tmp_path, values, suffix)
    report = table.report.columns[0]
    first = table["d"][0]
    if isinstance(expected, str):
        assert (report.kind, report.zone) == ("datetime", zone)
        assert first == np.datetime64(expected, "us")
    elif isinstance(expected, datetime.time):
        assert (report.kind, first) == ("time", expected)
    else:
        assert (report.kind, first) == ("duration", np.timedelta64(round(expected * 1e6), "us"))
    (notice,) = table.report.notices
    assert notice.startswith("column 'd' is read as ") and values[0].strip() in notice


OPEN = r"line 2.*'d'.*no value of it decides. Say --dates d=\S+ or --dates d=\S+\."
CENTURY = "line 2.*'d'.*year of two digits leaves the century open. Say for example --dates"
REFUSED = [
    (["01/02/2020", "03/04/2020"], OPEN),
    (["1.2.2020"], OPEN),
    (["5-5-2020"], OPEN),
    (["05/05/2020", "01/02/2020"], r"line 3.*'01/02/2020'.*the day first or with the month first"),
    (["9:05", "10:30"], r"line 2.*'9:05'.*as times of day .* or as durations"),
    (["31.01.20"], CENTURY),
    (["01/02/20"], CENTURY),
    (["31-Jan-20"], CENTURY),
    (["99-12-31"], CENTURY),
    (["31/01/2020", "01/31/2020"], "line 3.*'01/31/2020'.*not one of the dates .the day first."),
    (["2020-01-31", "31/01/2020"], "line 3.*'31/01/2020'.*not one of the dates .the year first."),
    (["2020-02-29", "2021-02-29"], "line 3.*'2021-02-29'"),
    (["2020-01-31", "0000-00-00"], "line 3.*--missing 0000-00-00"),
    (["2020-01-31 10:15", "2020-01-31 25:00"], "line 3.*'2020-01-31 25:00'"),
    (["2020-01-31 10:15", "2020-01-31 23:59:60"], "line 3.*23:59:60"),
    (["2020-01-31", "soon"], "line 3.*'soon'.*--missing soon, if the column is text say --text d"),
    (["2020-01-31 10:15Z", "2020-01-31 10:15"], "line 3.*without a time zone"),
    (["P1D", "P1M"], "line 3.*'P1M'.*not one of the durations"),
]


@pytest.mark.parametrize(("values", "message"), REFUSED, ids=lambda v: str(v)[:40])
def test_refused(tmp_path: Path, values: list[str], message: str) -> None:
    with pytest.raises(TableFileError, match=message):
        column(tmp_path, values)


TEXT = ["123-45-6789", "1.2.3", "12-34-5678", "2020-031", "192.168.1.10", "PS", "PD", "May", "A-1",
        "2020-13", "10:99", "1/2", "12/2020", "555-1234", "3:2"]  # fmt: skip


@pytest.mark.parametrize("value", TEXT)
def test_what_is_no_date_stays_text(tmp_path: Path, value: str) -> None:
    table = column(tmp_path, [value, "other"])
    assert table.report.columns[0].kind == "text" and table.report.notices == ()
    if value != "3:2":
        assert column(tmp_path, [value]).report.columns[0].kind == "text"


def test_names_of_spellings_are_their_formats() -> None:
    for name, spelling in SPELLINGS.items():
        assert with_format(name) is spelling and spelling.format == name
    assert is_sure("%Y-%m-%d") and not is_sure("%d/%m/%Y") and not is_sure("%y")
    assert with_format("%H.%M").kind == "time" and with_format("%d.%m.%y").kind == "datetime"


ZONES = {"10:15Z": "Z", "10:15:00.5+02:00": "+02:00", "10:15 PM UTC": "UTC", "2020-01-31": "",
         "T101520-0330": "-0330", "10:15": ""}  # fmt: skip


def test_the_zone_at_the_end() -> None:
    with connect([]) as connection:
        for text, zone in ZONES.items():
            assert connection.rows(f"SELECT {zone_text(repr(text))}") == [(zone,)]


@given(st.lists(st.datetimes(), min_size=1, max_size=8), st.sampled_from("T "))
def test_iso_dates_come_back(tmp_path_factory: Any, moments: list[Any], mark: str) -> None:
    folder = tmp_path_factory.mktemp("iso")
    table = column(folder, [moment.isoformat(mark) for moment in moments])
    assert table["d"].tolist() == moments


@given(
    st.lists(st.datetimes(datetime.datetime(1, 1, 3), datetime.datetime(9999, 12, 29)), min_size=1),
    st.integers(-14 * 60, 14 * 60),
)
def test_instants_come_back(tmp_path_factory: Any, moments: list[Any], minutes: int) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    zoned = [moment.replace(tzinfo=zone) for moment in moments]
    table = column(tmp_path_factory.mktemp("zoned"), [m.isoformat() for m in zoned])
    utc = [moment.astimezone(datetime.UTC).replace(tzinfo=None) for moment in zoned]
    assert table["d"].tolist() == utc


@given(st.lists(st.timedeltas(-_LONG, _LONG), min_size=1, max_size=8))
def test_durations_come_back(tmp_path_factory: Any, spans: list[datetime.timedelta]) -> None:
    texts = [f"{span.days} days {datetime.timedelta(0, span.seconds, span.microseconds)!s}"
             for span in spans]  # fmt: skip
    table = column(tmp_path_factory.mktemp("spans"), texts)
    for found, span in itertools.zip_longest(table["d"].tolist(), spans):
        assert found == span
