"""Faults of y: its scale, its classes, its labels, its place beside X."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import MLPClassifier, Network, TabularClassifier, TabularRegressor
from diagnosed import fitted, rows

CLASSES = {"loss": "cross_entropy"}


def test_constant_target():
    X, _ = rows(n=500)
    net, _, y = fitted(X=X, y=np.full(500, 2.5))
    first = net.diagnose(X, y)[0]
    assert (first.code, first.steps) == ("constant-target", ())
    assert first.fix == "check which column is the target"


def test_a_rare_class_among_several():
    X, _ = rows(n=500)
    rare = np.zeros(500, int)
    rare[:3] = 1
    net, _, _ = fitted([4, 8, 2], X, rare, keywords=CLASSES)
    (one,) = [f for f in net.diagnose(X, rare) if f.code == "imbalance"]
    assert "0.600 % of 500 rows" in one.sentence
    weight = np.where(rare == 1, 100.0, 1.0)
    assert "imbalance" not in net.diagnose(X, rare, sample_weight=weight).codes


@pytest.mark.parametrize("share_of_one", [0.994, 0.006])
def test_the_rare_class_of_one_sigmoid_output_is_named(share_of_one):
    X, _ = rows(n=500)
    y = np.zeros(500, int)
    y[: round(500 * share_of_one)] = 1
    words = np.array(["no", "yes"])[y]
    rare = int(share_of_one < 0.5)
    net, _, _ = fitted([4, 8, 1], X, y, keywords={"loss": "binary_cross_entropy"})
    assert f"0.600 % of 500 rows are '{rare}'" in net.diagnose(X, y)["imbalance"].sentence
    model = MLPClassifier((8,), tol=1.0, random_state=0).fit(X, words)  # one sigmoid, too
    assert f"rows are '{['no', 'yes'][rare]}'" in model.diagnose(X, words)["imbalance"].sentence
    model = TabularClassifier(
        preset="fast", epochs=2, hidden_layer_sizes=(8,), random_state=0
    ).fit(X, words)  # fmt: skip
    one = model.diagnose(X, words)["imbalance"]
    assert f"rows are '{['no', 'yes'][rare]}'" in one.sentence
    assert one.steps == ('TabularClassifier(..., class_weight="balanced")',)


def test_a_target_in_other_units():
    X, y = rows()
    for far in (2e5 * y + 3e5, y + 2000):
        net, _, _ = fitted(X=X, y=far)
        first = net.diagnose(X, far)[0]
        assert first.code == "target-scale"
        assert first.steps == ("y = (np.asarray(y) - np.mean(y)) / np.std(y)",)
        assert first.evidence["spread"] == pytest.approx(far.std(), rel=1e-4)
    # The recipe does that itself, and is not blamed.
    model = TabularRegressor(preset="fast", epochs=20, hidden_layer_sizes=(16,), random_state=0)
    assert "target-scale" not in model.fit(X, 2e5 * y).diagnose(X, 2e5 * y).codes


def test_one_target_far_away():
    X, y = rows()
    y[17] = 1e6
    net, _, _ = fitted(X=X, y=y)
    first = net.diagnose(X, y)[0]
    assert (first.code, first.rows) == ("extreme-target", (17,))
    assert first.steps[0] == "keep = np.setdiff1d(np.arange(len(X)), [17])"


def test_an_output_that_cannot_reach_its_targets():
    X, y = rows()
    net, _, _ = fitted(X=X, y=y, keywords={"output_activation": "relu"})
    first = net.diagnose(X, y)[0]
    assert first.code == "output-range"
    assert first.evidence["percent"] == pytest.approx(100 * np.mean(y < 0), abs=1.0)
    unit = (y - y.min()) / np.ptp(y)
    net, _, _ = fitted(X=X, y=unit, keywords={"output_activation": "sigmoid"})
    assert "output-range" not in net.diagnose(X, unit).codes


def test_classes_as_numbers_but_not_counts():
    X, y = rows()
    classes = np.digitize(y, [-0.5, 0.5])
    net, _, _ = fitted(X=X, y=classes)
    one = net.diagnose(X, classes)["classes-as-numbers"]
    assert one.steps == (
        "y = np.unique(y, return_inverse=True)[1]",
        'Network([4, 16, 3], ..., loss="cross_entropy")',
    )
    counts = np.random.default_rng(0).poisson(np.exp(0.5 * X[:, 0]) * 2)
    net, _, _ = fitted(X=X, y=counts)
    assert "classes-as-numbers" not in net.diagnose(X, counts).codes


def test_columns_of_one_class():
    X, y = rows()
    columns = np.eye(3)[np.digitize(y, [-0.5, 0.5])]
    net, _, _ = fitted([4, 16, 3], X, columns, keywords={"loss": "binary_cross_entropy"})
    one = net.diagnose(X, columns)["one-hot-labels"]
    assert one.steps == ('Network(..., loss="cross_entropy")',)
    columns[0] = 1.0  # several labels at once
    net, _, _ = fitted([4, 16, 3], X, columns, keywords={"loss": "binary_cross_entropy"})
    assert "one-hot-labels" not in net.diagnose(X, columns).codes


def test_labels_that_have_nothing_to_do_with_the_inputs():
    X, y = rows()
    shuffled = np.random.default_rng(0).permutation(y)
    net, _, _ = fitted(X=X, y=shuffled, epochs=200)
    one = net.diagnose(X, shuffled)["unrelated-target"]
    assert one.steps == ()
    assert "check that row k of y belongs to row k of X" in one.fix
    net, _, _ = fitted(X=X[1:], y=y[:-1], epochs=100)
    first = net.diagnose(X[1:], y[:-1])[0]
    assert first.code == "shifted-rows"
    assert first.steps == ("X, y = X[:-1], y[1:]",)


def test_wrong_labels_but_not_classes_that_overlap():
    X, y = rows(n=600)
    classes = (X[:, 0] + X[:, 1] > 0).astype(int)
    overlapping = (X[:, 0] + X[:, 1] + np.random.default_rng(1).normal(size=600) > 0).astype(int)
    wrong = np.random.default_rng(0).random(600) < 0.12
    flipped = np.where(wrong, 1 - classes, classes)
    net, _, _ = fitted([4, 16, 2], X, flipped, keywords=CLASSES)
    one = net.diagnose(X, flipped)["label-noise"]
    assert np.mean(wrong[list(one.rows)]) > 0.8  # by chance 0.12
    for y in (classes, overlapping):
        net, _, _ = fitted([4, 16, 2], X, y, keywords=CLASSES)
        assert "label-noise" not in net.diagnose(X, y).codes


def test_weights_of_a_few_rows():
    X, y = rows()
    weight = np.full(300, 1e-4)
    weight[:2] = 1e3
    net = Network([4, 16, 1], random_state=1)
    net.fit(X, y, sample_weight=weight, epochs=10)
    first = net.diagnose(X, y, sample_weight=weight)[0]
    assert first.code == "lopsided-weights"
    assert first.evidence["effective"] == pytest.approx(2.0, rel=1e-3)
    assert first.steps == ("fit(..., sample_weight=None)",)
