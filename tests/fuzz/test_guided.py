"""The fuzzers of `fuzz/`, for a moment."""

from __future__ import annotations

import importlib.util
import sys

import pytest
from fuzz.__main__ import main
from fuzz.gradients import difference, minimised, smaller

from strategies import random_problem


def test_gradients_of_engine_and_reference(capsys):
    assert main(["gradients", "--seconds", "0.3", "--seed", "77"]) == 0
    assert "0 findings" in capsys.readouterr().out


def test_a_finding_is_made_smaller(monkeypatch):
    problem = random_problem(7)
    assert difference(problem) < 1e-12
    for candidate in smaller(problem):
        difference(candidate)  # each is a problem of its own
    monkeypatch.setattr("fuzz.gradients.difference", lambda p: float(len(p.X) >= 2))
    assert len(minimised(problem).X) == 2


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux" or importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed",
)
@pytest.mark.parametrize("target", ["model", "csv", "quantity"])
def test_readers_under_guided_input(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["guided", target, "--seconds", "5"]) == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(("crash", "timeout"))]
