"""Attributions of Tabular models against their answers, quadrature and brute force."""

import itertools
import math
import warnings

import numpy as np
import pytest

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import ChainruleError, DataError, SpecError
from chainrule.explain.attribution.cells import numbers_of
from chainrule.spec import CategoryEmbedding

RNG = np.random.default_rng(7)
N = 160
COLOURS = np.array(["red", "green", "blue", "violet"], object)


def table(n=N):
    size, weight = RNG.normal(size=n), RNG.normal(size=n)
    size[::11] = np.nan
    return {
        "size": size,
        "weight": weight,
        "colour": RNG.choice(COLOURS, n),
        "town": RNG.choice([f"town {k}" for k in range(30)], n),
    }


def score(X):
    return np.nan_to_num(X["size"]) * X["weight"] + 2.0 * (X["colour"] == "red")


def fitted(kind, y, X, **arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(epochs=6, random_state=0, n_threads=1, **arguments).fit(X, y)


@pytest.fixture(scope="module")
def two():
    X = table()
    y = np.where(score(X) + 0.3 * RNG.normal(size=N) > 0.4, "ripe", "raw")
    model = fitted(TabularClassifier, y, X)
    assert any(isinstance(at.layer, CategoryEmbedding) for at in model.spec_.walk)
    return model, X


def head(X, n):
    return {name: values[:n] for name, values in X.items()}


def test_two_classes_add_up_to_the_log_odds_of_predict_proba(two):
    model, X = two
    found = model.attribute(X, n_samples=8)
    p = model.predict_proba(X)
    np.testing.assert_allclose(found.answers, np.log(p[:, 1] / p[:, 0]), rtol=1e-9, atol=1e-9)
    total = found.base_values + found.values.sum(axis=1)
    np.testing.assert_allclose(total, found.answers, rtol=0, atol=1e-9)
    assert found.unit == "log-odds of ripe" and found.names == ("size", "weight", "colour", "town")
    np.testing.assert_allclose(found.base_values, found.answers.mean(), rtol=1e-12)


def test_cells_are_those_of_the_table(two):
    model, X = two
    data = model.attribute(head(X, 12), n_samples=2).data
    assert data[0, 0] is None and data[1, 0] == X["size"][1]
    assert data[3, 2] == X["colour"][3]


def test_classes_and_labels_add_up():
    X = table()
    y = np.digitize(score(X), [0.0, 1.5])
    model = fitted(TabularClassifier, y, X)
    found = model.attribute(X, n_samples=8)
    p = np.log(model.predict_proba(X))
    expected = p - p.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(found.answers, expected, atol=1e-8)
    np.testing.assert_allclose(found.base_values + found.values.sum(axis=1), expected, atol=1e-8)
    assert found.values.shape == (N, 4, 3) and found.answer_names == ("0", "1", "2")
    of_two = found.of("2")
    np.testing.assert_array_equal(of_two.values, found.values[..., 2])
    labels = np.stack([y > 0, y > 1], axis=1).astype(int)
    model = fitted(TabularClassifier, labels, X)
    found = model.attribute(head(X, 20), n_samples=8)
    p = model.predict_proba(head(X, 20))
    np.testing.assert_allclose(found.answers, np.log(p / (1 - p)), atol=1e-8)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"loss": "poisson"}, {"loss": "pinball", "quantiles": (0.1, 0.9), "preset": "fast"}],
)
@pytest.mark.parametrize("method", ["gradients", "shapley"])
def test_numbers_add_up_to_predict(arguments, method):
    X = table()
    y = np.exp(0.3 * score(X)) if arguments.get("loss") == "poisson" else score(X)
    model = fitted(TabularRegressor, y, X, clip=False, **arguments)
    found = model.attribute(head(X, 30), n_samples=6, method=method)
    expected = model.predict(head(X, 30))
    answers = np.sort(found.answers, axis=1) if found.answers.ndim == 2 else found.answers
    np.testing.assert_allclose(answers, expected, rtol=2e-6, atol=1e-6)
    total = found.base_values + found.values.sum(axis=1)
    np.testing.assert_allclose(total, found.answers, rtol=0, atol=1e-8)


def test_one_background_row_gives_integrated_gradients(two):
    """Against a midpoint rule over central differences of `predict_proba`, numbers alone."""
    model, X = two
    start = {name: values[1:2] for name, values in X.items()}
    end = {**start, "size": np.array([1.3]), "weight": np.array([-0.7])}
    found = model.attribute(end, background=start, n_samples=4000)
    way = np.array([end[name][0] - start[name][0] for name in ("size", "weight")])
    alpha = (np.arange(400) + 0.5) / 400

    def log_odds(numbers):
        rows = {name: np.repeat(values, len(numbers)) for name, values in start.items()}
        rows |= {"size": numbers[:, 0], "weight": numbers[:, 1]}
        p = model.predict_proba(rows)
        return np.log(p[:, 1] / p[:, 0])

    at = np.array([start["size"][0], start["weight"][0]]) + alpha[:, None] * way
    h = 1e-3
    for k in range(2):
        step = h * np.eye(2)[k]
        slope = (log_odds(at + step) - log_odds(at - step)) / (2 * h)
        expected = way[k] * slope.mean()
        assert found.values[0, k] == pytest.approx(expected, abs=4 * found.errors[0, k] + 2e-3)
    np.testing.assert_allclose(found.values[0, 2:], 0.0, atol=1e-6)


