"""A class written in several columns is questioned by every face that takes them for labels."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from chainrule import MLPClassifier, Network, TabularClassifier
from chainrule.errors import DataError, DataNotice

X = np.random.default_rng(0).normal(size=(40, 2))
COLUMNS = np.eye(3)[np.digitize(X[:, 0], [-0.5, 0.5])]


def network(loss: str = "binary_cross_entropy") -> Network:
    return Network([2, 3], loss=loss)


@pytest.mark.parametrize(
    ("model", "settings", "instead"),
    [
        (network(), {"epochs": 1}, "build the network with loss='cross_entropy'"),
        (MLPClassifier(4, solver="lbfgs", max_iter=200), {}, "pass np.asarray"),
        (TabularClassifier(preset="fast", hidden_layer_sizes=4, epochs=1), {}, "pass np.asarray"),
    ],
    ids=["Network", "MLPClassifier", "TabularClassifier"],
)
def test_every_face_says_what_it_takes_the_columns_for(
    model: Any, settings: dict[str, Any], instead: str
) -> None:
    with pytest.warns(DataNotice, match="every row of y has exactly one 1") as seen:
        model.fit(X, COLUMNS, **settings)
    assert instead in str(seen[0].message)
    assert seen[0].filename == __file__
    several = COLUMNS.copy()
    several[0] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataNotice)
        model.fit(X, several, **settings)


def test_networks_of_classes_understand_them() -> None:
    """Cross-entropy takes one-hot rows for what they are: those of the class indices."""
    by_row, by_index = network("cross_entropy"), network("cross_entropy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        by_row.fit(X, COLUMNS, epochs=3)
    by_index.fit(X, COLUMNS.argmax(axis=1), epochs=3)
    np.testing.assert_allclose(by_row.params["W1"], by_index.params["W1"], rtol=1e-5)
    with pytest.raises(DataError, match="sum to 1"):
        by_row.fit(X, np.where(X[:, :1] > 0, COLUMNS, 1.0))
