"""The scale of a regression target, forth and back."""

from __future__ import annotations

import json

import numpy as np

from chainrule.table.encode.target import TargetScale


def test_target_scale():
    y = np.array([[1.0, 5.0], [3.0, 5.0]])
    weights = np.array([3.0, 1.0])
    scale = TargetScale.fit(y, weights)
    np.testing.assert_allclose(scale.mean, [1.5, 5.0])
    np.testing.assert_allclose(scale.std, [np.sqrt(0.75), 1.0])
    np.testing.assert_allclose(scale.inverse(scale.transform(y)), y)
    again = TargetScale.from_json(json.loads(json.dumps(scale.to_json())))
    np.testing.assert_array_equal(again.std, scale.std)
