"""The mutator: what it finds in a small source, and that the core's own sources go through it."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from benchmarks.mutants.build import ROOT
from benchmarks.mutation.command import FLAGS, PARTS, mutated, verdicts
from benchmarks.mutation.operators import Mutator, Place
from benchmarks.mutation.page import PAGE, explained, page, section, summary
from benchmarks.mutation.suite import IMPOSSIBLE, UNREACHED

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


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_the_sources_of_a_part_compile_with_their_switches(part: str, tmp_path: Path) -> None:
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++ here")
    core = shutil.copytree(ROOT / "core", tmp_path / "core")
    changed, _ = mutated([part])
    for name, text in changed.items():
        (core / name).write_text(text)
    sse = ["-msse4.2"] if platform.machine().lower() in ("x86_64", "amd64") else []
    units = [core / name for name in changed if name.endswith(".cpp")]
    assert units
    flags = [*FLAGS.split(), "-std=c++20", "-fsyntax-only", *sse, f"-I{core}"]
    done = subprocess.run(
        [compiler, *flags, "-include", "base/switches.h", *units], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[:3000]


def test_a_mutant_keeps_its_key_when_its_line_moves() -> None:
    first, moved = Mutator(), Mutator()
    first.rewritten("f.cpp", SOURCE)
    moved.rewritten("f.cpp", "int g;\n" + SOURCE.replace("a + 1", "a + 2"))
    keys = [place.key for place in first.places]
    assert len(set(keys)) == len(keys)
    changed = {place.text for place in first.places if place.key not in
               {other.key for other in moved.places}}  # fmt: skip
    assert changed == {"if (a < kFixed && b) return a + 1;"}


def test_the_last_verdict_counts(tmp_path: Path) -> None:
    kept = tmp_path / "verdicts.jsonl"
    assert verdicts(kept) == {}
    lines = [["a", "survived"], ["b", "killed: it hangs"], ["a", "killed: a test fails"]]
    kept.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert verdicts(kept) == {"a": "killed: a test fails", "b": "killed: it hangs"}


def test_the_score_leaves_out_what_is_explained() -> None:
    slow = Place(1, "train/thread_tuning.h", 3, "< -> <=", "if (wait_ < spent_)")
    wrong = Place(2, "train/loss.cpp", 4, "+ -> -", "a + b")
    seen = Place(3, "train/loss.cpp", 5, "* -> /", "a * b")
    senseless = Place(4, "train/loss.cpp", 6, "+ -> -", 'text + "b"')
    waiting = Place(5, "train/loss.cpp", 7, "* -> /", "a * c")
    assert explained(slow) is not None and explained(wrong) is None
    told = {slow.key: "survived", wrong.key: UNREACHED, seen.key: "killed: a test fails",
            senseless.key: IMPOSSIBLE}  # fmt: skip
    found = summary("train", [slow, wrong, seen, senseless, waiting], told)
    assert found["files"]["train/loss.cpp"] == {"killed": 1, "explained": 0, "open": 1}
    text = section(found)
    assert "**50.0 %**" in text and "1 of 2 are killed, 1 more are explained" in text
    assert "3 of 4 mutants were judged" in text and "95 % of samples within" in text
    assert "- `train/loss.cpp:4` `+ -> -`, which no test reaches: `a + b`" in text


def test_the_page_shows_the_kept_results() -> None:
    assert PAGE.read_text("utf-8") == page(list(PARTS))
