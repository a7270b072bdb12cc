"""Training rows beside validation rows: shared, split in order, in other units, by heart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from chainrule import MLPRegressor, Network, TabularRegressor
from diagnosed import fitted, rows


def split(n=300, cut=240):
    X, y = rows(n=n)
    return (X[:cut], y[:cut]), (X[cut:], y[cut:])


def test_a_sound_split_is_left_alone():
    (X, y), held = split()
    net, X, y = fitted(X=X, y=y, epochs=60, eval_set=held)
    found = net.diagnose(X, y, eval_set=held)
    assert found.ok
    assert "shared-rows" in found.checked


def test_rows_shared_by_training_and_validation():
    (X, y), held = split()
    X, y = np.concatenate([X, held[0][:9]]), np.concatenate([y, held[1][:9]])
    net, X, y = fitted(X=X, y=y, epochs=60, eval_set=held)
    one = net.diagnose(X, y, eval_set=held)["shared-rows"]
    assert one.rows == tuple(range(240, 249))
    assert one.steps[0] == (
        "keep = np.setdiff1d(np.arange(len(X)), "
        'model.diagnose(X, y, eval_set=(X_val, y_val))["shared-rows"].rows)'
    )


def test_copies_in_a_table_that_is_split_inside():
    X, y = rows(n=200)
    frame, y = pd.DataFrame(np.concatenate([X, X[:100]])), np.concatenate([y, y[:100]])
    model = MLPRegressor(hidden_layer_sizes=(16,), early_stopping=True, random_state=0)
    model.fit(frame, y)
    one = model.diagnose(frame, y)["repeated-rows"]
    assert one.rows == tuple(range(200, 300))
    model.early_stopping = False
    assert "repeated-rows" not in model.diagnose(frame, y).codes  # nothing is held out of it


def test_a_split_in_the_order_of_y():
    X, y = rows()
    order = np.argsort(y)
    X, y = X[order], y[order]
    held = (X[240:], y[240:])
    net, X, y = fitted(X=X[:240], y=y[:240], epochs=60, eval_set=held)
    one = net.diagnose(X, y, eval_set=held)["sorted-split"]
    assert f"y goes from {y.min():.3g} to {y.max():.3g} in training" in one.sentence
    assert "train_test_split" in one.fix


def test_validation_rows_in_other_units():
    (X, y), (X_val, y_val) = split()
    net, X, y = fitted(X=X, y=y, epochs=60)
    found = net.diagnose(X, y, eval_set=(100 * X_val, y_val))
    assert found.codes == ("validation-scale",)
    assert "and 3 more columns likewise" in found[0].sentence
    assert net.diagnose(X, y, eval_set=(X_val, 40 * y_val)).codes == ("validation-scale",)


def test_learned_by_heart():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 30)), rng.normal(size=300)
    y += X[:, 0]
    held = (X[40:], y[40:])
    net = Network([30, 256, 1], random_state=0)
    history = net.fit(X[:40], y[:40], epochs=150, learning_rate=3e-3, eval_set=held)
    one = net.diagnose(X[:40], y[:40])["overfitting"]
    assert one.evidence["best"] == history.best_epoch
    assert one.steps[-1].startswith("fit(..., patience=10, weight_decay=")


@pytest.mark.parametrize("kind", ["array", "frame"])
def test_a_tabular_estimator_compares_tables(kind):
    X, y = rows(n=160)
    table = pd.DataFrame(X, columns=list("abcd")) if kind == "frame" else X
    model = TabularRegressor(preset="fast", epochs=20, hidden_layer_sizes=(16,), random_state=0)
    held = (table[120:], y[120:])
    model.fit(table[:120], y[:120], eval_set=held)
    again = (table[60:120], y[60:120])
    assert "shared-rows" in model.diagnose(table[:120], y[:120], eval_set=again).codes
    assert "shared-rows" not in model.diagnose(table[:120], y[:120], eval_set=held).codes
