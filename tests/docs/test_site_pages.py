"""The pages of the documentation site: their code runs, and MkDocs finds no fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["index.md", "coming-from.md"])
def test_code_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in blocks:
            exec(compile(block, page, "exec"), names)
    if page == "coming-from.md":
        assert names["accuracy"] > 0.93 and names["answer"][0] == "yes"  # type: ignore[index, operator]
        assert names["error"] < 0.05  # type: ignore[operator]


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs the docs extra")
    copy = tmp_path / "copy"
    folders = shutil.ignore_patterns(".git", "build", "node_modules", "*.so")
    shutil.copytree(ROOT, copy, ignore=folders)
    run = subprocess.run(
        [sys.executable, "-m", "docs", "build"], cwd=copy, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    site = copy / "build" / "site"
    assert "<math" in (site / "learn" / "1-forward.html").read_text("utf-8")
    pages = list(site.rglob("*.html"))
    n_jobs = len(re.findall(r"^### \d", (ROOT / "docs/jobs.md").read_text("utf-8"), re.MULTILINE))
    assert len(list((site / "how-to").glob("*.html"))) == n_jobs + 1 > 30
    for page in pages:  # nothing comes from elsewhere
        text = page.read_text("utf-8")
        assert not re.search(r'<(script|link|img)[^>]*(src|href)="https?://', text), page
