"""`chainrule check`: the verdict on the gradients, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def test_check(cli: Any, trained: Path, penguins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = cli("check", trained, penguins, "--rows", "8")
    assert run.code == 0
    assert "\nok: gradients, step of fit, update" in run.out
    told = [line for line in run.out.splitlines() if not line.startswith("next:")]
    assert max(map(len, told)) <= 80
    found = json.loads(cli("check", trained, penguins, "--rows", "8", "--json").out)
    assert found["ok"] is True
    assert found["n_rows"] == 8
    from chainrule.explain.check.gradient_check import GradientCheck

    monkeypatch.setattr(GradientCheck, "ok", property(lambda report: False))
    assert cli("check", trained, penguins, "--rows", "8").code == 1
