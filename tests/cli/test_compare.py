"""`chainrule compare`: kinds of models on the same folds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

OPTIONS = ("--folds", "2", "--preset", "fast", "--threads", "1")


@pytest.mark.slow
def test_models_stand_in_order_and_the_best_is_judged(cli: Any, penguins: Path) -> None:
    run = cli("compare", penguins, "--target", "species", *OPTIONS)
    assert run.code == 0
    lines = run.out.splitlines()
    names = ("chainrule fast", "boosted trees", "linear")
    assert lines[:3] == [f"training {name}, 2 times" for name in names]
    table = lines[4:9]
    assert table[0].split()[:3] == ["344", "rows", "log_loss"]
    assert table[-1].strip().startswith("one answer for all")
    found = json.loads(cli("compare", penguins, "--target", "species", *OPTIONS, "--json").out)
    losses = [model["scores"]["log_loss"][0] for model in found["models"]]
    assert losses == sorted(losses) and found["n_rows"] == 344
    assert found["models"][0]["worse_than_best_by"] == [0.0, 0.0, 0.0]
    assert lines[-1] == f"next: chainrule train {penguins} --target species"


@pytest.mark.slow
def test_rows_without_a_target(cli: Any, penguins: Path) -> None:
    refused = cli("compare", penguins, "--target", "body_mass_g", *OPTIONS)
    assert refused.code != 0 and "--drop-missing-target" in refused.err
    run = cli("compare", penguins, "--target", "body_mass_g", "--drop-missing-target", *OPTIONS)
    assert run.code == 0 and "342 rows" in run.out and "rmse" in run.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--target", "weight"), "weight"),
        (("--target", "species", "--groups", "herd"), "herd"),
        (("--target", "species", "--folds", "400"), "--folds 400"),
        (("--target", "species", "--preset", "huge"), "huge"),
    ],
)
def test_bad_input_is_named(cli: Any, penguins: Path, options: tuple[str, ...], words: str) -> None:
    run = cli("compare", penguins, *options)
    assert run.code != 0 and words in run.err
