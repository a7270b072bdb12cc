"""The lessons run: every block of code prints what stands below it, and nothing is made up.

`python tests/lesson_pages.py` writes the printed blocks again; read the diff.
"""

from __future__ import annotations

import ast
import re

import pytest

from chainrule.explain.lessons import LESSONS as KNOWN
from lesson_pages import BLOCK, FOLDER, LESSONS, PAGES, ROOT, run

LINK = re.compile(r"\]\(([^)#]+)(?:#([\w-]*))?\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(figures/([\w-]+)\.svg\)")
MATHS = re.compile(r"\$\$(.+?)\$\$|(?<![\w`$])\$([^$`\n]+)\$(?![\w`$])", re.DOTALL)
REFERENCE = {
    "1-forward": "forward.py",
    "2-loss": "losses.py",
    "3-backward": "backward.py",
    "4-update": "update.py",
    "5-repeat": "fit.py",
    "6-trouble": "backward.py",
    "7-inputs": "layers/periodic.py",
    "8-table": "fit.py",
}
TEXTS = [*PAGES, FOLDER / "README.md", FOLDER / "questions.md"]
EACH_TEXT = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
EACH_PAGE = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
PUBLIC = ("chainrule", "chainrule.plots", "chainrule.spec", "numpy", "pandas", "math")


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def page(request):
    text = request.param.read_text(encoding="utf-8")
    return request.param, text, *run(request.param)


def prose_of(text):
    return BLOCK.sub("", text)


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def sections(text):
    """Anchor -> text of a page; "" is what stands before the first heading of the second level."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": parts[0]} | {anchor(h): t for h, t in zip(parts[1::2], parts[2::2], strict=True)}


def test_there_are_eight():
    assert [path.stem for path in LESSONS] == list(REFERENCE)
    assert [path.stem for path in LESSONS] == [
        f"{number}-{lesson.name}" for number, lesson in enumerate(KNOWN, start=1)
    ]


def test_the_code_prints_what_is_shown(page):
    _, text, now, _ = page
    assert now == text


def test_numbers_in_the_prose_are_computed(page):
    """Every number of three and more decimals was printed, perhaps with more digits."""
    _, text, _, printed = page
    known = [float(number.replace("−", "-")) for number in re.findall(r"[-−]?\d+\.\d+", printed)]
    for number in re.findall(r"\d\.\d{3,}", prose_of(text)):
        decimals = len(number.partition(".")[2])
        assert any(
            number in printed or round(abs(value), decimals) == float(number) for value in known
        ), f"{number} is printed nowhere"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_has_its_parts(path):
    """A figure, a formula, something to predict, exercises with a key, its file to read."""
    text = path.read_text(encoding="utf-8")
    assert BLOCK.search(text)[1] == "diagram"
    assert IMAGE.search(text) and "$$" in text and "**Predict.**" in text
    assert "<!-- exercises -->" in text and "<!-- key -->" in text
    assert f"chainrule lesson {path.name[0]}" in text
    assert f"../../src/chainrule/reference/{REFERENCE[path.stem]}" in text


@EACH_PAGE
def test_public_imports_only(path):
    """What a lesson uses is what a user may import, and has no underscore."""
    import chainrule

    for block in BLOCK.finditer(path.read_text(encoding="utf-8")):
        if block[1] != "python":
            continue
        for node in ast.walk(ast.parse(block[2])):
            if isinstance(node, ast.Import):
                assert all(alias.name in PUBLIC for alias in node.names), ast.unparse(node)
            elif isinstance(node, ast.ImportFrom):
                assert node.module in PUBLIC, ast.unparse(node)
                if node.module == "chainrule":
                    assert all(alias.name in chainrule.__all__ for alias in node.names)
            elif isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), node.attr


@EACH_TEXT
def test_formulas_can_be_typeset(path):
    """By matplotlib, whose mathematics is a part of TeX's; GitHub reads more."""
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    prose = re.sub(r"`[^`\n]*`", "", prose_of(path.read_text(encoding="utf-8")))
    found = [shown or inline for shown, inline in MATHS.findall(prose)]
    for formula in found:
        # GitHub's Markdown takes a backslash before a punctuation mark for itself.
        assert not re.search(r"\\[,;!{}]", formula) or formula.startswith("\n"), formula
        parser.parse(f"${formula.strip()}$")
    rest = MATHS.sub("", prose)
    assert "$" not in rest, f"a formula that does not end, near {rest[rest.find('$') - 30 :][:60]}"
    assert found or path.stem in ("README", "questions")


@EACH_TEXT
def test_links_lead_somewhere(path):
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert links
    for link, heading in links:
        target = (path.parent / link).resolve()
        assert target.is_file(), link
        if heading:
            assert heading in sections(target.read_text(encoding="utf-8")), (link, heading)


@EACH_TEXT
def test_commands_exist(path):
    from chainrule.cli.commands import app

    known = {command.name for command in app.registered_commands}
    text = path.read_text(encoding="utf-8")
    for command in re.findall(r"chainrule (\w+) \S", "\n".join(b[2] for b in BLOCK.finditer(text)
                                                             if b[1] == "sh")):  # fmt: skip
        assert command in known


def test_every_lesson_answers_three_questions():
    """Each names its passage, which stands under the heading that the link leads to."""
    text = (FOLDER / "questions.md").read_text(encoding="utf-8")
    asked = re.findall(
        r"^- (.+?\?(?: .+?)?)\s+\[[^\]]+\]\(([\w-]+\.md)#?([\w-]*)\): \"(.+)\"$",
        text, re.MULTILINE,
    )  # fmt: skip
    counts = {path.name: 0 for path in LESSONS}
    for question, page, heading, passage in asked:
        counts[page] += 1
        body = sections((FOLDER / page).read_text(encoding="utf-8"))[heading]
        assert passage in " ".join(body.split()), question
    assert counts == {path.name: 3 for path in LESSONS}
    assert text.count("\n- ") == 24


def test_the_wrong_order_gives_the_number_of_mazurs_text(page):
    path, _, _, printed = page
    if path.stem == "4-update":
        assert "wrong order: False  loss after one step 0.291027774" in printed
        assert "wrong order: True   loss after one step 0.291027924" in printed


def test_the_program_is_the_one_that_people_know(page):
    """Its loss at entry 0, and the answers that it prints in its last epoch."""
    path, text, _, printed = page
    if path.stem == "your-program":
        assert "loss at the start 0.575949643" in printed
        assert "[0.06029012 0.94447222 0.944367   0.05997169]" in printed
        assert printed.count("equal: True") == 2 + 8 and "False" not in printed
        for line in ("error = expected - predicted", "output_weights += hidden.T @ d_predicted"):
            assert line in text


def test_the_readmes_name_all_of_it():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in (*PAGES, FOLDER / "questions.md"):
        assert f"({path.name})" in text
    whole = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link, _ in LINK.findall(whole) if link.startswith("docs/learn/")]
    assert {f"docs/learn/{path.name}" for path in LESSONS[:5]} <= set(links)
    for link in links:
        assert (ROOT / link).is_file(), link
