"""A fix is said in arguments that the object takes: each is a parameter of that call."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import polars as pl
import pytest

import chainrule
from chainrule.cli.train import train
from chainrule.cli.words import _OPTIONS, CommandWords
from chainrule.estimators.words import words_of_mlp, words_of_tabular
from chainrule.explain.diagnosis.words import Code, Column, literal, words_of_network
from chainrule.spec import Dense, Dropout, Scale

ESTIMATORS = ["MLPClassifier", "MLPRegressor", "TabularClassifier", "TabularRegressor"]


def takers():
    net = chainrule.Network([2, 3, 1])
    yield "Network", words_of_network(net.spec)
    for name in ESTIMATORS:
        model = getattr(chainrule, name)()
        X = np.zeros((1, 1))
        words = words_of_mlp(model, X) if "MLP" in name else words_of_tabular(model, X, 0.04)
        yield name, words


@pytest.mark.parametrize(("name", "words"), list(takers()))
def test_every_argument_exists(name, words):
    for call, argument in words.calls.values():
        kind = getattr(chainrule, name if call == "fit" else call)
        taken = inspect.signature(kind.fit if call == "fit" else kind).parameters
        fields = chainrule.spec.TrainingSpec.__dataclass_fields__ if call == "fit" else {}
        assert not argument or argument in taken or argument in fields, (call, argument)


def test_every_option_exists():
    written = [option.split()[0].removeprefix("--") for option, _ in _OPTIONS.values()]
    assert {option.replace("-", "_") for option in written} - {"seed"} <= set(
        inspect.signature(train).parameters
    )
    words = CommandWords()
    assert words.steps({"hidden": (8, 8), "drop_column": Column("a b", 1)}) == (
        "chainrule train ... --hidden 8,8 --ignore 'a b'",
    )
    assert not words.takes({"time_limit": Code("None")})


def test_a_network_of_sizes_and_one_of_layers():
    plain = words_of_network(chainrule.Network([4, 8, 2], dropout=0.1).spec)
    assert plain.steps({"activation": "relu", "hidden": (32,)}) == (
        'Network([4, 32, 2], ..., activation="relu")',
    )
    assert plain.steps({"drop_column": Column("b", 1), "epochs": 9}) == (
        "X = np.delete(X, 1, axis=1)",
        "Network([3, 8, 2], ...)",
        "fit(..., epochs=9)",
    )
    layers = chainrule.Network([4, Scale(), Dense(8, "tanh"), Dropout(0.9), Dense(1)])
    assert words_of_network(layers.spec).steps({"dropout": 0.1}) == ("Dropout(..., rate=0.1)",)


def test_solver_lbfgs_has_no_rate_and_no_batches():
    model = chainrule.MLPClassifier(solver="lbfgs")
    words = words_of_mlp(model, np.zeros((1, 1)))
    assert not words.takes({"learning_rate": 0.1})
    assert words.takes({"l2": 0.0})


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, lambda table: table["a"]])
def test_a_column_is_dropped_from_the_container_at_hand(frame):
    table = {"a": np.arange(6.0).reshape(3, 2)} if frame.__name__ == "<lambda>" else {
        "a": [1, 2, 3], "b": [4, 5, 6]}  # fmt: skip
    X = frame(table)
    (line,) = words_of_mlp(chainrule.MLPClassifier(), X).steps({"drop_column": Column("b", 1)})
    space = {"X": X, "np": np}
    exec(line, space)
    assert space["X"].shape == (3, 1)


def test_values_are_short_code():
    for value, code in (
        (0.1, "0.1"),
        (3e-7, "3e-07"),
        ("a", '"a"'),
        ((8,), "(8,)"),
        (True, "True"),
    ):
        assert literal(value) == code
