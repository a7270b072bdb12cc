"""`chainrule export`: a model for programs without chainrule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def test_numpy(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("export", trained, penguins, "--numpy", "-o", "birds.py")
    assert run.code == 0
    assert run.out.startswith("birds.py written, ")
    assert "on 408 rows, yours among them\nlargest difference to the model: " in run.out
    assert max(map(len, run.out.splitlines())) <= 80
    assert "from birds import predict" in Path("birds.py").read_text("utf-8")
    again = cli("export", trained, "--numpy", "-o", "birds.py")
    assert again.code != 0 and "exists already" in again.err
    found = json.loads(cli("export", trained, "--numpy", "-o", "b.py", "--json").out)
    assert found["output"] == "b.py" and found["verified"]["rows"] == 64


def test_one_form_is_asked_for(cli: Any, trained: Path) -> None:
    for forms in ((), ("--onnx", "--numpy")):
        run = cli("export", trained, *forms)
        assert run.code != 0 and "Add --onnx or --numpy." in run.err


def test_onnx(cli: Any, trained: Path, penguins: Path) -> None:
    pytest.importorskip("onnx", reason="needs the package onnx")
    run = cli("export", trained, penguins, "--onnx", "-o", "birds.onnx")
    assert run.code == 0
    assert run.out.startswith("birds.onnx written, ")
    assert "verified" in run.out
