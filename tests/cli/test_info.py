"""`chainrule info`: what a model file holds."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fuzz.sealed import changed, opened

GOLDEN = Path(__file__).parents[1] / "golden"


def test_info(cli: Any, trained: Path) -> None:
    run = cli("info", trained)
    assert run.code == 0
    assert "target: species" in run.out
    assert "island" in run.out
    found = json.loads(cli("info", trained, "--json").out)
    assert found["kind"] == "tabular_classifier"
    assert found["x-table"]["target"] == "species"


def test_what_of_the_data_lies_in_the_file(cli: Any, trained: Path) -> None:
    """Every entry beside the networks that comes from the rows has its line."""
    told = cli("info", trained).out.partition("of the data the file holds:\n")[2]
    extra = json.loads(cli("info", trained, "--json").out)["extra"]
    lines = {
        "encoder": "median and spread of 5 columns",
        "ranges": "least and largest number of 5 columns",
        "baseline": "frequencies of classes",
        "trained_rows": "hashes of rows",
        "target": "3 classes of the target",
    }
    assert set(extra) - set(lines) == {"arguments", "feature_names", "scores"}
    for line in ("names of 7 columns", "a fingerprint (SHA-256)", *lines.values()):
        assert line in told


@pytest.mark.parametrize("name", ["classifier-1", "ensemble-2", "classifier-3", "bag-3"])
def test_info_of_every_format(cli: Any, name: str) -> None:
    run = cli("info", GOLDEN / f"{name}.safetensors")
    assert run.code == 0 and "columns:" in run.out


def test_a_forged_description_is_named(cli: Any, tmp_path: Path) -> None:
    def forge(description: Any, tensors: Any) -> None:
        description["extra"]["encoder"]["columns"][0].pop("name")

    (tmp_path / "f.safetensors").write_bytes(
        changed((GOLDEN / "classifier-3.safetensors").read_bytes(), forge)
    )
    run = cli("info", tmp_path / "f.safetensors")
    assert run.code == 2 and "a column of the encoder has no name" in run.err


def entries(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places in a description, of lists the first two."""
    if place:
        yield place
    inside = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value[:2]) if isinstance(value, list) else inside:
        yield from entries(part, (*place, key))


# What a forger may write in an entry's place.
FORGED: tuple[Any, ...] = (
    None, True, -1, 10**12, 1.5, "", "\x1b[2J", [], [None], {}, {"x": 1}, [[1]]
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("part", "share"), [(("extra", "encoder"), 9), (("x-table",), 5)])
def test_every_forged_entry_is_shown_or_named(
    cli: Any, trained: Path, tmp_path: Path, part: tuple[str, ...], share: int
) -> None:
    """A share of all pairs of an entry and what is forged; notes of `train` are read here alone."""
    data, forged = trained.read_bytes(), tmp_path / "f.safetensors"
    description, _ = opened(data)
    places = [place for place in entries(description) if place[: len(part)] == part]
    assert len(places) > 10
    for place, value in list(itertools.product(places, FORGED))[::share]:

        def forge(description: Any, _: Any, place: Any = place, value: Any = value) -> None:
            for key in place[:-1]:
                description = description[key]
            description[place[-1]] = value

        forged.write_bytes(changed(data, forge))
        run = cli("info", forged)
        assert run.code in (0, 2), (place, value)
        assert "unexpected " not in run.err and "\x1b" not in run.out + run.err, (place, value)


def test_the_card_of_a_model(cli: Any, trained: Path) -> None:
    lines = cli("info", trained).out.splitlines()
    assert max(map(len, lines[1:-1])) <= 80  # the first and the last name the file
    text = "\n".join(lines)
    for words in (
        "training: adamw, batches of 20, seed 0,\n  learning rate 0.04 rising and falling in waves",
        "networks: 4, whose answers are averaged; each trained: 20 epochs, 260 steps\nepochs ",
        " are kept\ntarget: species\nclasses: Adelie, Chinstrap, Gentoo\n",
        "rows: 344 given to training, on 20",
        "\nfingerprint of the table: ",
        "W a / sqrt(n_in)",
        "  accuracy  ",
        "scored: every row as the 4 networks would answer it",
    ):
        assert words in text, words
    assert "ntk" not in text
    found = json.loads(cli("info", trained, "--json").out)
    assert found["x-table"]["fingerprint"] in text
