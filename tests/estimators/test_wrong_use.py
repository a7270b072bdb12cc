"""Whatever is passed in the wrong place is refused in one sentence that names the place."""

from __future__ import annotations

import warnings
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

import chainrule
from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor
from chainrule.errors import ChainruleError, DataError, ModelFileError, SpecError

X = np.random.default_rng(0).normal(size=(30, 3))
LABELS, NUMBERS = np.arange(30) % 3, X[:, 0] + 1
QUICK = {"hidden_layer_sizes": 4, "random_state": 0}
MAKERS = {
    "TabularClassifier": lambda **given: TabularClassifier(**{**QUICK, "epochs": 1} | given),
    "TabularRegressor": lambda **given: TabularRegressor(**{**QUICK, "epochs": 1} | given),
    "MLPClassifier": lambda **given: MLPClassifier(**{**QUICK, "max_iter": 1} | given),
    "MLPRegressor": lambda **given: MLPRegressor(**{**QUICK, "max_iter": 1} | given),
}
# What a hurried person, a spreadsheet or a grid of parameters may hand over.
STRANGE = [
    *(-1, 1e300, 10**30, float("nan"), -float("inf"), 1j, np.float64(-0.5), np.array(3)),
    *("", "x", b"x", [], ["x"], {}, {"a": 1}, set(), object(), slice(1), pd.NA, pd.Series([1, 2])),
    np.array([-1, 2]),
]


def target(name):
    return LABELS if name.endswith("Classifier") else NUMBERS


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", MAKERS)
def test_every_argument_refuses_what_it_cannot_be(name):
    model = MAKERS[name]()
    for argument in model.get_params():
        refused = 0
        beside = {"loss": "pinball"} if argument == "quantiles" else {}
        for value in STRANGE:
            try:
                MAKERS[name](**beside, **{argument: value}).fit(X, target(name))
            except ChainruleError as error:
                assert argument in str(error), (argument, value, error)
                refused += 1
            except ValueError as error:  # scikit-learn's own sentence
                assert "non-finite" in str(error), (argument, value, error)
        assert refused > len(STRANGE) / 2, argument


@pytest.mark.parametrize("name", MAKERS)
def test_numbers_of_numpy_are_numbers(name):
    counts = ("epochs", "max_iter", "batch_size", "n_threads", "patience", "n_iter_no_change")
    parameters = set(MAKERS[name]().get_params())
    given = {key: np.int64(2) for key in counts if key in parameters}
    given["random_state"] = np.int32(3)
    given["validation_fraction"] = np.float32(0.25)
    MAKERS[name](**given).fit(X, target(name))


class Color(Enum):
    RED = 1


