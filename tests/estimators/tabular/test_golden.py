"""Models of every release predict for ever what they predicted. A golden file is only added."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import chainrule

GOLDEN = Path(__file__).parents[2] / "golden"


def table():
    """Rows from numbers that no generator can change."""
    k = np.arange(4)
    return pd.DataFrame(
        {
            "height": np.where(k % 7 == 3, np.nan, np.sin(k) * 10 + 50),
            "town": [f"t{v}" for v in k * k % 11],
            "wet": k % 3 == 0,
            "seen": pd.Timestamp("2021-01-01") + pd.to_timedelta(k * 9 % 31, "D"),
            "size": k % 5,
            "sex": np.array(["m", "f"])[k % 2],
        }
    )


def test_the_first_models():
    classifier = chainrule.load(GOLDEN / "classifier-1.safetensors")
    assert classifier.input_names_ == (
        "height", "height?", "town=t0", "town=t1", "town=t3", "town=t4", "town=t5", "town=t9",
        "wet=False", "seen", "size", "sex=f",
    )  # fmt: skip
    expected = [0.4778361191688412, 0.5721658146768406, 0.4981817125720723, 0.6246253614255733]
    np.testing.assert_allclose(classifier.predict_proba(table())[:, 0], expected, rtol=1e-6)
    regressor = chainrule.load(GOLDEN / "regressor-1.safetensors")
    expected = [1.0648969004944269, 3.3533980579726013, 2.28302761177253, 4.403138244530652]
    np.testing.assert_allclose(regressor.predict(table()), expected, rtol=1e-6)


def test_an_ensemble_with_embeddings():
    model = chainrule.load(GOLDEN / "ensemble-2.safetensors")
    k = np.arange(4)
    rows = table()[["height", "wet", "size"]].assign(town=[f"t{v}" for v in k * k % 41])
    assert len(model.members_) == 2
    assert model.input_names_[-9:] == ("wet=False", *(f"town#{unit}" for unit in range(8)))
    expected = [0.5153751775000914, 0.041951287772281486, 0.0429108201835057, 0.4112551372470306]
    np.testing.assert_allclose(model.predict_proba(rows)[:, 0], expected, rtol=1e-5)


def rows():
    """Rows of the tables behind the files of format 3."""
    k = np.arange(4)
    return pd.DataFrame(
        {
            "height": np.where(k == 2, np.nan, np.sin(k) * 10 + 50),
            "town": [f"t{v}" for v in k * k % 7],
            "street": [f"s{v}" for v in k * 9 % 32],
            "wet": k % 3 == 0,
            "seen": pd.Timestamp("2021-03-01") + pd.to_timedelta(k * 97 % 310, "D"),
            "size": np.cos(k),
        }
    )


def answers(name):
    """Of a file of format 3 for `rows`, or for as many rows of three numbers: the last column."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns that one of the models has not met
        model = chainrule.load(GOLDEN / f"{name}.safetensors")
        X = rows() if hasattr(model, "encoder_") else np.sin(np.arange(12.0)).reshape(4, 3)
        found = getattr(model, "predict_proba", model.predict)(X)
        return found if found.ndim == 1 else found[:, -1]


THIRD = {
    "classifier-3": [
        0.23844411428581544,
        0.36215254830771193,
        0.5943873120528348,
        0.579872114538372,
    ],
    "bag-3": [-0.14471998329564087, 0.6067126331722952, -0.2699743537935009, -1.578821013212897],
    "quantiles-3": [
        0.19630875237897222,
        0.05086526782708628,
        2.5340109797968573,
        0.006724020821487875,
    ],
    "drop-in-3": [0.618559117236179, 0.1237556338429017, 0.6121220355005651, 0.12547273011270357],
    "blocks-3": [
        -0.9681069254875183,
        -0.33509060740470886,
        -1.2854461669921875,
        -0.667593240737915,
    ],
}


@pytest.mark.parametrize("name", THIRD)
def test_models_of_the_third_format(name):
    np.testing.assert_allclose(answers(name), THIRD[name], rtol=1e-5)


def test_intervals_of_the_third_format():
    model = chainrule.load(GOLDEN / "bag-3.safetensors")
    assert [len(errors) for errors in model._target.errors.members] == [23, 23]
    bounds = model.predict_interval(rows().drop(columns=["town", "wet", "seen"]), 0.8)
    np.testing.assert_allclose(bounds[0], [-2.26280249491665, 1.7152853695674344], rtol=1e-5)