def test_errors_are_as_large_as_the_differences_of_two_samples(two):
    model, X = two
    one = model.attribute(X, n_samples=32, random_state=1)
    other = model.attribute(X, n_samples=32, random_state=2)
    error = np.sqrt(one.errors**2 + other.errors**2)
    ratio = (one.values - other.values) / np.where(error > 0, error, 1.0)
    assert 0.7 < np.sqrt((ratio**2).mean()) < 1.3


def test_shapley_values_are_those_of_brute_force(two):
    model, X = two
    background, rows = head(X, 12), {name: values[20:26] for name, values in X.items()}
    names = list(X)

    def value(coalition):
        mixed = {
            name: np.repeat(rows[name], 12) if name in coalition else np.tile(background[name], 6)
            for name in names
        }
        p = model.predict_proba(mixed)
        return np.log(p[:, 1] / p[:, 0]).reshape(6, 12).mean(axis=1)

    known = {frozenset(c): value(c) for k in range(5) for c in itertools.combinations(names, k)}
    expected = np.zeros((6, 4))
    for j, name in enumerate(names):
        for coalition, worth in known.items():
            if name not in coalition:
                k = len(coalition)
                share = math.factorial(k) * math.factorial(3 - k) / math.factorial(4)
                expected[:, j] += share * (known[coalition | {name}] - worth)
    found = model.attribute(rows, background=background, method="shapley", n_samples=600)
    assert (np.abs(found.values - expected) < 4 * found.errors + 1e-6).all()


def test_threads_do_not_change_a_bit(two):
    model, X = two
    one = model.attribute(head(X, 40), n_samples=16)
    model.set_params(n_threads=2)
    other = model.attribute(head(X, 40), n_samples=16)
    model.set_params(n_threads=1)
    assert one.values.tobytes() == other.values.tobytes()


def test_it_prints_and_makes_a_table(two):
    model, X = two
    found = model.attribute(head(X, 5), n_samples=4)
    assert str(found).splitlines()[0] == (
        "Attributions of log-odds of ripe: 5 rows by expected gradients"
    )
    listed = found.to_dict()
    assert list(listed) == ["row", "column", "cell", "value", "error"]
    assert listed["row"][4] == 1 and listed["column"][4] == "size" and len(listed["value"]) == 20


@pytest.mark.parametrize(
    ("keywords", "error", "words"),
    [
        ({"n_samples": 1}, SpecError, "n_samples"),
        ({"method": "lime"}, SpecError, "method"),
        ({"background": {"size": [1.0]}}, DataError, "weight"),
    ],
)
def test_bad_arguments_are_named(two, keywords, error, words):
    model, X = two
    with pytest.raises(error, match=words):
        model.attribute(head(X, 3), **keywords)


def test_no_rows_and_no_such_answer(two):
    model, X = two
    with pytest.raises(DataError, match="0 sample"):
        model.attribute({name: values[:0] for name, values in X.items()})
    with pytest.raises(ChainruleError, match="one answer"):
        model.attribute(head(X, 3), n_samples=2).of("ripe")


def test_shap_takes_them(two):
    shap = pytest.importorskip("shap")
    model, X = two
    made = model.attribute(head(X, 8), n_samples=4).to_shap()
    assert isinstance(made, shap.Explanation) and made.values.shape == (8, 4)


def test_cells_become_numbers_for_axes():
    cells = np.array(["b", None, "a", "b"], object)
    np.testing.assert_array_equal(numbers_of(cells), [1, np.nan, 0, 1])
    np.testing.assert_array_equal(numbers_of(np.array([2.5, None], object)), [2.5, np.nan])


@pytest.mark.slow
def test_every_plot_of_shap_takes_them(two):
    shap = pytest.importorskip("shap")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    model, X = two
    found = model.attribute(X, n_samples=8)
    theirs = found.to_shap()
    np.testing.assert_array_equal(theirs.values, found.values)
    total = theirs.base_values + theirs.values.sum(axis=1)
    np.testing.assert_allclose(total, found.answers, rtol=0, atol=1e-12)
    assert theirs.display_data[0, 0] == "missing" and theirs.display_data[3, 2] == X["colour"][3]
    draws = shap.plots
    for draw in (draws.bar, draws.beeswarm, draws.violin, draws.heatmap, draws.scatter):
        draw(theirs, show=False)
    draws.scatter(theirs[:, "colour"], show=False)
    draws.waterfall(theirs[3], show=False)
    draws.force(theirs[3], matplotlib=True, show=False)
    pyplot.close("all")
