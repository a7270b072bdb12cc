"""The figures of the lessons are made from the engine's numbers, the same bytes each time."""

from __future__ import annotations

import importlib.util
import re
import warnings

import matplotlib
import pytest

from lesson_pages import FOLDER, PAGES

SPEC = importlib.util.spec_from_file_location("figures", FOLDER / "figures" / "draw.py")
figures = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(figures)

MADE_WITH = "3.11"  # matplotlib, whose versions place things a little differently


@pytest.mark.parametrize("name", figures.FIGURES)
def test_made_again_it_is_the_same(name):
    """Byte by byte with the version that made it; with another, the words and numbers in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = figures.drawn(name)
    kept = (FOLDER / "figures" / f"{name}.svg").read_bytes()
    if matplotlib.__version__.startswith(f"{MADE_WITH}."):
        assert made == kept, "python docs/learn/figures/draw.py"
    assert words(made) == words(kept)


def words(svg):
    return re.findall(r"<!-- (.*?) -->", svg.decode())


def test_every_figure_is_shown_with_words_for_who_cannot_see_it():
    shown = {
        name: words
        for path in PAGES
        for words, name in re.findall(
            r"!\[([^\]]*)\]\(figures/([\w-]+)\.svg\)", path.read_text(encoding="utf-8")
        )
    }
    assert set(shown) == set(figures.FIGURES)
    assert all(len(words) > 40 for words in shown.values())
    assert {path.stem for path in (FOLDER / "figures").glob("*.svg")} == set(shown)


def test_a_figure_tells_no_date_and_no_place():
    for path in (FOLDER / "figures").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "<dc:date>" not in text and str(FOLDER.parent) not in text
        assert len(text) < 200_000
