"""Every container x every type of column x every oddity: one table, one encoding, bit for bit.

A case is refused only where the table says so; a container that cannot hold a case is left out.
"""

from __future__ import annotations

import datetime
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp

from chainrule.errors import DataError
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table

N = 12
DAY = datetime.datetime(2020, 1, 31, 6, 30)
ANCHOR = np.linspace(-1.0, 1.0, N)

# type -> (values of 12 rows, pandas nullable, arrow); sixteenths are exact in all floats.
TYPES = {
    "float64": ([k / 16 - 0.5 for k in range(N)], "Float64", pa.float64()),
    "float32": ([k / 16 - 0.5 for k in range(N)], "Float32", pa.float32()),
    "int8": (list(range(-4, 8)), "Int8", pa.int8()),
    "int64": ([k * 10**12 for k in range(-4, 8)], "Int64", pa.int64()),
    "uint8": (list(range(N)), "UInt8", pa.uint8()),
    "uint64": ([2**63 + k * 2**40 for k in range(N)], "UInt64", pa.uint64()),
    "bool": ([True, False, False] * 4, "boolean", pa.bool_()),
    "text": (["b", "a", "", "ä"] * 3, "string", pa.string()),
    "many": ([f"level {k % 11}" for k in range(N)], "string", pa.string()),
    "datetime": (
        [DAY + datetime.timedelta(hours=31 * k) for k in range(N)],
        "datetime64[us]",
        pa.timestamp("us"),
    ),
    "date": ([DAY.date() + datetime.timedelta(days=k) for k in range(N)], None, pa.date32()),
    "mixed": ([1, "a", 2.5, "b"] * 3, None, None),
}
NUMBERS = ("float64", "float32", "int8", "int64", "uint8", "uint64")
WORDS = ("text", "many")


def none_at(*rows):
    return lambda values: [None if k in rows else v for k, v in enumerate(values)]


ODDITIES = {
    "plain": lambda values: values,
    "gaps": none_at(2, 5, 11),
    "first row missing": none_at(0),
    "constant": lambda values: values[:1] * N,
    "constant with gaps": lambda values: none_at(3)(values[:1] * N),
    "all missing": lambda values: [None] * N,
    "all missing but one": none_at(*range(1, N)),
}


def numpy_column(values, kind):
    """The array that NumPy users have: NaN and NaT where missing, objects for the rest."""
    missing = any(v is None for v in values)
    if kind in NUMBERS and not missing:
        return np.array(values, kind)
    if kind in NUMBERS:
        return np.array([np.nan if v is None else v for v in values])
    if kind in ("datetime", "date"):
        return np.array(values, "datetime64[us]" if kind == "datetime" else "datetime64[D]")
    if kind == "bool" and not missing:
        return np.array(values)
    return np.array(values, object)


def arrow_column(values, kind):
    return pa.array(values, TYPES[kind][2])


def pandas_frame(column):
    return pd.DataFrame({"anchor": ANCHOR, "col": column})


def pandas_numpy(values, kind):
    return pandas_frame(numpy_column(values, kind))


def pandas_nullable(values, kind):
    dtype = TYPES[kind][1]
    return None if dtype is None else pandas_frame(pd.Series(values, dtype=object).astype(dtype))


def pandas_arrow(values, kind):
    dtype = TYPES[kind][2]
    return None if dtype is None else pandas_frame(pd.Series(values, dtype=pd.ArrowDtype(dtype)))


def pandas_category(values, kind):
    if kind not in (*WORDS, "bool"):
        return None
    return pandas_frame(pd.Series(values, dtype=object).astype("category"))


def polars(values, kind):
    if kind == "mixed":
        return None
    column = pl.Series(arrow_column(values, kind))
    return pl.DataFrame({"anchor": ANCHOR, "col": column})


def polars_category(values, kind):
    if kind not in WORDS:
        return None
    return pl.DataFrame({"anchor": ANCHOR, "col": pl.Series(values, dtype=pl.Categorical)})


def pyarrow(values, kind):
    if kind == "mixed":
        return None
    return pa.table({"anchor": ANCHOR, "col": arrow_column(values, kind)})


def pyarrow_chunks(values, kind):
    if kind == "mixed":
        return None
    column = pa.chunked_array([arrow_column(values[:5], kind), arrow_column(values[5:], kind)])
    return pa.table({"anchor": pa.chunked_array([ANCHOR[:7], ANCHOR[7:]]), "col": column})


