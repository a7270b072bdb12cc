"""Tables of finite numbers are encoded as one block: the bits and words of one by one."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import DataError
from chainrule.table.encode import plain
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table

RNG = np.random.default_rng(3)
X = RNG.normal(size=(400, 6)) * 10.0 ** np.arange(-3, 3)
X[::7, 2] = np.nan  # a flag
X[:, 4] = 1.5  # never used
NEW = RNG.normal(size=(50, 6)) * 10.0 ** np.arange(-2, 4)


def one_by_one(encoder: Encoder, table: Any, dtype: Any = np.float32) -> Any:
    return encoder.transform(replace(as_table(table), block=None), dtype)


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_block_has_the_bits_of_its_columns(
    grouped: bool, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = replace(Encoder.fit(as_table(X))[0], grouped=grouped)
    for at_once in (1 << 16, 60):
        monkeypatch.setattr(plain, "_NUMBERS_AT_ONCE", at_once)
        for table in (NEW, NEW[:1], np.asfortranarray(NEW), NEW.astype(np.float16)):
            expected, _ = one_by_one(encoder, table, dtype)
            found, notices = encoder.transform(as_table(table), dtype)
            assert found.dtype == dtype and found.tobytes() == expected.tobytes()
            assert notices == []
    whole = RNG.integers(-(2**60), 2**60, (9, 6))
    assert np.array_equal(encoder.transform(as_table(whole))[0], one_by_one(encoder, whole)[0])


def test_a_record_of_numbers_is_a_row() -> None:
    names = [f"c{k}" for k in range(6)]
    encoder, _ = Encoder.fit(as_table(pd.DataFrame(X, columns=names)))
    values = NEW[0].tolist()
    record = dict(zip(names, values, strict=True))
    expected, _ = one_by_one(encoder, pd.DataFrame([record]))
    backwards = dict(reversed(record.items()))
    for given in (record, [record], backwards, record | {"c1": (2**53)}):
        table = as_table(given)
        assert table.block is not None
        found, notices = encoder.transform(table)
        assert notices == []
        known = given[0] if isinstance(given, list) else given
        assert np.array_equal(found, one_by_one(encoder, {k: [v] for k, v in known.items()})[0])
    assert np.array_equal(encoder.transform(as_table(record))[0], expected)
    more, notices = encoder.transform(as_table(record | {"extra": 1.0}))
    assert np.array_equal(more, expected) and "'extra'" in notices[0]
    for cell in (True, "1", None, np.float32(1.0), 10**400):
        assert as_table(record | {"c1": cell}).block is None


def test_few_rows_of_a_frame_are_a_block() -> None:
    names = [f"c{k}" for k in range(6)]
    encoder, _ = Encoder.fit(as_table(pd.DataFrame(X, columns=names)))
    frame = pd.DataFrame(NEW, columns=names)
    whole = {"c2": (100 * NEW[:, 2]).astype(np.int64), "c3": np.arange(50, dtype=np.uint8)}
    mixed = frame.astype({"c1": np.float32}).assign(**whole)
    for given in (frame, frame[:1], frame[names[::-1]], mixed, mixed.assign(extra=1)):
        table = as_table(given)
        assert table.block is not None
        found, _ = encoder.transform(table)
        assert found.tobytes() == one_by_one(encoder, given)[0].tobytes()
    nullable = frame.astype({"c1": "Float64"})
    many = pd.concat([frame] * 30, ignore_index=True)
    for given in (nullable, frame.assign(c1="a"), frame.assign(c1=True), many):
        assert as_table(given).block is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_what_is_not_finite_is_told_as_ever(value: float, place: int) -> None:
    encoder, _ = Encoder.fit(as_table(X))
    bad = NEW.copy()
    bad[7, place] = value

    def outcome(transform: Any) -> Any:
        try:
            inputs, notices = transform()
        except DataError as error:
            return str(error)
        return inputs.tobytes(), notices

    found = outcome(lambda: encoder.transform(as_table(bad)))
    assert found == outcome(lambda: one_by_one(encoder, bad))
    assert isinstance(found, str) == np.isinf(value)


def test_columns_of_words_stay_one_by_one() -> None:
    frame = pd.DataFrame(X[:, :2], columns=["a", "b"]).assign(c=np.where(X[:, 0] > 0, "u", "v"))
    encoder, _ = Encoder.fit(as_table(frame))
    record = {"a": 1.0, "b": 2.0, "c": "u"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = encoder.transform(as_table(record))[0]
    assert np.array_equal(found, encoder.transform(as_table(pd.DataFrame([record])))[0])
