"""Every column encoder has an export or is refused by the name of its column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import DataError
from chainrule.export.columns import COLUMNS, encoded, text_numbers, unit_of
from chainrule.export.feed import absent_text, feed, trial_table
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.form import ENCODERS
from chainrule.table.frame import as_table


def fitted(frame, **options):
    return Encoder.fit(as_table(frame), None, **options)[0]


def test_every_encoder_is_there():
    assert set(COLUMNS) == set(ENCODERS)


def test_free_text_is_refused_by_name():
    texts = [f"a letter of {k} words, not one of them like {k * 7}" for k in range(60)]
    encoder = fitted(pd.DataFrame({"n": np.arange(60.0), "letter": texts}))
    with pytest.raises(DataError, match=r"column 'letter' holds free text"):
        encoded(encoder.columns[1], None)


def test_numbers_that_stand_for_texts():
    assert text_numbers(("a", "true", 2.5), "c") == {
        "a": 1,
        "true": 2,
        "2.5": 3,
        **dict.fromkeys(text_numbers(("true",), "c"), 2),
    }
    assert text_numbers(("yes", "TRUE"), "c")["tRuE"] == 2
    with pytest.raises(DataError, match="column 'c' has both the number 1 and the text '1'"):
        text_numbers((1, "1"), "c")


def test_units_are_told():
    times = pd.date_range("2020-01-01", periods=40, freq="7h")
    frame = pd.DataFrame(
        {"n": np.arange(40.0), "t": times, "z": times.tz_localize("UTC"), "b": times.hour > 9}
    )
    units = [unit_of(column) for column in fitted(frame).columns]
    days = "days since 1970-01-01"
    assert units == ["a number", days, f"{days} of UTC", "0 or 1"]


def test_what_is_fed():
    frame = pd.DataFrame({"n": [1.0, None, 3.0, 4.0], "c": ["u", "", None, "w"]})
    encoder = fitted(frame)
    rows = feed(encoder, as_table(frame))
    np.testing.assert_array_equal(rows["n"], [[1.0], [np.nan], [3.0], [4.0]])
    assert absent_text(encoder.columns[1]) == "?"  # '' is a level
    assert rows["c"].tolist() == [["u"], [""], ["?"], ["w"]]


def test_trial_rows_meet_every_value():
    frame = pd.DataFrame({"n": [1.0, None, 3.0, 4.0] * 5, "c": ["u", "v", None, "w"] * 5})
    rows = feed(encoder := fitted(frame), trial_table(encoder, 40))
    assert {"u", "v", "w", "", "no level of c"} == set(rows["c"][:, 0])
    assert np.isnan(rows["n"]).any() and np.nanmax(np.abs(rows["n"])) > 1e11
