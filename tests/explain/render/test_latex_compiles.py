"""pdflatex sets every explanation inside the text width, with nothing but amsmath."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.render.latex import latex_document
from rendered import all_kinds, trace_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed"),
]


def log_of(document, folder):
    """The log of a run, which must end well."""
    (folder / "page.tex").write_text(document, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    log = (folder / "page.log").read_text(encoding="latin-1")
    assert run.returncode == 0, log[-2000:]
    return log


def overfull(log):
    """Points by which boxes are too large."""
    return [float(size) for size in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt too", log)]


def complaints(log):
    return re.findall(r"LaTeX Warning: .*|Missing character: .*", log)


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
def test_sixty_explanations_fit(full, tmp_path):
    found = [each for _, each in all_kinds(full)]
    assert len(found) >= 60
    log = log_of(latex_document(found), tmp_path)
    assert [size for size in overfull(log) if size > 1.0] == []
    assert complaints(log) == []


def test_a_box_that_is_too_wide_is_seen(tmp_path):
    found = explain(trace_of(), "W1[0,0]").to_latex(document=True)
    log = log_of(found.replace("&=", "&= " + r"1 \cdot" * 60, 1), tmp_path)
    assert max(overfull(log)) > 50


def test_a_fragment_compiles_in_a_document_of_another_kind(tmp_path):
    parts = [explain(trace_of(), quantity, full=True).to_latex() for quantity in ("b2[0]", "loss")]
    log = log_of(
        "\\documentclass[11pt]{report}\n\\usepackage{amsmath}\n\\textwidth18cm\\begin{document}\n"
        "Before.\n\n" + "\n".join(parts) + "\n\nAfter.\n\\end{document}\n",
        tmp_path,
    )
    assert [size for size in overfull(log) if size > 1.0] == []
