from typing import Any

from benchmarks.cases import Case
from benchmarks.parts import short_fits
from benchmarks.peers.chainrule_engine import Chainrule
from benchmarks.peers.probes import fit

EAGER = "PyTorch eager, fused Adam"


def timing(system: str, threads: int, *microseconds: float, error: str = "") -> dict[str, Any]:
    times = list(microseconds)
    first = [90.0 * time for time in times]
    return {
        "system": system,
        "threads": threads,
        "microseconds": times,
        "first": first,
        "error": error,
    }


def cells(text: str, row: int) -> list[str]:
    return [cell.strip() for cell in text.splitlines()[2 + row].split("|")[1:-1]]


def figures(best: float) -> list[dict[str, Any]]:
    return [
        {
            "name": "2-2-2; 4",
            "steps": steps,
            "timings": [
                timing(short_fits.OURS, 2, 10.0, 12.0, 50.0),
                timing(EAGER, 1, 300.0, 300.0, 300.0),
                timing(EAGER, 2, faster, faster, faster),
                timing(short_fits.COMPILED, 1, 20.0, 20.0, 20.0),
                timing("scikit-learn", 1, error="it broke"),
            ],
        }
        for steps, faster in ((8, best), (64, 24.0))
    ]


def test_the_better_number_of_threads_counts_and_compilation_stands_apart() -> None:
    text = short_fits.show(figures(24.0))
    assert cells(text, 0) == [
        "2-2-2; 4", "8", "12.0", "24.0 (2T)", "20.0 (1T)", "-", "1,800", "1.67x",
    ]  # fmt: skip
    assert "chainrule is ahead of every peer in every cell (4)." in text
    assert "- 2-2-2; 4, 64 steps: scikit-learn on 1: it broke" in text


def test_a_loss_is_told() -> None:
    text = short_fits.show(figures(6.0))
    assert cells(text, 0)[-1] == "0.500x"
    assert f"behind in 1 of 4 cells:\n- 2-2-2; 4, 8 steps: slower than {EAGER}" in text
    assert "every cell" not in text


def test_a_fit_without_peers_is_shown_alone() -> None:
    item = {"name": "4-8-2; 4", "steps": 8, "timings": [timing(short_fits.OURS, 1, 5.0)]}
    assert short_fits.show_row(item) == "4-8-2; 4, 8 steps: chainrule 5.00 us a step"
    assert cells(short_fits.show([item]), 0) == ["4-8-2; 4", "8", "5.00", "-"]


def test_a_whole_fit_is_timed_and_the_first_one_apart() -> None:
    case = Case((4, 8, 2), 4, 32)
    found = fit(Chainrule, case, 1, {"fits": 2})
    assert 0 < found["seconds"] < 10
    assert 0 < found["first_seconds"] < 10
