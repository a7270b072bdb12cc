"""Dates as inputs: days since 1970, the cycles of their zone's calendar, and no zone dropped."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from chainrule.errors import DataError
from chainrule.table.column import DATETIME, Column
from chainrule.table.encode.datetime import DatetimeEncoder, fit_datetime
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.number import NumberEncoder, fit_number
from chainrule.table.frame import as_table
from encoding import fit, inputs

HOURS = pd.Series(pd.date_range("2023-01-01", periods=9000, freq="h"))
TABLE = pd.DataFrame({"n": np.arange(9000.0), "when": HOURS.where(HOURS.index % 7 > 0), "w": "x"})
TABLE.loc[::3, "w"] = "y"


def test_names_and_order_of_the_inputs() -> None:
    encoder = fit(TABLE)
    assert encoder.input_names == (
        "n", "when", "when.month.sin", "when.month.cos", "when.weekday.sin", "when.weekday.cos",
        "when.hour.sin", "when.hour.cos", "when?", "w=x",
    )  # fmt: skip
    assert encoder.n_numbers == 8 and set(encoder.input_columns) == {"n", "when", "w"}
    assert encoder.file_kinds["when"] == "datetime"


def test_days_are_the_number_that_they_always_were() -> None:
    column = as_table(TABLE).column(1)
    old, new = fit_number(column, None), fit_datetime(column, None)
    assert isinstance(new, DatetimeEncoder) and type(old) is NumberEncoder
    before, after = np.empty((9000, 2)), np.empty((9000, 8))
    old.write(column, before)
    new.write(column, after)
    np.testing.assert_array_equal(after[:, [0, -1]], before)
    midnight = 24
    np.testing.assert_allclose(after[midnight, 5:7], [0, 1], atol=1e-12)
    np.testing.assert_array_equal(after[0, 1:7], 0)  # missing


def test_a_model_of_before_has_no_cycles() -> None:
    form = {"code": "number", "name": "when", "kind": "datetime", "median": 19_000.0,
            "factor": 0.01, "flag_median": 0.0, "flag_factor": 0.0}  # fmt: skip
    encoder = Encoder.from_json({"named": True, "columns": [form], "grouped": True})
    assert encoder.input_names == ("when",) and encoder.file_kinds == {"when": "datetime"}
    aware = TABLE.assign(when=TABLE["when"].dt.tz_localize("UTC"))
    np.testing.assert_array_equal(inputs(encoder, TABLE), inputs(encoder, aware))


def test_json_gives_back_the_same_bits() -> None:
    aware = TABLE.assign(when=TABLE["when"].dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata"))
    encoder = fit(aware)
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder and inputs(again, aware).tobytes() == inputs(encoder, aware).tobytes()


GOOD = {"code": "datetime", "name": "a", "kind": "datetime", "median": 0, "factor": 1,
        "flag_median": 0, "flag_factor": 0, "cycles": ["month", "hour"],
        "zone": "+01:00"}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"cycles": ["hour", "month"]}, {"cycles": ["hour", "hour"]}, {"cycles": ["day"]},
     {"cycles": "hour"}, {"zone": "../x"}, {"zone": 1}, {"zone": ""}],
)  # fmt: skip
def test_foreign_json_is_refused(wrong: dict[str, object]) -> None:
    Encoder.from_json({"named": True, "columns": [GOOD]})
    with pytest.raises(DataError, match="'a' has a wrong"):
        Encoder.from_json({"named": True, "columns": [{**GOOD, **wrong}]})


def test_instants_of_any_zone_are_shown_on_the_clock_of_training() -> None:
    rome = TABLE.assign(when=TABLE["when"].dt.tz_localize("UTC").dt.tz_convert("Europe/Rome"))
    encoder = fit(rome)
    expected = inputs(encoder, rome)
    for zone in ("UTC", "Asia/Tokyo", "America/St_Johns"):
        other = rome.assign(when=rome["when"].dt.tz_convert(zone))
        np.testing.assert_array_equal(inputs(encoder, other), expected)
        np.testing.assert_array_equal(inputs(encoder, pl.from_pandas(other)), expected)
    moments = pd.to_datetime(["2023-01-10 11:00", "2023-07-10 10:00"], utc=True)
    noon = pd.DataFrame({"n": 0.0, "w": "x", "when": moments})
    at_noon = inputs(encoder, noon)[:, encoder.input_names.index("when.hour.cos")]
    np.testing.assert_allclose(at_noon, [-1, -1], atol=1e-12)  # 12:00 in Rome, summer and winter


def test_a_zone_is_never_dropped() -> None:
    aware = TABLE.assign(when=TABLE["when"].dt.tz_localize("Europe/Rome", nonexistent="NaT",
                                                           ambiguous="NaT"))  # fmt: skip
    with pytest.raises(
        DataError, match=r"held times of the zone Europe/Rome .* without a zone now"
    ):
        inputs(fit(aware), TABLE)
    with pytest.raises(DataError, match=r"'when' held times without a zone .* Europe/Rome now"):
        inputs(fit(TABLE), aware)
    inputs(fit(aware), TABLE.assign(when=pd.NaT))  # no value has no zone


def test_other_kinds_are_refused() -> None:
    encoder = fit(TABLE)
    with pytest.raises(DataError, match="'when' held dates in training and holds durations now"):
        inputs(encoder, TABLE.assign(when=pd.Timedelta(days=1)))
    with pytest.raises(DataError, match="'when' held dates in training and holds numbers now"):
        inputs(encoder, TABLE.assign(when=1.0))
    with pytest.raises(DataError, match="'n' held numbers in training and holds dates now"):
        inputs(encoder, TABLE.assign(n=HOURS))


def test_durations_are_days() -> None:
    spans = pd.DataFrame({"d": pd.to_timedelta([1, 2, 3, 4, 30], unit="h")})
    encoder = fit(spans)
    assert encoder.input_names == ("d",) and encoder.file_kinds == {"d": "duration"}
    numbers = fit(spans["d"].dt.total_seconds().to_frame() / 86_400)
    np.testing.assert_allclose(
        inputs(encoder, spans), inputs(numbers, spans["d"].dt.total_seconds().to_frame() / 86_400)
    )
    inputs(numbers, spans)  # models of before know spans as numbers of days
    with pytest.raises(DataError, match="'d' held durations in training and holds numbers now"):
        inputs(encoder, {"d": [1.0]})


def test_missing_dates_are_told_with_the_date_that_stands_for_them() -> None:
    encoder = fit({"when": HOURS})
    _, notices = encoder.transform(as_table({"when": HOURS.where(HOURS.index > 0)}))
    assert notices == [
        "column 'when' has 1 missing value and had none in training; the model takes the training "
        "median 2023-07-07T11:30:00 instead."
    ]


def test_one_date_is_not_used() -> None:
    assert fit_datetime(Column("a", DATETIME, np.ones(3)), None).input_names == ()


def test_dates_as_text_are_said() -> None:
    texts = pd.DataFrame({"d": [f"2020-01-{day:02d}" for day in range(1, 29)]})
    _, notices = Encoder.fit(as_table(texts))
    assert "column 'd' holds dates as text, which are taken for 28 categories" in notices[0]


def test_new_dates_may_be_iso_texts_as_json_has_them() -> None:
    frame = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=90, freq="17h")})
    encoder, _ = Encoder.fit(as_table(frame))
    texts = frame.when.dt.strftime("%Y-%m-%dT%H:%M:%S").astype(object)
    texts[4] = None
    expected, _ = encoder.transform(as_table(frame.assign(when=frame.when.where(frame.index != 4))))
    found, _ = encoder.transform(as_table(pd.DataFrame({"when": texts})))
    np.testing.assert_array_equal(found, expected)
    one, _ = encoder.transform(as_table([{"when": "2020-02-01"}]))
    same, _ = encoder.transform(as_table(pd.DataFrame({"when": [pd.Timestamp("2020-02-01")]})))
    np.testing.assert_array_equal(one, same)


@pytest.mark.parametrize("text", ["01/02/2020", "2020-02-31", "2020-02", "soon", "2020-01-01T9:00"])
def test_other_texts_are_no_dates(text: str) -> None:
    frame = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=9)})
    encoder, _ = Encoder.fit(as_table(frame))
    with pytest.raises(DataError, match="column 'when' held dates in training and holds"):
        encoder.transform(as_table([{"when": text}]))


def test_iso_texts_keep_the_law_of_zones() -> None:
    zoned = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=9, tz="UTC")})
    encoder, _ = Encoder.fit(as_table(zoned))
    found, _ = encoder.transform(as_table([{"when": "2020-01-03T02:00:00+02:00"}]))
    expected, _ = encoder.transform(as_table(zoned[2:3]))
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(DataError, match="times without a zone now"):
        encoder.transform(as_table([{"when": "2020-01-03T02:00:00"}]))
