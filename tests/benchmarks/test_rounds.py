import pytest
from benchmarks.cases import Case
from benchmarks.rounds import Pool, Timing, best, difference, measure
from benchmarks.workers import environment


def test_difference_is_relative_and_wants_equal_lengths():
    assert difference([1.0, 2.02], [1.0, 2.0]) == pytest.approx(0.01)
    assert difference([1.0], [1.0, 2.0]) == float("inf")


def test_best_is_the_lowest_median_of_those_that_count():
    wrong = Timing("a", 1, [1.0, 1.0], error="its losses differ")
    slow, fast = Timing("a", 2, [9.0, 7.0, 8.0]), Timing("b", 1, [5.0, 5.0, 9.0])
    assert best([wrong, slow, fast], ["a", "b"]) is fast
    assert best([wrong, slow, fast], ["a"]) is slow
    assert best([wrong], ["a", "b"]) is None


def test_a_median_far_above_the_minimum_is_flagged():
    assert Timing("a", 1, [1.0, 1.2, 1.2]).unsteady
    assert not Timing("a", 1, [1.0, 1.05, 1.2]).unsteady


def test_measured_processes_lose_what_steers_their_libraries(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    found = environment(2)
    assert "OPENBLAS_CORETYPE" not in found
    assert found["OMP_NUM_THREADS"] == "2"


def test_avx2_holds_the_others_too(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Zen")
    monkeypatch.delenv("CHAINRULE_ISA", raising=False)
    assert "ATEN_CPU_CAPABILITY" not in environment(1)
    assert "OPENBLAS_CORETYPE" not in environment(1)
    monkeypatch.setenv("CHAINRULE_ISA", "avx2")
    found = environment(1)
    assert found["ATEN_CPU_CAPABILITY"] == "avx2"
    assert found["OPENBLAS_CORETYPE"] == "Haswell"
    assert found["CHAINRULE_ISA"] == "avx2"


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_systems_meet_chainrules_losses_and_are_timed(task):
    pool = Pool()
    try:
        timings = measure(
            pool,
            Case((3, 5, 2) if task == "classes" else (3, 5, 1), 8, 64, task=task),
            {"chainrule": (1, 2), "scikit-learn": (1,), "NumPy reference": (1,)},
            rounds=2,
            seconds=0.01,
        )
    finally:
        pool.close()
    for timing in timings:
        assert timing.error == ""
        assert timing.loss_difference < 1e-4
        assert len(timing.microseconds) == 2
        assert timing.minimum > 0


def test_a_system_that_fails_is_one_missing_figure():
    pool = Pool()
    try:
        reply = pool.worker("NumPy reference", 1).ask(do="round", system="NumPy reference")
        assert "KeyError" in reply["error"]
    finally:
        pool.close()