def pyarrow_dictionary(values, kind):
    if kind not in WORDS:
        return None
    column = arrow_column(values, kind).dictionary_encode()
    return pa.table({"anchor": ANCHOR, "col": column})


def mapping(values, kind):
    return {"anchor": ANCHOR, "col": numpy_column(values, kind)}


def mapping_of_lists(values, kind):
    return {"anchor": ANCHOR.tolist(), "col": values}


def list_of_rows(values, kind):
    return [list(row) for row in zip(ANCHOR.tolist(), values, strict=True)]


def object_array(values, kind):
    return np.array(list_of_rows(values, kind), object)


def number_array(values, kind):
    if kind not in ("float64", "float32", "int8", "uint8"):
        return None
    return np.column_stack([ANCHOR, numpy_column(values, kind).astype(float)])


def changed(change):
    def build(values, kind):
        X = number_array(values, kind)
        return None if X is None else change(X)

    return build


def read_only(X):
    X.setflags(write=False)
    return X


CONTAINERS = {
    "mapping": mapping,
    "mapping of lists": mapping_of_lists,
    "pandas numpy": pandas_numpy,
    "pandas objects": lambda values, kind: pandas_frame(pd.Series(values, dtype=object)),
    "pandas nullable": pandas_nullable,
    "pandas arrow": pandas_arrow,
    "pandas category": pandas_category,
    "polars": polars,
    "polars category": polars_category,
    "pyarrow": pyarrow,
    "pyarrow chunks": pyarrow_chunks,
    "pyarrow dictionary": pyarrow_dictionary,
    "list of rows": list_of_rows,
    "object array": object_array,
    "array": number_array,
    "Fortran order": changed(np.asfortranarray),
    "big-endian": changed(lambda X: X.astype(">f8")),
    "read-only": changed(read_only),
    "strided": changed(lambda X: np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]),
    "backwards": changed(lambda X: X[::-1, ::-1].copy()[::-1, ::-1]),
    "csr": changed(sp.csr_array),
    "csc": changed(sp.csc_matrix),
}


def encoded(X, encoder=None):
    """Inputs as bytes, and the encoder's form without names, which not all containers have."""
    table = as_table(X)
    encoder = encoder or Encoder.fit(table)[0]
    inputs, notices = encoder.transform(table, np.float64)
    columns = json.loads(json.dumps(encoder.to_json()["columns"]))
    for column in columns:
        del column["name"]
        if column["code"] == "none":
            del column["kind"]  # an empty column of text is no different from one of numbers
    return inputs.tobytes(), columns, notices


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("container", [name for name in CONTAINERS if name != "mapping"])
def test_every_container_encodes_alike(container, kind):
    built = 0
    for oddity, change in ODDITIES.items():
        values = change(TYPES[kind][0])
        X = CONTAINERS[container](values, kind)
        if X is None:
            continue
        expected = encoded(mapping(values, kind))
        assert encoded(X)[:2] == expected[:2], oddity
        built += 1
    if not built:
        pytest.skip("this container has no such column")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("container", CONTAINERS)
def test_what_is_new_at_predict(container, kind):
    """Gaps, categories and a one-valued column that training did not have."""
    values = TYPES[kind][0]
    build = CONTAINERS[container]
    X = build(values, kind)
    if X is None:
        pytest.skip("this container has no such column")
    encoder = Encoder.fit(as_table(X))[0]
    reference = Encoder.fit(as_table(mapping(values, kind)))[0]
    for oddity, change in ODDITIES.items():
        new = build(change(values), kind)
        expected = encoded(mapping(change(values), kind), reference)
        found = encoded(new, encoder)
        assert found[0] == expected[0], oddity
        assert len(found[2]) == len(expected[2]), oddity
    if kind in WORDS:
        new = build(["never seen", *values[1:]], kind)
        found = encoded(new, encoder)
        assert found[0] == encoded(mapping([None, *values[1:]], kind), reference)[0]
        assert "1 category not met in training ('never seen')" in found[2][0]


