"""Models of every release predict for ever what they predicted. A golden file is only added."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

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
