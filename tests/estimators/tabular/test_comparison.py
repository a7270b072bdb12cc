"""Kinds of models compared: losses by hand, scikit-learn's own models, and differences."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from chainrule.errors import SpecError
from chainrule.estimators.tabular.comparison import compare
from chainrule.estimators.tabular.peers import LinearPeer, TreesPeer
from chainrule.table.frame import as_table
from chainrule.table.read import read_table

RNG = np.random.default_rng(5)
N = 90


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("t") / "t.csv"
    x = RNG.normal(size=(N, 2))
    colour = RNG.choice(["red", "blue", "green"], N)
    lines = [
        f"{a:.4f},{'' if k % 9 == 0 else f'{b:.4f}'},{c}"
        for k, ((a, b), c) in enumerate(zip(x, colour, strict=True))
    ]
    path.write_text("\n".join(["a,b,colour", *lines, ""]))
    return read_table(str(path)), x[:, 0] + (colour == "red") + 0.3 * RNG.normal(size=N)


def folds():
    return list(KFold(3, shuffle=True, random_state=0).split(np.arange(N)))


@pytest.mark.slow
def test_classes(table):
    X, score = table
    y = np.where(score > 1.4, "high", np.where(score > 0.2, "mid", "low"))
    found = compare(X, y, folds(), is_classification=True, presets=("fast",))
    assert {m.name for m in found.models} == {"chainrule fast", "boosted trees", "linear"}
    means = [model.losses.mean() for model in found.models]
    assert means == sorted(means) and found.n_rows == N and found.metric == "log_loss"
    for model in found.models:
        assert model.scores["log_loss"].value == pytest.approx(model.losses.mean(), rel=1e-6)
        assert model.scores["log_loss"].low <= model.losses.mean() <= model.scores["log_loss"].high
    best, *_, worst = (model.name for model in found.models)
    more, low, high = found.difference(best, worst)
    assert more == pytest.approx(means[-1] - means[0]) and low <= more <= high
    with pytest.raises(SpecError, match="forest"):
        found.difference(best, "forest")


@pytest.mark.slow
def test_numbers_and_groups(table):
    X, y = table
    groups = np.arange(N) // 3
    found = compare(
        X, y, folds(), is_classification=False, presets=("fast",), groups=groups,
        told=lambda name, fold: None,
    )  # fmt: skip
    for model in found.models:
        assert model.scores["rmse"].value == pytest.approx(np.sqrt(model.losses.mean()))
    assert len(np.unique(found.clusters)) == 30


@pytest.mark.slow
def test_a_class_that_a_fold_lacks_has_probability_zero(table):
    X, score = table
    y = np.where(score > 0.2, "mid", "low").astype(object)
    y[:3] = "rare"
    rows = np.arange(N)
    split = [(rows[3:], rows[:40]), (rows[:60], rows[60:])]
    found = compare(X, y, split, is_classification=True, presets=("fast",))
    assert found.n_rows == 37 + 30  # rows of a class that training lacks are not scored
    assert all(np.isfinite(model.losses).all() for model in found.models)


def test_the_linear_peer_is_scikit_learns_on_one_hot_levels():
    x, c = RNG.normal(size=60), RNG.choice([f"c{k}" for k in range(20)], 60)
    y = (x + np.char.equal(c, "c3") > 0).astype(int)
    X = as_table({"x": x, "c": c})
    found = LinearPeer(True, 0).fit(X, y).answers(X)
    onehot = np.column_stack([x, *[c == level for level in np.unique(c)]]).astype(float)
    right = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)).fit(onehot, y)
    assert log_loss(y, found) == pytest.approx(log_loss(y, right.predict_proba(onehot)), rel=0.1)


def test_trees_find_levels_by_name_and_know_gaps():
    x = np.where(np.arange(80) % 4 == 0, np.nan, RNG.normal(size=80))
    c = np.array(["left", "right"])[np.arange(80) % 2]
    y = 3.0 * (c == "right") + np.isnan(x)
    model = TreesPeer(False, 0).fit(as_table({"x": x, "c": c}), y)
    new = as_table({"x": [np.nan, np.nan, np.nan], "c": ["right", "new", "right"]})
    answers = model.answers(new)
    assert answers[0] == answers[2] > 2.5
    only = as_table({"x": [0.1], "c": ["left"]})  # its one level has another code there
    assert model.answers(only)[0] < 1.0
