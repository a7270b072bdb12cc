"""The command line run in this process, in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"


@dataclass
class Run:
    """What one command did."""

    code: int
    out: str
    err: str


Cli = Callable[..., Run]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command in `tmp_path` and returns its exit code and what it printed."""
    from chainrule.cli.app import main

    monkeypatch.chdir(tmp_path)
    for variable in ("NO_COLOR", "FORCE_COLOR", "CHAINRULE_DEBUG"):
        monkeypatch.delenv(variable, raising=False)

    def run(*arguments: str) -> Run:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        found = capsys.readouterr()
        return Run(code, found.out, found.err)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of the penguins' species."""
    from chainrule.cli.app import main

    path = tmp_path_factory.mktemp("model") / "penguins.safetensors"
    arguments = ["train", str(PENGUINS), "--target", "species", "--model", str(path)]
    assert main([*arguments, "--epochs", "20", "--hidden", "32", "-q"]) == 0
    return path


@pytest.fixture
def penguins(tmp_path: Path) -> Path:
    """The table, in the folder where the command runs."""
    return Path(shutil.copy(PENGUINS, tmp_path / "penguins.csv"))
