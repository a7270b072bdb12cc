import pytest
from benchmarks.cases import Case
from benchmarks.parts import fit_cost
from benchmarks.peak import Peak

PEAK = Peak({1: 1e12}, l2=2e11, l3=1e11, dram=4e10)


def test_costs_are_told_beside_what_they_take_at_least():
    found = fit_cost.measure(PEAK, Case((3, 5, 2), 4, 32), rounds=1, epochs=2)
    assert found["parameters"] == 3 * 5 + 5 + 5 * 2 + 2
    assert found["own_least_us"] == pytest.approx(1e6 * 4 * 11 * 32 / 1e11)
    assert found["epoch_least_us"] == pytest.approx(1e6 * 4 * 2 * 32 / 1e11)
    assert found["validation_least_us"] == pytest.approx(1e6 * 2 * 4 * 25 / 1e12)
    assert found["call_us"] > 0
    assert min(found[f"{key}_us"] for key in ("own", "epoch", "validation")) >= 0


def test_large_networks_come_from_memory():
    assert fit_cost._moving(PEAK, 10**7) == 4e7 / 4e10


def test_times_stand_with_their_multiples():
    item = {"name": "a; 4", "parameters": 1000, "call_us": 5.0}
    item |= {"own_us": 30.0, "own_least_us": 10.0, "epoch_us": 4.0, "epoch_least_us": 2.0}
    item |= {"validation_us": 12.0, "validation_least_us": 8.0}
    row = fit_cost.show([item]).splitlines()[2]
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    assert cells == ["a; 4", "1,000", "5.00", "30.0 (3.0x)", "4.00 (2.0x)", "12.0 (1.5x)"]
