"""The lessons run: every block of code prints what stands below it, and nothing is made up.

`python tests/docs/test_lessons.py` writes the printed blocks again; read the diff.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "learn"
LESSONS = sorted(FOLDER.glob("[1-9]-*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)\)")
REFERENCE = {
    "1-forward": "forward.py",
    "2-loss": "losses.py",
    "3-backward": "backward.py",
    "4-update": "update.py",
    "5-repeat": "fit.py",
    "6-inputs": "layers/periodic.py",
}


def run(text):
    """(text with the printed blocks as they are printed now, all of what was printed)."""
    names, printed = {}, []
    found = list(BLOCK.finditer(text))
    parts, end = [], 0
    for place, block in enumerate(found):
        if block[1] != "python":
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block[2], "lesson", "exec"), names)
        printed.append(out.getvalue())
        shown = found[place + 1] if place + 1 < len(found) else None
        assert out.getvalue(), f"this block prints nothing:\n{block[2]}"
        assert shown is not None and shown[1] == "text", f"no output stands below:\n{block[2]}"
        parts += [text[end : shown.start(2)], out.getvalue()]
        end = shown.end(2)
    return "".join([*parts, text[end:]]), "".join(printed)


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    text = request.param.read_text(encoding="utf-8")
    return request.param, text, *run(text)


def test_there_are_six():
    assert [path.stem for path in LESSONS] == list(REFERENCE)


def test_the_code_prints_what_is_shown(lesson):
    _, text, now, _ = lesson
    assert now == text


def test_numbers_in_the_prose_are_computed(lesson):
    """Every number of three and more decimals was printed, perhaps with more digits."""
    _, text, _, printed = lesson
    prose = BLOCK.sub("", text)
    for number in re.findall(r"\d\.\d{3,}", prose):
        assert number in printed, f"{number} is printed nowhere"


def test_each_lesson_opens_its_file_of_the_reference(lesson):
    path, text, _, _ = lesson
    assert f"../../src/chainrule/reference/{REFERENCE[path.stem]}" in text
    assert BLOCK.search(text)[1] == "diagram"


@pytest.mark.parametrize("path", [*LESSONS, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert (path.parent / link).resolve().is_file(), link


@pytest.mark.parametrize("path", [*LESSONS, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_commands_exist(path):
    from chainrule.cli.commands import app

    known = {command.name for command in app.registered_commands}
    text = path.read_text(encoding="utf-8")
    for command in re.findall(r"chainrule (\w+) \S", "\n".join(b[2] for b in BLOCK.finditer(text)
                                                             if b[1] == "sh")):  # fmt: skip
        assert command in known


def test_the_wrong_order_gives_the_number_of_mazurs_text(lesson):
    path, _, _, printed = lesson
    if path.stem == "4-update":
        assert "wrong order: False  loss after one step 0.291027774" in printed
        assert "wrong order: True   loss after one step 0.291027924" in printed


if __name__ == "__main__":
    for path in LESSONS:
        path.write_text(run(path.read_text(encoding="utf-8"))[0], encoding="utf-8")
