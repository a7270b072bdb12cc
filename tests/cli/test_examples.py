"""The scripts in examples/ run and say what they should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_penguins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / "penguins.py"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("64 epochs; epoch ")
    assert lines[1].startswith("Chinstrap ")
    assert lines[2].startswith("Gentoo ")


def test_xor(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "xor.py"))
    out = capsys.readouterr().out
    assert "dL/dW1[0,0] =" in out or "∂L/∂W1[0,0] =" in out
    assert out.splitlines()[-1] == "True"
