from typing import Any

from benchmarks.cases import Case
from benchmarks.parts import short_fits
from benchmarks.peers.chainrule_engine import Chainrule
from benchmarks.peers.probes import fit


def timing(system: str, threads: int, *microseconds: float) -> dict[str, Any]:
    return {"system": system, "threads": threads, "microseconds": list(microseconds)}


def test_the_better_number_of_threads_counts_and_a_loss_is_told() -> None:
    eager = "PyTorch eager, fused Adam"
    figures = [
        {
            "name": "2-2-2; 4",
            "steps": steps,
            "timings": [
                timing(short_fits.OURS, 2, 10.0, 12.0, 50.0),
                timing(eager, 1, 300.0, 300.0, 300.0),
                timing(eager, 2, best, best, best),
            ],
        }
        for steps, best in ((8, 6.0), (16, 24.0), (32, 120.0))
    ]
    text = short_fits.show(figures)
    row = [cell.strip() for cell in text.splitlines()[2].split("|")[1:-1]]
    assert row == [
        "2-2-2; 4", "12.0", "6.00 (2T)", "0.500x", "12.0", "24.0 (2T)", "2.00x", "12.0",
        "120 (2T)", "10.0x",
    ]  # fmt: skip
    assert text.endswith("- 2-2-2; 4, 8 steps: slower than PyTorch eager, fused Adam")


def test_a_fit_without_peers_is_shown_alone() -> None:
    item = {"name": "4-8-2; 4", "steps": 8, "timings": [timing(short_fits.OURS, 1, 5.0)]}
    assert short_fits.show_row(item) == "4-8-2; 4, 8 steps: chainrule 5.00 us a step"


def test_a_whole_fit_is_timed() -> None:
    case = Case((4, 8, 2), 4, 32)
    assert 0 < fit(Chainrule, case, 1, {"fits": 2})["seconds"] < 10
