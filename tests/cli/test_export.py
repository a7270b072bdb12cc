"""`chainrule export`: a model for programs without chainrule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chainrule import Network
from chainrule.export.runtime import compiler_name


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
        assert run.code != 0 and "Add --onnx, --numpy or --c." in run.err


def test_c(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("export", trained, "--c", "-o", "birds.c", "--dtype", "float64")
    assert run.code == 0
    assert run.out.startswith("birds.c and birds.h written, ")
    assert "struct birds_row {" in Path("birds.h").read_text("utf-8")
    if compiler_name() is not None:
        assert "rows with every kind of value\nlargest difference to the model: " in run.out
        assert " DATA --c -o birds.c --dtype float64 --force" in run.out
    Path("birds.c").unlink()
    again = cli("export", trained, "--c", "-o", "birds.c")
    assert again.code != 0 and "'birds.h' exists already" in again.err
    other = cli("export", trained, "--numpy", "--dtype", "float64")
    assert other.code != 0 and "--dtype is for --c." in other.err
    bounds = cli("export", trained, "--c", "--interval", "0.9", "-o", "b.c")
    assert bounds.code != 0 and "asks for intervals" in bounds.err


def test_a_network_without_a_table(cli: Any, penguins: Path) -> None:
    Network([3, 4, 1]).save("net.safetensors")
    run = cli("export", "net.safetensors", "--numpy")
    assert run.code == 0 and run.out.startswith("net.py written, ")
    again = cli("export", "net.safetensors", penguins, "--numpy", "--force")
    assert again.code != 0 and "holds a network without a table" in again.err


def test_onnx(cli: Any, trained: Path, penguins: Path) -> None:
    pytest.importorskip("onnx", reason="needs the package onnx")
    run = cli("export", trained, penguins, "--onnx", "-o", "birds.onnx")
    assert run.code == 0
    assert run.out.startswith("birds.onnx written, ")
    assert "verified" in run.out
