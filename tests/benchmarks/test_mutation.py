"""The mutator: what it finds in a small source, and that the core's own sources go through it."""

from __future__ import annotations

import re

from benchmarks.mutation.command import PARTS, explained, mutated, page
from benchmarks.mutation.operators import Mutator, Place

SOURCE = """
int f(int a, bool b) {
  constexpr int kFixed = 3;
  if (a < kFixed && b) return a + 1;
  g(a);  // a < b
  return std::min(a, 2);
}
"""


def test_operators_numbers_conditions_and_statements() -> None:
    mutator = Mutator()
    text = mutator.rewritten("f.cpp", SOURCE)
    assert [place.number for place in mutator.places] == list(range(1, len(mutator.places) + 1))
    assert sorted(place.what for place in mutator.places) == [
        "&& without its left side", "&& without its right side", "+ -> -", "1 -> 1 + 1",
        "1 -> 1 - 1", "2 -> 2 + 1", "2 -> 2 - 1", "< -> <=", "< -> >=", "condition negated",
        "min -> max", "statement removed",
    ]  # fmt: skip
    assert "kFixed = 3;" in text and "// a < b" in text
    bare = re.sub(r"chainrule::mutants::\w+(?:<\d+>)?(?:\(\d+\))?", "", text)
    assert [bare.count(c) for c in "({"] == [bare.count(c) for c in ")}"]


def test_every_source_goes_through() -> None:
    changed, places = mutated(list(PARTS))
    files = {place.file for place in places}
    assert {"train/fit.cpp", "layers/dense.cpp", "kernels/losses.inl"} <= files <= set(changed)
    assert len(places) > 3000


def test_the_score_leaves_out_what_is_explained() -> None:
    slow = Place(1, "train/thread_tuning.h", 3, "< -> <=", "if (wait_ < spent_)")
    wrong = Place(2, "train/loss.cpp", 4, "+ -> -", "a + b")
    seen = Place(3, "train/loss.cpp", 5, "* -> /", "a * b")
    assert explained(slow) is not None and explained(wrong) is None
    text = page({slow: "survived", wrong: "survived", seen: "killed: a test fails"}, "train", 9)
    assert "1 killed, 1 explained, 1 survive" in text
    assert "Score: 50.0 % of 2" in text and "`core/train/loss.cpp:4` + -> -" in text