TARGETS = {
    "scalar": (3, None),
    "text": ("hello", None),
    "mapping": ({"a": 1}, None),
    "longer": (np.arange(31) % 3, None),
    "three dimensions": (np.zeros((30, 1, 1)), None),
    "no columns": (np.zeros((30, 0)), None),
    "complex": (LABELS * 1j, "(?i)complex"),
    "ragged": ([[1], [1, 2]] * 15, None),
    "missing": ([1.0, None] * 15, None),
    "masked": (np.ma.array(LABELS, mask=[True] + [False] * 29), None),
    "nullable": (pd.array([1, None] * 15, dtype="Int64"), None),
    "polars null": (pl.Series([1, None] * 15), None),
    "infinite": (np.where(X[:, 0] > 0, np.inf, 1.0), None),
    "mixed": (np.array([1, "a"] * 15, dtype=object), None),
    "enum": (np.array([Color.RED] * 30, dtype=object), None),
    "sparse": (sp.csr_matrix(np.eye(30)), None),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("case", TARGETS)
def test_strange_targets(name, case):
    y, message = TARGETS[case]
    if case == "masked" and name.startswith("MLP"):
        pytest.skip("scikit-learn takes the values under a mask")
    with pytest.raises((ValueError, TypeError), match=message):
        MAKERS[name]().fit(X, y)


WEIGHTS = {
    "text": "balanced",
    "shorter": np.ones(29),
    "columns": np.ones((30, 1)),
    "negative": -np.ones(30),
    "missing": np.full(30, np.nan),
    "nullable": pd.array([1.0, None] * 15, dtype="Float64"),
    "infinite": np.full(30, np.inf),
    "zero": np.zeros(30),
    "huge": np.full(30, 1e308),
    "tiny": np.full(30, 1e-308),
    "complex": np.ones(30) * 1j,
    "dates": np.full(30, np.datetime64("2020")),
    "mapping": {0: 1.0},
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("case", WEIGHTS)
def test_strange_weights(name, case):
    with pytest.raises(DataError, match="sample_weight"):
        MAKERS[name]().fit(X, target(name), sample_weight=WEIGHTS[case])


EVAL_SETS = {
    "text": "x",
    "number": 3,
    "rows alone": (X,),
    "three": (X, LABELS, LABELS),
    "list of pairs": [(X, LABELS)],
    "array": np.zeros((2, 30)),
    "nothing": (None, None),
    "shorter": (X, LABELS[:-1]),
    "fewer columns": (X[:, :2], LABELS),
    "no rows": (X[:0], LABELS[:0]),
    "missing": (X, np.full(30, np.nan)),
    "infinite": (X * np.inf, LABELS),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("case", EVAL_SETS)
def test_strange_eval_sets(name, case):
    with pytest.raises((ValueError, TypeError)):
        MAKERS[name]().fit(X, target(name), eval_set=EVAL_SETS[case])


TABLES = {
    "text": ("hello", "of type str"),
    "path": (Path("table.csv"), "of type PosixPath|of type WindowsPath"),
    "generator": ((row for row in X), "of type generator"),
    "repeated names": (pd.DataFrame(X, columns=["a", "a", "b"]), "two columns named 'a'"),
    "structured": (np.zeros(30, dtype=[("a", "f8")]), "structured"),
}


@pytest.mark.parametrize("case", TABLES)
def test_what_is_no_table(case):
    table, message = TABLES[case]
    model = TabularRegressor(**QUICK, epochs=1).fit(X, NUMBERS)
    with pytest.raises(DataError, match=message):
        model.predict(table)
    with pytest.raises(DataError, match=message):
        TabularRegressor(**QUICK).fit(table, NUMBERS)


def test_repeated_names_in_the_drop_in():
    with pytest.raises(DataError, match=r"several columns of one name.*'a' 2 times"):
        MLPClassifier().fit(pd.DataFrame(X, columns=["a", "a", "b"]), LABELS)


def test_categorical_features_must_be_a_list():
    with pytest.raises(DataError, match=r"categorical_features must be a list .* found 3"):
        TabularRegressor(categorical_features=3).fit(X, NUMBERS)


def test_the_smallest_and_largest_targets_are_learned():
    for unit in (1e-300, 1e300, 5e-322):
        model = TabularRegressor(**QUICK, epochs=1).fit(X, NUMBERS * unit)
        assert np.isfinite(model.predict(X)).all()
    # A power of two changes no digit.
    first = TabularRegressor(**QUICK, epochs=1).fit(X, NUMBERS).predict(X)
    again = TabularRegressor(**QUICK, epochs=1).fit(X, NUMBERS * 2.0**900).predict(X)
    np.testing.assert_array_equal(again, first * 2.0**900)


def test_errors_of_arguments_are_spec_errors():
    for make in MAKERS.values():
        with pytest.raises(SpecError, match="verbose must be True or False or"):
            make(verbose="loud").fit(X, LABELS)


@pytest.mark.parametrize("argument", ["n_repeats", "metric", "random_state"])
def test_importance_refuses_what_it_cannot_be(argument):
    model = TabularRegressor(**QUICK, epochs=1).fit(X, NUMBERS)
    for value in (-1, "x", [1], np.array([1, 2]), pd.NA, object()):
        with pytest.raises(SpecError, match=argument):
            model.feature_importance(X, NUMBERS, **{argument: value})


@pytest.mark.parametrize("value", [None, 1, True, 1.5, ["model"], object()])
def test_models_are_kept_under_paths(value):
    model = TabularRegressor(**QUICK, epochs=1).fit(X, NUMBERS)
    with pytest.raises(ModelFileError, match="saved to a path, found"):
        model.save(value)
    with pytest.raises(ModelFileError, match="loaded from a path, found"):
        chainrule.load(value)


NETWORK = {
    "layers": ["x", 3, [3], [3, 0], [3, "a"], None, {}],
    "activation": [None, 3, 1.5, "x", ["relu", "relu"], print, np.array(3)],
    "output_activation": [True, 3, "x", np.array([1, 2])],
    "loss": [None, [], ["x"], {}, "x", np.array([1, 2]), pd.NA],
    "dtype": [None, True, "x", "float16", [1], {"a": 1}, 1.5],
    "init": [3, "x", np.array([1, 2]), pd.NA],
    "dropout": [-0.1, 1.5, "x", np.array([1, 2]), pd.NA, None],
    "random_state": [-1, 1 << 64, 1.5, "x", None],
}
NETWORK_FIT = {
    "optimizer": ["x", None, []],
    "learning_rate": [-1.0, float("nan"), "x", None],
    "schedule": ["x", 3, {"name": "x"}],
    "epochs": [-1, 1.5, "x", None],
    "batch_size": [0, 1.5, "x"],
    "reduction": ["x", None, np.array([1, 2])],
    "metric": ["x", [], {}, np.array([1, 2])],
    "callback": [True, 1, "x", [print]],
    "verbose": ["x", None, [], 1.5, print],
    "n_threads": [0, 1.5, "x"],
    "patience": [0, 1.5, "x"],
}


@pytest.mark.parametrize("argument", NETWORK)
def test_networks_refuse_by_name(argument):
    usual = {"layers": [3, 4, 1]}
    word = argument.removeprefix("output_")  # of an activation that does not exist
    for value in NETWORK[argument]:
        with pytest.raises(SpecError, match=f"{word}|layer|features|units"):
            chainrule.Network(**usual | {argument: value})


@pytest.mark.parametrize("argument", NETWORK_FIT)
def test_fits_of_networks_refuse_by_name(argument):
    network = chainrule.Network([3, 4, 1])
    for value in NETWORK_FIT[argument]:
        with pytest.raises(SpecError, match=argument):
            network.fit(X, NUMBERS, **{argument: value})


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
def test_sparse_rows_that_no_memory_holds(name):
    model = MAKERS[name]().fit(X, target(name))
    with pytest.raises(DataError, match="1,099,511,627,776 rows and 3 columns would be 24,576 GiB"):
        model.predict(sp.csc_array((2**40, 3)))
