"""The bytes around a model: a length, a header, and tensors without a gap."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import ModelFileError
from chainrule.files.container import (
    KEY,
    MAX_TENSORS,
    check_layout,
    compare,
    header_length,
    n_bytes,
    pack,
    read_header,
    unpack,
)

TENSORS = {"W1": np.arange(6, dtype="<f4").reshape(2, 3), "b1": np.zeros(2, "<f8")}
LAYOUT = {"W1": ("F32", (2, 3)), "b1": ("F64", (2,))}


def entries(**changed):
    found = {
        "b1": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]},
        "W1": {"dtype": "F32", "shape": [2, 3], "data_offsets": [16, 40]},
    }
    return found | changed


def test_packed_bytes_give_back_text_and_tensors():
    data = pack("text", TENSORS)
    length = header_length(data[:8], len(data))
    text, found = read_header(data[8 : 8 + length])
    compare(found, LAYOUT, len(data) - 8 - length)
    assert text == "text"
    for name, array in unpack(data).items():
        np.testing.assert_array_equal(array, TENSORS[name])


@pytest.mark.parametrize(
    ("layout", "word"),
    [
        ({"W 1": ("F32", (2,))}, "tensor 'W 1' cannot"),
        ({"W1": ("F16", (2,))}, "cannot"),
        ({"W1": ("F32", (1, 2, 3))}, "cannot"),
        ({f"W{k}": ("F32", (1,)) for k in range(MAX_TENSORS + 1)}, "at most 4096"),
    ],
)
def test_layouts_that_no_file_has(layout, word):
    check_layout(LAYOUT)
    with pytest.raises(ModelFileError, match=word):
        check_layout(layout)


@pytest.mark.parametrize(
    ("found", "size", "word"),
    [
        ({"W1": entries()["W1"]}, 40, "lacks the tensor 'b1'"),
        (entries(W2=entries()["W1"]), 40, "unexpected tensor 'W2'"),
        (entries(b1={"dtype": "F64", "shape": [2]}), 40, "'b1' is malformed"),
        (entries(b1={"dtype": "F32", "shape": [2], "data_offsets": [0, 16]}), 40, "implies F64"),
        (entries(b1={"dtype": "F64", "shape": [True], "data_offsets": [0, 16]}), 40, "implies"),
        (entries(b1={"dtype": "F64", "shape": [2], "data_offsets": [0, "16"]}), 40, "whole"),
        (entries(b1={"dtype": "F64", "shape": [2], "data_offsets": [8, 24]}), 40, "is not where"),
        (entries(), 41, "should hold 40 bytes of tensors and holds 41"),
    ],
)
def test_entries_must_be_the_implied_ones(found, size, word):
    compare(entries(), LAYOUT, 40)
    with pytest.raises(ModelFileError, match=word):
        compare(found, LAYOUT, size)


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (b"[]", "not a JSON object"),
        (b"{}", "not written by chainrule"),
        (b'{"__metadata__":{"other":"x"}}', "not written by chainrule"),
        (b'{"__metadata__":{"%s":"x","other":"y"}}' % KEY.encode(), "more than the one key"),
    ],
)
def test_foreign_headers(header, word):
    with pytest.raises(ModelFileError, match=word):
        read_header(header)


def test_sizes_beyond_64_bits_are_whole_numbers():
    assert n_bytes("F64", (1 << 40, 1 << 40)) == 8 << 80
