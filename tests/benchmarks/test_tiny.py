import pytest
from benchmarks.cases import Case
from benchmarks.parts import tiny
from benchmarks.parts.tiny import Latencies

ONE = Latencies(1.0, 100.0, 1000.0, 10000.0)


def test_the_chain_is_that_of_the_equations():
    # Forward 2 x (2 + 1) and relu, softmax 1 + 1 + 2; delta; back 2 + 1; gradient 1 + 4; Adam 4.
    links = 2 * 3 + 1 + 4 + 1 + 3 + 5 + 4
    assert tiny.chain(Case((2, 2, 2), 4, 4), ONE, 16) == links + 10100 + 1100
    # A linear output; two vectors of rows.
    links = (3 + 1) + (4 + 1) + 1 + (1 + 1) + (2 + 4) + 4
    assert tiny.chain(Case((2, 4, 1), 16, 16, task="numbers"), ONE, 8) == links + 1100
    tanh = Case((2, 4, 1), 16, 16, "tanh", task="numbers")
    assert tiny.chain(tanh, ONE, 8) == links + 1 + 10100 + 1100


def test_latencies_are_those_of_a_processor():
    found = Latencies.measured(3)
    assert 0.1 < found.multiply_add < 1000
    assert found.exponential > found.multiply_add
    assert found.divide > found.multiply_add


def test_the_larger_bound_counts_and_goals_are_marked():
    def item(name, step):
        return {"name": name, "flops": 1, "step_ns": step, "chain_ns": 50.0, "peak_ns": 20.0}

    latencies = {"multiply_add": 1.0, "square_root": 5.25}
    cases = [item("2-2-2; 4", 100.0), item("4-16-3; 32", 100.0), item("8-8-8-1; 16", 50.0)]
    cases[2]["peak_ns"] = 45.0
    text = tiny.show({"latencies": latencies, "cases": cases})
    rows = [[cell.strip() for cell in line.split("|")[5:-1]] for line in text.splitlines()[2:5]]
    assert rows == [
        ["50 % (latencies)", "20 %", "35 % of the latencies"],
        ["50 % (latencies)", "20 %", "30 % of the peak (missed)"],
        ["100 % (latencies)", "90 %", "-"],
    ]
    assert text.endswith("measured beside it: multiply add 1.00, square root 5.25.")


def test_each_goal_is_of_a_measured_case():
    assert {*tiny._GOALS} <= {case.name for case in tiny.CASES}
    assert [case.name for case in tiny.CASES][3] == "8-8-8-1; 16"
    with pytest.raises(ValueError, match="no latency of cosine"):
        tiny._core.latency("cosine", 1)
