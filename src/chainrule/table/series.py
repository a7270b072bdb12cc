"""A column of a data frame of any library that narwhals knows, as a typed column."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np

from chainrule.table.column import BOOLEAN, Column, as_category
from chainrule.table.values import (
    category_from_objects,
    column_from_array,
    from_codes,
    is_level,
    refused_type,
)
from chainrule.table.zones import UTC, zone_name


def column_from_series(name: str, series: nw.Series[Any]) -> Column:
    """A column from a narwhals series of any back end; `DataError` for a type without meaning."""
    dtype = series.dtype
    if dtype.is_numeric():
        return column_from_array(name, _numbers(series))
    if dtype == nw.Boolean:
        values = series.cast(nw.Float64).to_numpy()
        codes = np.where(np.isnan(values), -1, values).astype(np.int8)
        return Column(name, BOOLEAN, codes, (False, True))
    if dtype == nw.String:
        return category_from_objects(name, series.to_numpy(), len(series))
    if dtype in (nw.Categorical, nw.Enum):
        return _from_categorical(name, series)
    if isinstance(dtype, nw.Datetime) and dtype.time_zone is not None:
        instants = series.dt.convert_time_zone(UTC).dt.replace_time_zone(None)
        column = column_from_array(name, instants.to_numpy())
        return replace(column, zone=zone_name(dtype.time_zone))
    if dtype in (nw.Datetime, nw.Date, nw.Duration, nw.Time, nw.Object):
        return column_from_array(name, series.to_numpy())
    if dtype == nw.Unknown:  # what narwhals does not know may still be numbers, dates or objects
        values = series.to_numpy()
        if values.dtype.kind in "fiubOM":
            return column_from_array(name, values)
        raise refused_type(name, str(values.dtype))
    raise refused_type(name, str(dtype))


def _numbers(series: nw.Series[Any]) -> np.ndarray:
    """Numbers with NaN where missing; integers above 2**53 are rounded, as NumPy does."""
    native = series.to_native()
    if hasattr(native, "combine_chunks"):  # pyarrow
        return np.asarray(native.cast("float64", safe=False).to_numpy())
    if hasattr(native, "iloc"):  # pandas
        return np.asarray(native.to_numpy(dtype=np.float64, na_value=np.nan))
    return series.cast(nw.Float64).to_numpy()


def _from_categorical(name: str, series: nw.Series[Any]) -> Column:
    native = series.to_native()
    if hasattr(native, "cat") and hasattr(native.cat, "codes"):  # pandas: any type of category
        levels = native.cat.categories.tolist()
        if not all(map(is_level, levels)):
            levels = [str(level) for level in levels]  # intervals of pandas.cut, dates, periods
        return from_codes(name, native.cat.codes.to_numpy(), levels)
    if hasattr(native, "combine_chunks"):  # pyarrow: nulls stand in the indices
        values = native.cast(native.type.value_type)
        return as_category(column_from_series(name, nw.from_native(values, series_only=True)))
    return category_from_objects(name, series.cast(nw.String).to_numpy(), len(series))
