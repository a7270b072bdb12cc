"""`warm_start`: a training that goes on with the networks, columns and target of the last one."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import chainrule
from chainrule import TabularClassifier, TabularRegressor, engine
from chainrule.errors import DataError, DataNotice, SpecError
from chainrule.estimators.tabular.trained_rows import KEPT, TrainedRows
from chainrule.spec import TrainingSpec

SMALL: dict[str, Any] = {"preset": "fast", "hidden_layer_sizes": [8], "epochs": 6}


def table(n: int, seed: int = 0, towns: str = "abc") -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(seed)
    rows = pd.DataFrame({"x": draw.normal(size=n), "town": draw.choice(list(towns), n)})
    return rows, rows.x.to_numpy() * 3 + (rows.town == "a").to_numpy() * 2.0


def told(model: Any, *rows: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(*rows)
    return [str(w.message) for w in caught if w.category is DataNotice]


@pytest.fixture
def fitted() -> TabularRegressor:
    return TabularRegressor(warm_start=True, **SMALL).fit(*table(200))


def test_it_begins_with_the_parameters_of_the_last_fit(fitted: TabularRegressor) -> None:
    before = fitted.members_[0].params
    fitted.set_params(epochs=0).fit(*table(100, 1))
    for name, array in before.items():
        np.testing.assert_array_equal(fitted.members_[0].params[name], array)


def test_it_is_the_engines_own_training_of_the_new_rows() -> None:
    """Against a call of the engine from the same parameters with the rows encoded as before."""
    model = TabularRegressor(warm_start=True, validation_fraction=0, **SMALL).fit(*table(200))
    start, encoder, scale = model.members_[0].params, model.encoder_, model._target.scale
    X, y = table(90, 5)
    model.fit(X, y)
    inputs, _ = encoder.transform(chainrule.table.frame.as_table(X))
    training = model.training_
    assert isinstance(training, TrainingSpec)
    found = engine.fit(model.spec_, start, inputs, scale.transform(y[:, None]), training)
    for name, array in found.params.items():
        np.testing.assert_array_equal(model.members_[0].params[name], array)


def test_more_rows_make_it_better() -> None:
    X, y = table(1000, 3)
    model = TabularRegressor(warm_start=True, **SMALL | {"epochs": 12}).fit(*table(60))
    first = model.score(X, y)
    for seed in (4, 5):
        model.fit(*table(500, seed))
    assert model.score(X, y) > max(first, 0.9)


def test_new_categories_are_unknown_and_said_so(fitted: TabularRegressor) -> None:
    encoder = fitted.encoder_
    notices = told(fitted, *table(120, 1, "abz"))
    assert fitted.encoder_ is encoder
    assert any("'town'" in notice and "'z'" in notice for notice in notices), notices


def test_rows_that_trained_it_before_are_told(fitted: TabularRegressor) -> None:
    assert not any("trained this model before" in notice for notice in told(fitted, *table(90, 7)))
    notices = told(fitted, *table(200))
    assert any("about 200 of the rows trained this model before" in notice for notice in notices)
    X, y = table(90, 7)
    assert fitted.n_trained_rows(X, y) > 80  # of the second fit, kept beside those of the first


def test_sketches_join() -> None:
    draw = np.random.default_rng(0)
    parts = [draw.normal(size=(3 * KEPT, 2)).astype(np.float32) for _ in range(2)]
    sketches = [TrainedRows.of(part, part[:, 0]) for part in parts]
    both = np.concatenate(parts)
    np.testing.assert_array_equal(
        sketches[0].joined(sketches[1]).hashes, TrainedRows.of(both, both[:, 0]).hashes
    )


def test_the_range_is_that_of_all_rows(fitted: TabularRegressor) -> None:
    X, y = table(100, 2)
    X.loc[0, "x"], y[0] = 50.0, 150.0
    high, ranges = fitted._target.high[0], fitted._ranges
    fitted.fit(X, y)
    assert high < fitted._target.high[0] == 150.0
    assert (fitted._ranges[0] <= ranges[0]).all() and (fitted._ranges[1] >= ranges[1]).all()


def test_classes_stay() -> None:
    X, y = table(200)
    names = np.where(y > 1, "high", np.where(y < -1, "low", "mid"))
    model = TabularClassifier(warm_start=True, class_weight="balanced", **SMALL).fit(X, names)
    two = names != "mid"
    model.fit(X[two], names[two])
    assert model.classes_.tolist() == ["high", "low", "mid"]
    assert model.class_weight_[2] == 1.0 and np.isfinite(model.class_weight_).all()
    expected = two.sum() / (2 * (names[two] == "high").sum())
    assert model.class_weight_[0] == pytest.approx(expected)
    assert model.predict_proba(X).shape == (200, 3)
    before = model.predict_proba(X)
    with pytest.raises(DataError, match="y holds the class 'new', which training did not have"):
        model.fit(X, ["new"] * 200)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_levels_that_the_new_rows_lack_stay_as_they_were() -> None:
    towns = "abcdefghijklmnopqrst"
    model = TabularRegressor(warm_start=True, **SMALL | {"epochs": 3})
    X, y = table(600, 0, towns)
    model.fit(X, y)
    before = model.predict(pd.DataFrame({"x": [0.0] * 20, "town": list(towns)}))
    few = X.town.isin(["a", "b"])
    model.set_params(learning_rate=0.0).fit(X[few], y[few])
    after = model.predict(pd.DataFrame({"x": [0.0] * 20, "town": list(towns)}))
    np.testing.assert_allclose(after, before, rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden_layer_sizes": [9]}, "describe others"),
        ({"dtype": "float64"}, "describe others"),
        ({"loss": "poisson"}, "goes on with the loss"),
        ({"n_members": 2}, "goes on with the 1 networks"),
    ],
)
def test_other_networks_are_refused_and_the_model_stays(
    change: dict[str, Any], words: str, fitted: TabularRegressor
) -> None:
    X, y = table(50, 1)
    before = fitted.predict(X)
    with pytest.raises(SpecError, match=words):
        fitted.set_params(**change).fit(X, y)
    np.testing.assert_array_equal(fitted.predict(X), before)


def test_columns_that_are_not_there_are_refused_and_the_model_stays(
    fitted: TabularRegressor,
) -> None:
    X, y = table(50, 1)
    with pytest.raises(DataError, match="town"):
        fitted.fit(X[["x"]], y)
    assert fitted.predict(X).shape == (50,)


def test_it_goes_on_from_a_file(fitted: TabularRegressor, tmp_path: Any) -> None:
    fitted.save(tmp_path / "m.safetensors")
    loaded: Any = chainrule.load(tmp_path / "m.safetensors")
    assert loaded.warm_start is True
    X, y = table(100, 4)
    np.testing.assert_array_equal(loaded.fit(X, y).predict(X), fitted.fit(X, y).predict(X))


def test_without_it_every_fit_is_new() -> None:
    model = TabularRegressor(**SMALL)
    alone = model.fit(*table(100, 1)).predict(table(9)[0])
    model.fit(*table(200))
    np.testing.assert_array_equal(model.fit(*table(100, 1)).predict(table(9)[0]), alone)
