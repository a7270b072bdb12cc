"""Times of day as inputs: hours since midnight, and the cycle of the day."""

from __future__ import annotations

import datetime
import json

import numpy as np
import pytest

from chainrule.errors import DataError
from chainrule.table.encode.encoder import Encoder
from encoding import clip, fit, inputs

TIMES = [datetime.time(hour) for hour in (0, 6, 12, 18)]


def test_hours_and_their_cycle() -> None:
    encoder = fit({"at": [*TIMES, None]})
    assert encoder.input_names == ("at", "at.hour.sin", "at.hour.cos", "at?")
    assert encoder.file_kinds == {"at": "time"}
    found = inputs(encoder, {"at": TIMES})
    np.testing.assert_allclose(found[:, 0], clip((np.array([0, 6, 12, 18.0]) - 9) / 12), atol=1e-12)
    np.testing.assert_allclose(found[:, 1:3], [[0, 1], [1, 0], [0, -1], [-1, 0]], atol=1e-12)
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder


def test_other_kinds_are_refused() -> None:
    encoder = fit({"at": TIMES})
    with pytest.raises(DataError, match="'at' held times of day in training and holds durations"):
        inputs(encoder, {"at": [datetime.timedelta(hours=1)]})
    with pytest.raises(DataError, match="'at' held categories in training and holds times of day"):
        inputs(fit({"at": ["early", "late", "noon"]}), {"at": TIMES})
