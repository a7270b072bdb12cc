"""Fits, predictions and traces have the bits that they had when they were recorded."""

from __future__ import annotations

from itertools import cycle, product
from typing import Any

import pytest

from bits.cases import CASES, Case
from bits.record import SETS, made_with, read
from comparing import instruction_set

RECORD = read()
QUICK = [(name, kind) for name, case in CASES.items() for kind in case.kinds if not case.slow]


def recorded(case: Case, kind: str) -> str:
    """The hash to compare with; a test without one to promise is skipped."""
    if not SETS[kind]:
        pytest.skip("the hashes are those of x86, and this machine lacks these instructions")
    if case.libraries and RECORD["made with"] != made_with():
        pytest.skip("other versions of the libraries that have a part in these numbers")
    found: Any = RECORD["cases"][case.name][kind]
    return found


@pytest.mark.parametrize(("name", "kind"), QUICK)
def test_the_bits_are_those_of_the_record(name: str, kind: str) -> None:
    """One thread on one instruction set, several on the other where there are two."""
    case = CASES[name]
    expected = recorded(case, kind)
    threads = case.threads if kind == "fma" else case.threads[:1]
    for n_threads, isa in zip(threads, cycle(SETS[kind]), strict=False):
        with instruction_set(isa):
            assert case.digest(n_threads) == expected, f"{isa}, {n_threads} threads"


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_instruction_set_has_them_with_each_number_of_threads(name: str) -> None:
    case = CASES[name]
    for kind in case.kinds:
        expected = recorded(case, kind)
        for n_threads, isa in product(case.threads, SETS[kind]):
            with instruction_set(isa):
                assert case.digest(n_threads) == expected, f"{isa}, {n_threads} threads"


def test_every_case_has_a_record_and_every_record_a_case() -> None:
    assert {name: set(case.kinds) for name, case in CASES.items()} == {
        name: set(hashes) for name, hashes in RECORD["cases"].items()
    }


def test_clipping_and_freezing_change_something() -> None:
    """A case beside one without what it is about: two hashes."""
    found = {name: hashes["fma"] for name, hashes in RECORD["cases"].items()}
    twins = [(name, name.replace("-0.05/", "-None/")) for name in found if "-0.05/" in name]
    twins += [(name, name.replace("-clipped/", "/")) for name in found if "-clipped/" in name]
    assert len(twins) > 40
    for name, other in twins:
        assert found[name] != found[other], name
