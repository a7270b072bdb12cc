"""Settings in a TOML file: written, read, overridden, and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SMALL = ("--target", "species", "--epochs", "2", "--hidden", "8,4", "--preset", "fast", "-q")


def test_what_is_written_runs_again_with_the_same_bits(cli: Any, penguins: Path) -> None:
    Path("runs").mkdir()
    first = ("train", "penguins.csv", *SMALL, "--class-weight", "Adelie=2", "--ignore", "sex")
    assert cli(*first, "--write-config", "runs/run.toml").code == 0
    text = Path("runs/run.toml").read_text()
    assert text.splitlines() == [
        "[train]", 'target = "species"', 'data = ["../penguins.csv"]', 'preset = "fast"',
        "epochs = 2", 'hidden = "8,4"', "seed = 0", 'class-weight = ["Adelie=2"]',
        'ignore = ["sex"]',
    ]  # fmt: skip
    run = cli("train", "--config", "runs/run.toml", "--model", "again.safetensors", "-q")
    assert run.code == 0
    assert Path("again.safetensors").read_bytes() == Path("penguins.safetensors").read_bytes()
    info = cli("info", "again.safetensors").out
    line = "made by: chainrule train DATA --class-weight Adelie=2 --epochs 2 --hidden 8,4"
    assert line in info and "penguins.csv" not in info
    refused = cli(*first, "--model", "b.safetensors", "--write-config", "runs/run.toml")
    assert refused.code == 2 and "runs/run.toml' exists already" in refused.err


def test_what_is_typed_wins_and_is_said(cli: Any, penguins: Path) -> None:
    text = '[train]\ntarget = "sex"\nepochs = 9\nhidden = [8, 4]\ndata = "penguins.csv"\n'
    Path("run.toml").write_text(f'{text}preset = "fast"\n[train.class-weight]\nAdelie = 2\n')
    run = cli("train", "--config", "run.toml", "--target", "species", "--epochs", "1")
    assert run.code == 0, run.err
    assert run.out.splitlines()[:3] == [
        "settings of run.toml",
        "  target species, as typed; sex there",
        "  epochs 1, as typed; 9 there",
    ]  # fmt: skip
    assert "1 epoch " in run.out


def test_other_commands_read_what_they_share(cli: Any, penguins: Path) -> None:
    Path("run.toml").write_text(
        '[train]\ndata = ["penguins.csv"]\ntarget = "nobody"\nmodel = "m.safetensors"\n'
        'epochs = 3\n[cv]\ndata = ["penguins.csv"]\ntarget = "species"\nfolds = 400\n'
    )
    run = cli("compare", "--config", "run.toml")
    assert run.code == 2 and "'nobody'" in run.err
    run = cli("cv", "--config", "run.toml")
    assert run.code == 2 and "--folds 400" in run.err


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("[train]\nepoks = 3", "[train] has no setting 'epoks'", "'epochs'"),
        ("[train]\nlearning_rate = 3", "has no setting 'learning_rate'", "'learning-rate'"),
        ("[train]\nlr = 3", "has no setting 'lr'", "Say learning-rate."),
        ("[trian]\nepochs = 3", "'trian' is no command", "[train]"),
        ("[train]\nepochs = 2.5", "epochs must be a whole number, found 2.5", ""),
        ("[train]\nbalanced = 1", "balanced must be true or false, found 1", ""),
        ('[train]\npreset = "huge"', "preset must be one of default, fast, best", ""),
        ("[train]\nignore = [3]", "ignore must be text, found 3", ""),
        ("[train]\ntarget = species", "is not TOML", "quotes"),
        ("[train]\nforce = true", "has no setting 'force'", ""),
    ],
)
def test_bad_files_are_named(cli: Any, text: str, words: str, hint: str) -> None:
    Path("run.toml").write_text(text)
    run = cli("train", "--config", "run.toml")
    assert run.code == 2 and f"run.toml{'' if 'TOML' in words else ':'}" in run.err
    assert words in run.err and hint in run.err and run.out == ""


def test_a_file_that_is_not_there(cli: Any) -> None:
    run = cli("train", "--config", "none.toml")
    assert run.code == 2 and "cannot open 'none.toml': no such file" in run.err
