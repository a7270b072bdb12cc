"""Groups, time and splitters: which rows are held out together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import GroupKFold, ShuffleSplit, StratifiedKFold

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataError, SpecError

FEW = {"hidden_layer_sizes": 8, "epochs": 6, "random_state": 0}
RANDOM = np.random.default_rng(0)
GROUPS = np.repeat(np.arange(20), 6)
X = RANDOM.normal(size=(20, 4))[GROUPS] + 0.01 * RANDOM.normal(size=(120, 4))
LABELS = RANDOM.integers(0, 2, 20)[GROUPS]  # of groups, told by nothing
Y = X[:, 0] + RANDOM.normal(size=120)


def held_out(model):
    return [member.eval_rows for member in model.members_]


@pytest.mark.parametrize("preset", ["fast", "default"])
@pytest.mark.parametrize(
    "groups", [GROUPS, pd.Series(GROUPS).map("p{}".format), pl.Series(GROUPS.astype(float))]
)
def test_groups_are_held_out_whole(preset, groups):
    model = TabularClassifier(preset=preset, **FEW).fit(X, LABELS, groups=groups)
    for rows in held_out(model):
        inside = set(GROUPS[rows])
        assert not inside & set(np.delete(GROUPS, rows))
    if preset == "default":
        np.testing.assert_array_equal(np.sort(np.concatenate(held_out(model))), np.arange(120))
    assert "whole groups at a time" in model.scored_how_


def test_scores_of_groups_are_those_of_new_groups():
    told = {"preset": "default", "random_state": 0, "epochs": 40, "hidden_layer_sizes": 32}
    by_rows = TabularClassifier(**told).fit(X, LABELS)
    by_groups = TabularClassifier(**told).fit(X, LABELS, groups=GROUPS)
    assert by_rows.scores_["accuracy"].value > 0.95
    assert by_groups.scores_["accuracy"].value < 0.75
    wide, narrow = (m.scores_["accuracy"] for m in (by_groups, by_rows))
    assert wide.high - wide.low > narrow.high - narrow.low


@pytest.mark.parametrize("kind", ["numbers", "datetimes", "dates"])
def test_the_last_rows_in_time_are_held_out_of_all_networks(kind):
    when = np.random.default_rng(1).permutation(120)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(when, unit="D")
    time = {"numbers": when, "datetimes": days.to_series(), "dates": [d.date() for d in days]}[kind]
    model = TabularRegressor(**FEW).fit(X, Y, time=time)
    for rows in held_out(model):
        np.testing.assert_array_equal(np.sort(when[rows]), np.arange(96, 120))
    assert model.scored_how_.startswith("the last 24 rows in time")
    assert "at least 6 places away" in model.scored_how_
    assert "temperature" not in model.scored_how_
    bounds = model.predict_interval(X[:3], 0.8)
    assert (bounds[:, 0] < bounds[:, 1]).all()


def test_a_splitter_says_which_rows():
    for splitter in (StratifiedKFold(3), ShuffleSplit(3, random_state=0), 3):
        model = TabularClassifier(cv=splitter, **FEW).fit(X, LABELS)
        assert model.n_members_ == 3
    expected = list(StratifiedKFold(3).split(X, LABELS))
    model = TabularClassifier(cv=StratifiedKFold(3), **FEW).fit(X, LABELS)
    for rows, (_, held) in zip(held_out(model), expected, strict=True):
        np.testing.assert_array_equal(rows, held)
    pairs = [(np.arange(100), np.arange(100, 120))]
    model = TabularClassifier(cv=pairs, **FEW).fit(X, LABELS)
    np.testing.assert_array_equal(held_out(model)[0], np.arange(100, 120))
    grouped = TabularClassifier(cv=GroupKFold(4), n_members=2, **FEW)
    grouped.fit(X, LABELS, groups=GROUPS)
    assert grouped.n_members_ == 2
    weights = np.where(np.arange(120) < 10, 0.0, 1.0)  # pairs count all rows
    model = TabularClassifier(cv=pairs, **FEW).fit(X, LABELS, weights)
    np.testing.assert_array_equal(held_out(model)[0], np.arange(90, 110))


def test_the_share_of_validation_rows_counts_with_several_networks():
    model = TabularRegressor(validation_fraction=0.1, **FEW).fit(X, Y)
    assert [len(rows) for rows in held_out(model)] == [12] * 4


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ({}, {"groups": GROUPS[:5]}, r"groups has shape \(5,\)"),
        ({}, {"groups": np.zeros(120)}, "groups has one group in all rows"),
        ({}, {"groups": [None, *GROUPS[1:]]}, "groups is missing in row 0"),
        ({}, {"time": np.where(np.arange(120) == 7, np.nan, 1.0)}, "time is missing in row 7"),
        ({}, {"time": ["01/02/2020"] * 120}, "time holds text"),
        ({}, {"time": np.arange(120), "groups": GROUPS}, "time and groups cannot both"),
        ({"cv": 3}, {"time": np.arange(120)}, "time and cv cannot both"),
        ({"cv": 3, "validation_fraction": 0.1}, {}, "cv and validation_fraction cannot both"),
        ({"cv": 2, "n_members": 3}, {}, "n_members=3 goes beyond the 2 splits of cv"),
        ({"cv": GroupKFold(3)}, {}, "cv cannot split these rows"),
        ({"cv": [(np.arange(9), np.arange(5, 12))]}, {}, "validates on rows it trains on"),
        ({"cv": [(np.arange(9), [500])]}, {}, "cv names row 500"),
        ({"cv": "three"}, {}, "cv must be a splitter"),
    ],
)
def test_what_cannot_be_is_said(arguments, given, message):
    with pytest.raises((DataError, SpecError), match=message):
        TabularRegressor(**arguments, **FEW).fit(X, Y, **given)


def test_a_splitter_that_parts_groups_is_not_said_to_keep_them():
    model = TabularClassifier(cv=StratifiedKFold(2, shuffle=True, random_state=0), **FEW)
    assert "whole groups" not in model.fit(X, LABELS, groups=GROUPS).scored_how_
    kept = TabularClassifier(cv=GroupKFold(2), **FEW).fit(X, LABELS, groups=GROUPS)
    assert "whole groups at a time" in kept.scored_how_


def test_scores_of_given_rows_know_groups_and_time():
    model = TabularClassifier(preset="fast", **FEW).fit(X, LABELS, groups=GROUPS)
    alone = model.evaluate(X, LABELS).scores()
    together = model.evaluate(X, LABELS, groups=GROUPS).scores()
    in_time = model.evaluate(X, LABELS, time=np.arange(120)).scores()
    for name in ("log_loss", "accuracy", "auc"):
        assert together[name].value == in_time[name].value == alone[name].value
        assert together[name].high - together[name].low > alone[name].high - alone[name].low
    one = model.evaluate(X[:6], LABELS[:6], groups=GROUPS[:6]).scores()["log_loss"]
    assert one.high > 100 * one.low  # a single group says next to nothing
    with pytest.raises(DataError, match=r"groups has shape \(5,\)"):
        model.evaluate(X, LABELS, groups=GROUPS[:5])


def test_right_answers_of_few_groups_leave_more_open_than_those_of_rows():
    label = np.array(["a", "b"])[(X[:, 0] > 0).astype(int)]
    model = TabularClassifier(preset="fast", epochs=20, hidden_layer_sizes=8).fit(X, label)
    right = model.predict(X)
    by_rows = model.evaluate(X, right).scores()["accuracy"]
    by_groups = model.evaluate(X, right, groups=GROUPS).scores()["accuracy"]
    assert by_rows.low == pytest.approx(0.05 ** (1 / 120))
    assert by_groups.low == pytest.approx(0.05 ** (1 / 20))
