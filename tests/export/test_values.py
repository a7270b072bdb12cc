"""The language of exports: every writer speaks all of it, and values come behind what they need."""

from __future__ import annotations

import numpy as np

from chainrule.export import numpy_expressions, onnx
from chainrule.export.c import expressions as c_expressions
from chainrule.export.values import FLOAT64, OPERATIONS, as_value, function, given, walk


def test_every_writer_writes_every_operation():
    assert set(OPERATIONS) == numpy_expressions.WRITTEN
    assert set(OPERATIONS) == onnx.WRITTEN
    assert set(OPERATIONS) == c_expressions.WRITTEN


def test_values_come_behind_what_they_need_and_once():
    x = given("x", FLOAT64, 3)
    shared = (x * 2.0).exp()
    order = list(walk(shared + shared, shared - x))
    assert [value.op for value in order].count("exp") == 1
    for place, value in enumerate(order):
        assert all(any(part is known for known in order[:place]) for part in value.inputs)


def test_widths_and_types_follow():
    x = given("x", FLOAT64, 3)
    assert (x > 0.0).dtype == "bool"
    assert (x.columns([2, 0]).width, x.row_sum().width, x.row_argmax().dtype) == (2, 1, "int64")
    assert x.columns(range(3)) is x
    assert as_value(np.arange(4), "float32").width == 4
    double = function(lambda a, b: a * b)
    assert (double(x, 2.0).op, double(x, 2.0).width) == ("call", 3)
