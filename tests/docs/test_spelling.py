"""What people read is spelled as codespell knows it; pyproject names the words that it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = (
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "pyproject.toml", "docs",
    "examples", "benchmarks", "src", "core", "bindings", "web/src",
)  # fmt: skip


def found(*paths: str, cwd: Path = ROOT) -> str:
    command = [sys.executable, "-m", "codespell_lib", *paths]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_nothing_is_misspelled(tmp_path: Path) -> None:
    pytest.importorskip("codespell_lib", reason="needs codespell, as the docs extra brings it")
    assert found(*READ) == ""
    (tmp_path / "page.md").write_text("Teh gradient.\n")
    assert "Teh ==> The" in found("page.md", cwd=tmp_path)
