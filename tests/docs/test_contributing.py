"""CONTRIBUTING says which files one more of a closed set touches, and the repository agrees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chainrule.spec import ACTIVATION_ROWS, KINDS, LOSSES, OPTIMIZERS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = {
    row[0]: (re.findall(r"`([^`]+)`", row[1]), row[2].strip("` "))
    for line in TEXT.splitlines()
    if line.startswith("| ") and len(row := line.strip("| ").split(" | ")) == 3
}
SOURCES = [
    path
    for folder in ("src", "core", "bindings")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".pyi", ".cpp", ".h", ".inl"}
]
# Who uses a member of a set, by its name, without being a floor of it.
USERS = {
    "activation": ("estimators/", "network/"),
    "loss": ("estimators/", "network/", "cli/"),
    "optimizer": ("estimators/", "network/", "cli/"),
    "layer kind": ("estimators/tabular/recipe.py",),
}


def naming(word):
    pattern = re.compile(rf"\b{word}\b")
    return {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if pattern.search(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("what", USERS)
def test_the_files_that_are_named_hold_the_example(what):
    files, word = ROWS[what]
    for file in files:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert word in text or word.lower() in text.lower().replace("_", ""), file


@pytest.mark.parametrize(
    ("what", "members"),
    [
        ("activation", [name for name in ACTIVATION_ROWS if name in ("silu", "mish", "gelu")]),
        ("loss", [name for name in LOSSES if name in ("pinball", "absolute_error")]),
        ("optimizer", [name for name in OPTIMIZERS if name in ("adagrad", "nesterov")]),
    ],
)
def test_no_other_file_knows_a_member(what, members):
    floors = set(ROWS[what][0])
    assert members
    for word in members:
        others = naming(word) - floors
        strange = {path for path in others if not any(user in path for user in USERS[what])}
        assert not strange, f"{word} is named in {sorted(strange)}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_kind_has_a_file_on_every_floor(kind):
    assert (ROOT / f"src/chainrule/spec/layers/{kind}.py").is_file()
    assert (ROOT / f"src/chainrule/reference/layers/{kind}.py").is_file()
    assert (ROOT / f"core/layers/{kind}.cpp").is_file()
    assert (ROOT / f"src/chainrule/explain/derivation/{kind}.py").is_file()
    assert (ROOT / f"src/chainrule/export/layers/{kind}.py").is_file()


def test_the_loops_know_no_layer_kind():
    for kind in ("LayerNorm", "Residual", "PeriodicEmbedding"):
        loops = ("core/train/", "src/chainrule/engine/")
        assert not [path for path in naming(kind) if path.startswith(loops)]
