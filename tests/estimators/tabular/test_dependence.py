"""Dependence of a model on its columns: scikit-learn's partial dependence, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataError, SpecError

RNG = np.random.default_rng(0)
N = 90


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "size": np.where(RNG.random(N) < 0.1, np.nan, RNG.normal(50, 9, N)),
            "town": RNG.choice(["Rome", "Oslo", "Bonn"], N),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 99, N), "D"),
            "new": RNG.random(N) < 0.5,
            "same": 1.0,
        }
    )


@pytest.fixture(scope="module")
def classifier(table: pd.DataFrame) -> Any:
    y = np.where(table["size"].fillna(50) + 9 * (table["town"] == "Rome") > 52, "yes", "no")
    return TabularClassifier(n_members=2, epochs=6, hidden_layer_sizes=(8,)).fit(table, y)


@pytest.mark.filterwarnings("ignore")
def test_partial_dependence_is_that_of_scikit_learn(table: pd.DataFrame, classifier: Any) -> None:
    for found in classifier.dependence(table, ["size", "town", "new"], kind="ice", n_points=6):
        name = found.columns[0]
        cells = [cell for cell in found.cells[0] if cell is not None]
        theirs = partial_dependence(
            classifier, table, [name], kind="both", method="brute",
            custom_values={name: np.array(cells)},
            categorical_features=["town"],
        )  # fmt: skip
        np.testing.assert_allclose(found.values, theirs["average"][0], atol=1e-6)
        np.testing.assert_allclose(found.rows, theirs["individual"][0], atol=1e-6)
        error = theirs["individual"][0].std(axis=0, ddof=1) / np.sqrt(N)
        np.testing.assert_allclose(found.errors, error, atol=1e-6)


def test_of_dates_and_of_two_columns(table: pd.DataFrame, classifier: Any) -> None:
    (found,) = classifier.dependence(table, "day", kind="pdp", n_points=4)
    for cell, value in zip(found.cells[0], found.values, strict=True):
        assert value == pytest.approx(mean_with(classifier, table, day=pd.Timestamp(cell)))
    (pair,) = classifier.dependence(table, [("town", "size")], n_points=3)
    assert pair.kind == "pdp" and pair.values.shape == (3, 3)
    for i, town in enumerate(pair.cells[0]):
        for j, size in enumerate(pair.cells[1]):
            expected = mean_with(classifier, table, town=town, size=size)
            assert pair.values[i, j] == pytest.approx(expected, abs=1e-6)
    assert len(pair.to_dict()["value"]) == 9 and set(pair.to_dict()) >= {"town", "size"}


def mean_with(model: Any, table: pd.DataFrame, **cells: Any) -> float:
    return float(model.predict_proba(table.assign(**cells))[:, 1].mean())


def test_ale_of_a_linear_model_is_its_line(table: pd.DataFrame) -> None:
    """A network without hidden layers is a line in its encoded inputs; its curve is that of any
    row."""
    rows = table.assign(size=table["size"].fillna(50))
    y = rows["size"] + 9 * (rows["town"] == "Rome")
    model = TabularRegressor(
        n_members=2, epochs=8, hidden_layer_sizes=(), clip=False, embedded_numbers=0
    ).fit(rows, y)
    size, town = model.dependence(rows, ["size", "town"], n_points=8)
    for found in (size, town):
        name = found.columns[0]
        one = rows.iloc[[0] * len(found.cells[0])].assign(**{name: list(found.cells[0])})
        line = model.predict(one)
        np.testing.assert_allclose(
            found.values - found.values[0], line - line[0], atol=1e-4 * np.ptp(y)
        )
        assert (found.errors < 1e-3 * np.ptp(y)).all()
        assert found.networks.shape == (2, *found.values.shape)
        np.testing.assert_allclose(found.networks.mean(axis=0), found.values, atol=1e-4)
    shares = np.array([(rows["town"] == cell).mean() for cell in town.cells[0]])
    assert shares @ town.values == pytest.approx(0, abs=1e-6)
    assert town.counts.tolist() == (shares * N).round().tolist()


def test_several_answers_and_all_columns_by_size(table: pd.DataFrame, classifier: Any) -> None:
    every = classifier.dependence(table)
    sizes = [found.size for found in every]
    assert sizes == sorted(sizes, reverse=True)
    assert {found.columns[0] for found in every} == {"size", "town", "day", "new"}
    three = TabularClassifier(preset="fast", epochs=2, hidden_layer_sizes=(4,)).fit(
        table, table["town"].to_numpy()
    )
    (found,) = three.dependence(table, "town", kind="pdp")
    assert found.answer_names == ("Bonn", "Oslo", "Rome")
    np.testing.assert_allclose(found.values.sum(axis=1), 1.0, atol=1e-6)
    rome = found.of("Rome")
    np.testing.assert_array_equal(rome.values, found.values[:, 2])
    assert rome.unit == "the probability of Rome" and "Dependence on town" in repr(rome)
    with pytest.raises(SpecError, match="no answer 'Paris'"):
        found.of("Paris")
    assert found.to_dict()["answer"][:3] == ["Bonn", "Oslo", "Rome"]


@pytest.mark.parametrize(
    ("columns", "keywords", "words"),
    [
        ("siez", {}, "no column 'siez'"),
        ("same", {}, "does not use column 'same'"),
        (7, {}, "columns must be"),
        ([("size", "size")], {}, "two different ones"),
        ([("size", "town")], {"kind": "ale"}, "two columns take kind='pdp'"),
        ("size", {"kind": "shap"}, "kind must be"),
        ("size", {"n_points": 1}, "n_points must be"),
    ],
)
def test_what_cannot_be_drawn_is_named(
    table: pd.DataFrame, classifier: Any, columns: Any, keywords: dict[str, Any], words: str
) -> None:
    with pytest.raises((DataError, SpecError), match=words):
        classifier.dependence(table, columns, **keywords)


def test_a_column_of_one_value(table: pd.DataFrame, classifier: Any) -> None:
    with pytest.raises(DataError, match="'size' has one value in these rows"):
        classifier.dependence(table.assign(size=3.0), "size")
