"""The grid's answers are the model's own, on rows that only differ in two inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import chainrule
from chainrule.errors import DataError
from chainrule.plots import DecisionBoundaryDisplay, plot_decision_boundary
from chainrule.plots.grid import make_grid
from chainrule.table.frame import as_table


def test_the_response_is_that_of_the_model(classifier, table):
    X, y = table
    display = plot_decision_boundary(classifier, X, y, grid_resolution=12)
    assert display.names == ("length", "depth")
    assert display.response.shape == (12, 12, 3)
    row = pd.DataFrame(
        {
            "length": [display.x[4]],
            "place": [X["place"].mode()[0]],
            "depth": [display.y[9]],
        }
    )
    np.testing.assert_allclose(display.response[9, 4], classifier.predict_proba(row)[0], rtol=1e-6)
    assert display.x[0] < X["length"].min() and display.x[-1] > X["length"].max()
    np.testing.assert_array_equal(display.points, X[["length", "depth"]].to_numpy())
    title = display.ax_.get_title(loc="left")
    assert "80 rows · mean of 4 members" in title and "other columns" in title.replace("\n", " ")


def test_classes_have_their_own_markers_and_names(classifier, table):
    display = plot_decision_boundary(classifier, *table, grid_resolution=30)
    shapes = {scatter.get_paths()[0].vertices.tobytes() for scatter in display.ax_.collections[-3:]}
    assert len(shapes) == 3
    won = {display.classes[k] for k in np.unique(display.response.argmax(axis=2))}
    assert won <= {text.get_text() for text in display.ax_.texts}


def test_a_network_of_two_inputs(network):
    net, X, y = network
    display = plot_decision_boundary(net, X, y, grid_resolution=15)
    grid = np.array([[display.x[3], display.y[7]]])
    np.testing.assert_allclose(display.response[7, 3, 1], net.predict(grid)[0, 0], rtol=1e-6)
    assert display.classes == ("0", "1")
    assert display.ax_.get_title(loc="left") == "Most probable class by x0 and x1\n4 rows"


def test_numbers(table):
    X, _ = table
    target = 2 * X["length"] + X["depth"]
    model = chainrule.TabularRegressor(hidden_layer_sizes=4, epochs=2).fit(X, target)
    display = DecisionBoundaryDisplay.from_estimator(
        model, X, target, features=("depth", "length"), grid_resolution=10
    )
    assert display.names == ("depth", "length")
    assert display.response.shape == (10, 10)
    assert len(display.figure_.axes) == 2  # the colour bar


def test_every_kind_of_column_has_a_typical_value():
    X = pd.DataFrame(
        {
            "a": [1.0, 2.0, np.nan],
            "b": [3.0, 5.0, 4.0],
            "flag": [True, True, False],
            "day": pd.to_datetime(["2020-01-01", "2020-01-03", "2020-01-02"]),
            "word": ["x", None, "x"],
            "gone": [np.nan] * 3,
        }
    )
    grid = make_grid(as_table(X), None, 3)
    assert grid.rows["flag"].tolist() == [True] * 9
    assert grid.rows["day"][0] == np.datetime64("2020-01-02")
    assert grid.rows["word"].tolist() == ["x"] * 9
    assert np.isnan(grid.rows["gone"]).all()
    assert grid.rows["a"].tolist() == [*grid.x] * 3
    y = [0, 1, 0]
    model = chainrule.TabularClassifier(
        hidden_layer_sizes=2, epochs=1, validation_fraction=0
    ).fit(X, y)  # fmt: skip
    plot_decision_boundary(model, X, y, grid_resolution=4)


def test_arrays_without_names():
    X = np.random.default_rng(0).normal(size=(20, 3))
    y = (X[:, 0] > 0).astype(int)
    model = chainrule.TabularClassifier(hidden_layer_sizes=2, epochs=1).fit(X, y)
    display = plot_decision_boundary(model, X, y, features=(2, 0), grid_resolution=5)
    middle = np.median(X[:, 1])
    row = np.array([[display.y[1], middle, display.x[2]]])
    np.testing.assert_allclose(display.response[1, 2], model.predict_proba(row)[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (("length", "width"), "no column 'width'"),
        (("length", "place"), "'place' holds no numbers"),
        (("length", "length"), "twice"),
        ("length", "must be two columns"),
        ((0, 9), "no column 9"),
    ],
)
def test_refusals(classifier, table, features, message):
    with pytest.raises(DataError, match=message):
        plot_decision_boundary(classifier, *table, features=features)


def test_networks_with_other_inputs_are_refused(network):
    with pytest.raises(DataError, match="must have 2 inputs, found 3"):
        plot_decision_boundary(chainrule.Network([3, 1]), np.ones((4, 3)))
    with pytest.raises(DataError, match="goes with an estimator"):
        plot_decision_boundary(network[0], network[1], features=(0, 1))