@pytest.mark.parametrize("container", CONTAINERS)
def test_infinity_is_refused_by_name(container):
    for kind in ("float64", "float32"):
        for sign, row in ((np.inf, 0), (-np.inf, 7)):
            values = [sign if k == row else v for k, v in enumerate(TYPES[kind][0])]
            X = CONTAINERS[container](values, kind)
            if X is None:
                continue
            with pytest.raises(DataError, match=rf"column '(col|x1)' of X .*in row {row}"):
                encoded(X)


NAMED = ("mapping", "pandas numpy", "pandas arrow", "polars", "pyarrow")


@pytest.mark.parametrize("container", NAMED)
def test_columns_are_found_by_name(container):
    values = TYPES["float64"][0]
    X = CONTAINERS[container](values, "float64")
    encoder = Encoder.fit(as_table(X))[0]
    expected = encoded(X, encoder)[0]
    columns = {"col": values, "more": ["x"] * N, "anchor": ANCHOR}
    make = {"mapping": dict, "polars": pl.DataFrame, "pyarrow": pa.table}.get(
        container, pd.DataFrame
    )
    found = encoded(make(columns), encoder)
    assert found[0] == expected
    assert found[2] == ["X has 1 column ('more') that training did not have, which are not used."]
    del columns["anchor"]
    with pytest.raises(DataError, match="X lacks the column 'anchor', which the model was trained"):
        encoded(make(columns), encoder)


CATEGORIES = {
    "numbers": pd.Categorical([3, 1, None, 3] * 3),
    "fractions": pd.Categorical([0.5, 1.5, None, 0.5] * 3),
    "booleans": pd.Categorical([True, False, None, True] * 3),
    "intervals": pd.cut(np.arange(N), 3),
    "dates": pd.Categorical(pd.to_datetime(["2020-01-01", "2021-01-01"] * 6)),
    "periods": pd.Categorical(pd.period_range("2020-01", periods=3, freq="M").append(
        pd.period_range("2020-01", periods=9, freq="M"))),
    "never met": pd.Categorical(["a", "b"] * 6, categories=["z", "b", "a"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CATEGORIES)
def test_categories_of_any_type(case):
    frame = pandas_frame(CATEGORIES[case])
    encoder = Encoder.fit(as_table(frame))[0]
    met = pd.Series(CATEGORIES[case]).dropna().unique()
    assert len(encoder.columns[1].levels) == len(met)
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert encoded(frame, again)[0] == encoded(frame, encoder)[0]


def test_identical_columns_are_kept():
    X = np.column_stack([ANCHOR, ANCHOR, ANCHOR])
    inputs = Encoder.fit(as_table(X))[0].transform(as_table(X))[0]
    np.testing.assert_array_equal(inputs[:, 0], inputs[:, 1])
    assert inputs.shape == (N, 3)


def test_a_thousand_categories():
    words = [f"w{k:04d}" for k in range(1000)] * 2
    numbers = np.arange(1000.0).repeat(2)
    results = [
        Encoder.fit(as_table(X), categorical_features=["n"])[0].transform(as_table(X))[0]
        for X in (
            {"w": np.array(words, object), "n": numbers},
            pd.DataFrame({"w": pd.Categorical(words), "n": numbers}),
            pl.DataFrame({"w": pl.Series(words, dtype=pl.Categorical), "n": numbers}),
            pa.table({"w": pa.array(words).dictionary_encode(), "n": numbers}),
        )
    ]
    for inputs in results:
        assert inputs.tobytes() == results[0].tobytes()


@pytest.mark.parametrize(
    "names", [[0, 1], [1.5, 2], pd.date_range("2020", periods=2), [b"a", b"b"]]
)
def test_names_that_are_no_strings_are_names(names):
    frame = pd.DataFrame(np.column_stack([ANCHOR, ANCHOR**2]), columns=names)
    table = as_table(frame)
    assert table.named and not table.strings
    assert encoded(frame)[0] == encoded(frame.to_numpy())[0]


def test_a_wide_table_with_other_columns_is_compared_quickly():
    names = [f"c{k}" for k in range(4000)]
    table = as_table(pd.DataFrame(np.eye(2, 4000), columns=names))
    encoder = Encoder.fit(table)[0]
    other = pd.DataFrame(np.eye(2, 4000), columns=[*names[:-1], "z"])
    with pytest.raises(DataError, match="lacks the column 'c3999'"):
        encoder.transform(as_table(other))
