"""`diagnose` names seeded faults with numbers computed again here, and leaves the healthy alone."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.errors import DataError, DivergedError
from chainrule.explain.diagnosis.detectors import TABLE
from chainrule.explain.diagnosis.course import clear_fault
from chainrule.explain.diagnosis.evidence import constant_loss
from chainrule.explain.diagnosis.rows import column_score, likeness
from chainrule.explain.diagnosis.diagnose import diagnose
from chainrule.explain.notation.names import Names
from chainrule.spec import Dense, History, Loss, NetworkSpec, TrainingSpec


def rows(n=300, d=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, np.sin(X[:, 0]) + 0.5 * X[:, 1] + 0.1 * rng.normal(size=n)


def fitted(layers=(4, 16, 1), X=None, y=None, change=None, keywords=None, **fit):
    if X is None:
        X, y = rows()
    net = Network(list(layers), random_state=1, **(keywords or {}))
    if change:
        change(net)
    with suppress(DivergedError):
        net.fit(X, y, **{"epochs": 30, "learning_rate": 0.01, **fit})
    return net, X, y


def test_a_healthy_training_lists_what_was_checked():
    net, X, y = fitted()
    found = net.diagnose(X, y)
    assert found.ok
    assert not found
    assert len(found) == 0
    assert set(found.checked) | set(found.skipped) == set(TABLE)
    assert found.skipped == {"overfitting": "there were no validation rows"}
    assert "no fault found in 30 epochs and one step over 300 of 300 rows" in str(found)
    assert "checked and clean: non-finite" in str(found)


def test_a_finding_has_numbers_a_sentence_and_a_fix():
    def kill(net):
        net.biases[0] = np.where(np.arange(16) < 9, -100.0, 0.0)

    net, X, y = fitted(change=kill)
    found = net.diagnose(X, y)
    assert found.codes == ("dead-units",)
    one = found[0]
    assert one.layer == 1
    assert one.units == tuple(range(9))
    assert one.evidence["count"] == 9
    assert one.evidence["limit_share"] == TABLE["dead-units"]["share"]
    assert one.sentence.startswith("on all 300 rows z < 0 for 9 of 16 units")
    assert "dead-units (layer 1, units 0, 1, 2, 3, 4, 5, 6, 7 and 1 more)" in str(found)
    assert "fix: activation=" in str(found)
    form = json.loads(json.dumps(found.to_json()))
    assert form["findings"][0]["code"] == "dead-units"
    assert form["ok"] is False
    assert "<table>" in found._repr_html_()


def test_names_in_the_page_stay_text():
    X, y = rows(n=400)
    X[:, 2] *= 1e6
    spec = NetworkSpec(4, (Dense(3, "relu"), Dense(1)), Loss("squared_error"))
    names = Names(spec, ("a", "b", "<script>", "d"))
    found = diagnose(spec, engine.initialize(spec), X, y, names=names)
    assert "unscaled-inputs" in found.codes
    assert "'<script>'" in found[0].sentence
    assert "<script>" not in found._repr_html_()


def test_vanishing_gives_the_ratio_of_the_deltas():
    net, X, y = fitted([4, *[8] * 8, 1], keywords={"activation": "sigmoid"}, optimizer="sgd")
    (one,) = [f for f in net.diagnose(X, y) if f.code == "vanishing"]
    delta = engine.trace(net.spec, net.params, X, y).delta
    ratio = np.sqrt(np.mean(delta[1] ** 2) / np.mean(delta[-1] ** 2))
    assert one.evidence["ratio"] == pytest.approx(ratio, rel=1e-4)
    assert ratio < TABLE["vanishing"]["ratio"]


def test_exploding():
    def enlarge(net):
        net.weights = [3.0 * W for W in net.weights]

    net, X, y = fitted([4, *[16] * 6, 1], change=enlarge, learning_rate=1e-3)
    assert "exploding" in net.diagnose(X, y).codes


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_saturated(activation):
    X, y = rows()
    net, X, y = fitted(X=200 * X, y=y, keywords={"activation": activation})
    (one,) = [f for f in net.diagnose(X, y) if f.code == "saturated"]
    slope = engine.trace(net.spec, net.params, X, y).slope[1]
    assert one.evidence["share"] == pytest.approx(np.mean(slope < 0.01))


def test_a_rate_that_is_too_high_and_one_that_is_too_low():
    for rate, code in ((3.0, "rate-too-high"), (1e-7, "rate-too-low")):
        net, X, y = fitted(learning_rate=rate)
        (one,) = [f for f in net.diagnose(X, y) if f.code == code]
        mended, X, y = fitted(learning_rate=float(one.fix.split("=")[1]), epochs=60)
        assert mended.diagnose(X, y).ok, code


def test_a_converged_training_is_not_called_slow():
    net, X, y = fitted([4, 1], optimizer="sgd", learning_rate=0.3, epochs=200, batch_size=None)
    again = net.fit(X, y, optimizer="sgd", learning_rate=0.3, epochs=30, batch_size=None)
    assert np.ptp(again.loss) < 1e-6
    assert "rate-too-low" not in net.diagnose(X, y).codes


def test_unscaled_inputs_but_not_rare_flags():
    X, y = rows(n=1000)
    X[:, 3] = np.arange(1000) == 7
    net, X, y = fitted(X=X, y=y)
    assert net.diagnose(X, y).ok
    X = X * [1.0, 1.0, 1.0, 1.0]
    X[:, 1] *= 1e4
    (one,) = [f for f in net.diagnose(X, y) if f.code == "unscaled-inputs"]
    assert one.evidence["wide"] == "x1"


def test_leak_of_a_number_and_of_a_class():
    X, y = rows(n=600)
    net, X5, y = fitted([5, 16, 1], np.column_stack([X, 3.0 - 2.0 * y]), y)
    (one,) = net.diagnose(X5, y)
    assert one.code == "leak"
    assert one.evidence["column"] == "x4"
    classes = np.digitize(y, [-0.5, 0.5])
    shuffled = np.array([7.0, -2.0, 1.0])[classes]  # in no order that follows the class
    net, X5, _ = fitted(
        [5, 16, 3], np.column_stack([shuffled, X]), classes, keywords={"loss": "cross_entropy"}
    )
    (one,) = net.diagnose(X5, classes)
    assert one.evidence["column"] == "x0"
    assert one.evidence["score"] == 1.0


def test_a_good_column_among_few_rows_is_no_leak():
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    net, X, y = fitted([4, 16, 3], X, y, keywords={"loss": "cross_entropy"})
    assert net.diagnose(X, y).ok


def test_the_score_of_a_column():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    x = (y + 0.2 * rng.normal(size=2000))[:, None]
    Y = np.eye(2)[y]
    assert column_score(x, Y, True) == pytest.approx(roc_auc_score(y, x[:, 0]), abs=0.02)
    assert column_score(rng.normal(size=(2000, 1)), Y, True) == pytest.approx(0.5, abs=0.05)
    assert column_score(x, 5 * x + 1, False) == pytest.approx(1.0)
    assert likeness(np.eye(3)[y], Y) == pytest.approx(1.0)
    assert likeness(rng.normal(size=(2000, 1)), Y) < 0.01


def test_constant_target_and_imbalance():
    X, _ = rows(n=500)
    net, _, y = fitted(X=X, y=np.full(500, 2.5))
    assert net.diagnose(X, y)[0].code == "constant-target"
    rare = np.zeros(500, int)
    rare[:3] = 1
    net, _, _ = fitted([4, 8, 2], X, rare, keywords={"loss": "cross_entropy"})
    (one,) = [f for f in net.diagnose(X, rare) if f.code == "imbalance"]
    assert "0.600 % of 500 rows" in one.sentence
    weight = np.where(rare == 1, 100.0, 1.0)
    assert "imbalance" not in net.diagnose(X, rare, sample_weight=weight).codes


def test_twins():
    net, X, y = fitted(keywords={"init": "zeros"}, epochs=5)
    assert "twin-units" in net.diagnose(X, y).codes

    def copy(net):
        W, V = np.array(net.weights[0]), np.array(net.weights[1])
        W[3], V[:, 3] = W[5], V[:, 5]
        net.weights = [W, V]

    net, X, y = fitted(change=copy, epochs=5, keywords={"activation": "tanh"})
    (one,) = [f for f in net.diagnose(X, y) if f.code == "twin-units"]
    assert one.units == (3, 5)


def test_stuck():
    def kill(net):
        net.biases[0] = np.full(16, -100.0)

    net, X, y = fitted(change=kill, optimizer="sgd", learning_rate=0.1, batch_size=None, epochs=150)
    assert {"stuck", "dead-units"} <= set(net.diagnose(X, y).codes)


def history_of(spec, loss, validation=(), **training):
    X, y = rows(n=64)
    params = engine.initialize(spec, seed=0)
    history = History(
        loss=list(loss), validation_loss=list(validation), n_steps=2 * len(loss),
        stop_reason="epochs",
    )  # fmt: skip
    return diagnose(spec, params, X, y, TrainingSpec(**training), history)


SMALL = NetworkSpec(4, (Dense(8, "tanh"), Dense(1)), Loss("squared_error"))


def test_oscillating():
    swinging = [0.4 + 0.15 * (-1) ** k for k in range(30)]
    assert "oscillating" in history_of(SMALL, swinging).codes
    assert "oscillating" not in history_of(SMALL, np.linspace(0.5, 0.1, 30)).codes
    small = [0.4 + 0.01 * (-1) ** k for k in range(30)]
    assert "oscillating" not in history_of(SMALL, small).codes


def test_overfitting():
    train = 0.4 * 0.9 ** np.arange(40)
    worse = np.concatenate([np.linspace(0.45, 0.35, 10), np.linspace(0.36, 0.6, 30)])
    (one,) = [f for f in history_of(SMALL, train, worse) if f.code == "overfitting"]
    assert one.evidence["best"] == 9
    assert "overfitting" not in history_of(SMALL, train, train + 0.05).codes


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
    with pytest.raises(DivergedError) as caught:
        net.fit(X, y, optimizer="sgd", learning_rate=300.0)
    found = net.diagnose(X, y)
    one = found[0]
    assert one.code == "non-finite"
    assert "rate-too-high" in found.codes
    # An infinite z below a relu comes before the infinite loss at which `fit` stops.
    assert one.evidence["epoch"] == net.history.n_epochs
    assert one.evidence["batch"] <= int(str(caught.value).split("batch ")[1].split(";")[0])
    params, training = net.params, TrainingSpec("sgd", 300.0, seed=1)
    order = engine.permutation(len(X), 1, "shuffle", one.evidence["epoch"])
    for batch in range(one.evidence["batch"] + 1):
        chosen = order[32 * batch : 32 * batch + 32]
        step = engine.trace(net.spec, params, X[chosen], y[chosen], training)
        finite = [np.isfinite(z).all() for z in step.z[1:]]
        assert all(finite) == (batch < one.evidence["batch"])
        params = step.params_after
    assert one.layer == finite.index(False) + 1
    assert one.evidence["row"] in chosen


def test_at_most_1024_rows_are_traced():
    X, y = rows(n=3000)
    net, X, y = fitted(X=X, y=y, epochs=3)
    found = net.diagnose(X, y)
    assert (found.n_rows, found.n_seen) == (3000, 1024)


def test_a_network_without_a_history():
    X, y = rows()
    net = Network([4, 16, 1])
    found = net.diagnose(X, y)
    assert found.skipped["stuck"] == "no epoch has been completed"
    with pytest.raises(DataError, match="X"):
        net.diagnose(X[:, :2], y)


@pytest.mark.parametrize(
    ("loss", "options"),
    [
        ("squared_error", {}), ("absolute_error", {}), ("huber", {"huber_delta": 0.5}),
        ("poisson", {}), ("pinball", {"quantiles": (0.3,)}), ("binary_cross_entropy", {}),
        ("cross_entropy", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_every_loss(loss, options, reduction):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    k = 2 if loss == "cross_entropy" else 1
    y = {"poisson": rng.poisson(2, 200), "pinball": rng.normal(size=200)}.get(
        loss, (X[:, 0] + rng.normal(size=200) > 0).astype(int)
    )
    net = Network([3, 8, k], loss=loss, **options)
    net.fit(X, y, epochs=30, learning_rate=3e-3, reduction=reduction)
    assert net.diagnose(X, y).codes == ()
    # No constant is better than the baseline.
    rows_of_y = np.eye(2)[y] if k == 2 else np.asarray(y, float)[:, None]
    best = constant_loss(net.spec, rows_of_y, None)
    flat = engine.initialize(net.spec, init="zeros", dtype="float64")
    for shift in np.linspace(-3, 3, 13):
        params = {**flat, "b2": flat["b2"] + shift * np.array([1.0, -1.0][:k])}
        assert engine.loss(net.spec, params, X, y) >= best - 1e-9


def test_a_warning_needs_a_clear_fault():
    training = TrainingSpec(learning_rate=2.0)
    rising = clear_fault(History(loss=[1.0, 0.5, 0.7, 2.0, 4.0, 4.0]), training)
    assert rising is not None
    assert "learning_rate=2 is too high" in rising
    for quiet in ([1.0, 0.5, 0.4, 0.3, 0.31], [1.0, 0.1, 0.3, 0.3, 0.3], [1.0, 9.0], []):
        assert clear_fault(History(loss=quiet), training) is None


def test_fit_warns_of_a_clear_fault_alone():
    X, y = rows()
    line = Network([4, 1], random_state=1)
    step = {"optimizer": "sgd", "batch_size": None, "epochs": 20}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        line.fit(X, y, learning_rate=0.5, **step)
    with pytest.warns(RuntimeWarning, match=r"learning_rate=2.5 is too high") as told:
        line = Network([4, 1], random_state=1)
        line.fit(X, y, learning_rate=2.5, **step)  # more than 2 over the largest curvature
    assert told[0].filename == __file__
    assert "rate-too-high" in line.diagnose(X, y).codes
