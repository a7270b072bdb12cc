import importlib.util

import numpy as np
import pytest
from benchmarks.many import command, limits
from benchmarks.many.ours import FitMany
from benchmarks.many.system import by_depth, by_shape
from benchmarks.many.workload import Workload
from benchmarks.workers import Worker

SMALL = Workload(n_networks=5, rows=32, held_out=8, columns=3, batch=16, widths=(4, 6))


def test_networks_are_of_the_drawn_shapes_and_told_apart():
    assert Workload.from_json(SMALL.to_json()) == SMALL
    for network, (depth, width) in enumerate(SMALL.shapes):
        sizes = [layer.units for layer in SMALL.spec(network).layers[1:] if hasattr(layer, "units")]
        assert sizes == [width] * depth + [2]
        assert SMALL.sizes(network) == (12, *sizes)
    for groups in (by_shape(SMALL), by_depth(SMALL)):
        assert sorted(network for group in groups for network in group) == list(range(5))
    assert SMALL.flops == sum(6 * (12 * w + (d - 1) * w * w + 2 * w) for d, w in SMALL.shapes)


def test_one_call_trains_all_and_hands_out_their_outputs():
    system = FitMany(SMALL, 2)
    system.reset()
    losses = system.train(3)
    assert [len(course) for course in losses] == [3] * 5
    assert {k: outputs.shape for k, outputs in system.newest.items()} == dict.fromkeys(
        range(5), (8, 2)
    )
    assert all(np.allclose(outputs.sum(axis=1), 1) for outputs in system.newest.values())


def test_losses_are_compared_network_by_network():
    assert command.apart([[1.0, 9.0], [2.02, 2.0]], [[1.0, 1.0], [2.0, 2.0]]) == pytest.approx(0.01)


@pytest.mark.parametrize("package", ["torch", "jax"])
def test_a_program_that_batches_them_has_the_same_losses(package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    module = {"torch": "torch_bmm", "jax": "jax_vmap"}[package]
    system = FitMany(SMALL, 1)
    with Worker(1, "benchmarks.many.worker", module, "1") as worker:
        for name in command.SYSTEMS[module][1]:
            reply = worker.ask(do="prepare", system=name, workload=SMALL.to_json(), epochs=2)
            assert command.apart(reply["losses"], system.train(2)) < 1e-4


def test_rounds_are_counted_and_shown(monkeypatch):
    monkeypatch.setattr(command, "SYSTEMS", {"ours": command.SYSTEMS["ours"], "x": ("no_such", ())})
    figures = command.measure(SMALL, [1], 1, 2)
    (timing,) = figures["timings"]
    assert len(timing["seconds"]) == 2 and timing["error"] == ""
    slow = timing | {"system": "slow", "seconds": [3.0, 3.0]}
    wrong = timing | {"system": "wrong", "seconds": [], "error": "its losses differ by 1.0e-01"}
    timing["seconds"] = [1.0, 1.0]
    peak = {"flops": {"1": SMALL.flops * 32 * 2}}
    text = command.show(figures | {"peak": peak, "timings": [timing, slow, wrong]})
    row = next(line for line in text.splitlines() if line.startswith("| chainrule"))
    assert [cell.strip() for cell in row.split("|")[2:-1]][2:] == ["160", "0.000", "50 %"]
    assert "chainrule is 3.00x faster than the best of the others, slow on 1." in text
    assert "- wrong on 1: its losses differ by 1.0e-01" in text
    assert "not installed, so not measured: no_such" in text


def test_what_limits_is_told_in_shares():
    found = limits.measure(SMALL, 1, [0, 1])
    assert found["networks"] == 2 and found["whole"] > 0
    expected = 6 * 32 * sum(12 * w + (d - 1) * w * w + 2 * w for d, w in SMALL.shapes[:2])
    assert found["flops"] == expected
    times = {"whole": 2.0, "no validation": 1.5, "no embedding": 1.0}
    text = limits.show(times | {"flops": 1e9, "networks": 16}, 2e9)
    assert "validation takes 25%, the periodic embeddings 25%, the dense layers 50%" in text
    assert text.endswith("at the peak would take 25%.")
