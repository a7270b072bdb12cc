"""The catalogue of seeded faults: each stands in the sources, on a network that is healthy."""

from __future__ import annotations

import pytest
from benchmarks.mutants.build import MutantError, mutated, sources
from benchmarks.mutants.catalogue import BY_SECTION, MUTANTS, Mutant
from benchmarks.mutants.problems import PROBLEMS
from benchmarks.mutants.worker import red_lines


def test_every_mutant_has_its_place_in_the_sources():
    changed = mutated(sources({mutant.file for mutant in MUTANTS}), MUTANTS)
    for number, mutant in enumerate(MUTANTS, 1):
        assert f"chainrule_mutant == {number})" in changed[mutant.file], mutant.what


def test_at_least_forty_four_kinds_are_seeded_in_every_part():
    assert len({mutant.what for mutant in MUTANTS}) == len(MUTANTS) >= 44
    assert {section: len(mutants) >= 5 for section, mutants in BY_SECTION.items()} == dict.fromkeys(
        ("backward", "penalties", "update", "fit"), True
    )


def test_a_text_that_has_moved_is_named():
    lost = Mutant("gone", "plain", "train/update.cpp", "no such text", "IF")
    with pytest.raises(MutantError, match=r"gone: its text stands 0 times in core/train/update"):
        mutated(sources({lost.file}), [lost])


@pytest.mark.parametrize("network", sorted({mutant.network for mutant in MUTANTS}))
def test_without_a_fault_nothing_is_wrong(network):
    assert red_lines(PROBLEMS[network]) == []
