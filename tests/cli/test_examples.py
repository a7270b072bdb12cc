"""The programs of examples/ run as scripts and as notebooks, and say what they should."""

from __future__ import annotations

import re
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = sorted(path.stem for path in EXAMPLES.glob("*.py"))
CELL = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)


def cells(name: str) -> list[tuple[bool, str]]:
    """(whether it is text, content) of every cell."""
    _, *parts = CELL.split((EXAMPLES / f"{name}.py").read_text("utf-8"))
    return [(kind is not None, text) for kind, text in zip(parts[::2], parts[1::2], strict=True)]


def of_penguins(out: str) -> None:
    lines = out.splitlines()
    assert lines[0].startswith("64 epochs; epoch ")
    assert [line.split()[0] for line in lines[-3:-1]] == ["Chinstrap", "Gentoo"]
    assert lines[-1].startswith("On rows held out of training the model is better than")
    assert "<h2" in Path("penguins.html").read_text("ascii")
    assert Path("penguins-card.md").read_text("utf-8").startswith("# Species of penguins")


def of_xor(out: str) -> None:
    assert "dL/dW1[0,0] =" in out or "∂L/∂W1[0,0] =" in out
    assert out.splitlines()[-1] == "True"
    loss, by_hand = re.findall(r"^(?:loss|by hand) (\S+)$", out, re.MULTILINE)
    assert float(loss) == pytest.approx(float(by_hand))


def of_attributions(out: str) -> None:
    assert "FeatureImportance by score" in out
    assert "bill_depth_mm" in out and "relative log-probability of Gentoo" in out
    assert Path("attributions.png").stat().st_size > 10_000


def of_export(out: str) -> None:
    file, model = (re.search(rf"^the {who}: (.*)$", out, re.MULTILINE) for who in ("file", "model"))
    assert file and model and file[1] == model[1]
    assert "struct penguins_row {" in out
    assert Path("penguins_model.py").exists() and Path("penguins.c").exists()


SAYS: dict[str, Callable[[str], None]] = {
    "attributions": of_attributions,
    "export": of_export,
    "penguins": of_penguins,
    "xor": of_xor,
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")


def test_every_example_is_listed() -> None:
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    assert list(SAYS) == PROGRAMS
    assert all(f"`{name}.py`" in listed for name in PROGRAMS)
    for name in PROGRAMS:
        found = cells(name)
        assert found[0][0], f"{name}.py begins with a cell of text"
        texts = [text for is_text, text in found if is_text]
        assert texts[0].startswith("# # ")  # its title
        assert all(line.startswith("#") for text in texts for line in text.split("\n") if line)


def test_xor(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "xor.py"))
    of_xor(capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_scripts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"))
    SAYS[name](capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_notebooks(name: str, tmp_path: Path) -> None:
    """In a kernel, as Jupyter runs them: from their own folder, without `__file__`."""
    jupytext = pytest.importorskip("jupytext", reason="needs jupytext")
    nbclient = pytest.importorskip("nbclient", reason="needs nbclient")
    pytest.importorskip("ipykernel", reason="needs ipykernel")
    shutil.copy(EXAMPLES / "penguins.csv", tmp_path)
    notebook = jupytext.read(EXAMPLES / f"{name}.py")
    assert [cell.cell_type for cell in notebook.cells] == [
        "markdown" if is_text else "code" for is_text, _ in cells(name)
    ]
    where = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=where).execute()
    outputs: list[Any] = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    SAYS[name]("".join(out["text"] for out in outputs if out.get("name") == "stdout"))
    if name == "penguins":
        shown = [out["data"].get("text/html", "") for out in outputs if "data" in out]
        assert any("chainrule-box" in html for html in shown)
