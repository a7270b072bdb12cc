"""`chainrule tune`: trials in a file, a model, and the command that makes it again."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

FIXED = ("--hidden", "8", "--epochs", "3", "--preset", "fast", "--embedded-numbers", "0")


def test_trials_model_and_the_command_that_repeats_it(cli: Any, penguins: Path) -> None:
    pytest.importorskip("optuna")
    command = (
        "tune",
        "penguins.csv",
        "--target",
        "species",
        *FIXED,
        "--threads",
        "1",
        "--seed",
        "1",
    )
    run = cli(*command, "--trials", "4", "--write-config", "found.toml")
    assert run.code == 0, run.err
    lines = run.out.splitlines()
    assert all(len(line) <= 80 for line in lines if not line.startswith("next:"))
    assert lines[0].split() == ["0", lines[0].split()[1], "as", "given"]
    assert "4 trials in" in run.out and "On 69 rows that no trial saw, log_loss is" in run.out
    assert "the gain holds." in run.out
    worse = cli(*command, "--trials", "4", "--seed", "2", "--study", "2.tune", "--model", "2.st")
    assert "these rows show no sure gain.\nThe model is therefore trained with" in worse.out
    assert worse.out.splitlines()[-1].endswith("--seed 2 --embedded-numbers 0")
    following = next(line for line in lines if line.startswith("next: chainrule train"))
    again = shlex.split(following)[2:]
    assert cli(*again, "--model", "b.safetensors", "-q").code == 0
    from safetensors.numpy import load_file

    one, other = load_file("penguins.safetensors"), load_file("b.safetensors")
    assert all((one[name] == other[name]).all() for name in one)
    assert cli("train", "--config", "found.toml", "--model", "c.safetensors", "-q").code == 0
    assert Path("c.safetensors").read_bytes() == Path("b.safetensors").read_bytes()
    more = cli(*command, "--trials", "5", "--force", "--json")
    found = json.loads(more.out)
    assert len(found["trials"]) == 5 and found["study"] == "penguins.tune"
    assert found["trials"][0]["settings"] == {} and set(found["space"]) == {
        "learning_rate", "dropout", "weight_decay",
    }  # fmt: skip
    other_rows = cli("tune", "penguins.csv", "--target", "island", *FIXED, "--force")
    assert other_rows.code == 2 and "keeps a search of other rows" in other_rows.err


def test_without_optuna(cli: Any, penguins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    run = cli("tune", "penguins.csv", "--target", "species")
    assert run.code == 2
    assert run.err.endswith('is not installed.\nhint: pip install "chainrule[tune]"\n')
