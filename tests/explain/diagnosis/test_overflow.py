"""The first number that left the finite ones is found, also in a batch of a lost epoch."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.errors import DataNotice, DivergedError
from chainrule.spec import TrainingSpec
from diagnosed import fitted, rows


def test_the_first_number_that_overflowed():
    def enlarge(net):
        net.weights[1] = 1e25 * np.array(net.weights[1])

    net, X, y = fitted([4, 16, 16, 1], change=enlarge, learning_rate=0.1)
    assert net.history.stop_reason == "diverged"
    one = net.diagnose(X, y)[0]
    assert one.code == "non-finite"
    seen = engine.trace(net.spec, net.params, X, y)
    row, unit, layer, kind = (one.evidence[k] for k in ("row", "unit", "layer", "kind"))
    assert not np.isfinite(seen.losses[row]) or not np.isfinite(
        getattr(seen, kind)[layer][row, unit]
    )
    before = {"z": seen.a[layer - 1], "loss": seen.a[-1], "a": seen.z[layer]}.get(kind)
    assert before is None or np.isfinite(before).all()


def test_a_diverged_epoch_is_taken_again_to_its_batch():
    X, y = rows()
    net = Network([4, 16, 16, 1], random_state=1)
    with pytest.warns(DataNotice) as told, pytest.raises(DivergedError):
        net.fit(X, y, optimizer="sgd", learning_rate=300e3)  # a tenth of it, three times
    found = net.diagnose(X, y)
    assert found[0].code == "rate-too-high"
    one = found["non-finite"]
    assert one.cause == "rate-too-high"
    assert "rate-too-high" in found.codes
    assert one.evidence["epoch"] == net.history.n_epochs
    assert f"epoch 0, batch {one.evidence['batch']}: " in str(told[0].message)
    params, training = net.params, TrainingSpec("sgd", 300e3, seed=1)
    order = engine.permutation(len(X), 1, "shuffle", one.evidence["epoch"])
    for batch in range(one.evidence["batch"] + 1):
        chosen = order[32 * batch : 32 * batch + 32]
        step = engine.trace(net.spec, params, X[chosen], y[chosen], training)
        finite = [np.isfinite(z).all() for z in step.z[1:]]
        assert all(finite) == (batch < one.evidence["batch"])
        params = step.params_after
    assert one.layer == finite.index(False) + 1
    assert one.evidence["row"] in chosen
