"""What an explanation says: the worked examples by hand, rows, paths, penalties, checks, errors."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.explain.derivation.equations import LAYER_RULES
from chainrule.explain.examples import example, mazur, xor
from chainrule.explain.explain import explain, explain_all
from chainrule.explain.notation.names import Names
from chainrule.explain.derivation.losses import ACTIVATION_RULES, LOSS_RULES
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS, SYMBOLS
from chainrule.explain.trace import StepTrace
from chainrule.explain.notation.tree import FUNCTIONS, Cancel
from chainrule.explain.derivation.update import UPDATE_RULES
from chainrule.spec import (
    LOSSES,
    OPTIMIZERS,
    OUTPUT_ACTIVATIONS,
    CategoryEmbedding,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    TrainingSpec,
)


def test_every_kind_has_its_rule():
    assert set(ACTIVATION_RULES) == set(OUTPUT_ACTIVATIONS)
    assert set(LOSS_RULES) == set(LOSSES)
    assert set(UPDATE_RULES) == set(OPTIMIZERS)
    kinds = (Dense(1), Dropout(0.1), PeriodicEmbedding(1), CategoryEmbedding((1,)), Scale())
    assert set(LAYER_RULES) == {layer.to_json()["kind"] for layer in kinds}
    assert set(FUNCTION_SYMBOLS) == set(FUNCTIONS)


def test_mazur_by_hand():
    trace = mazur().trace()
    assert trace.loss == pytest.approx(0.298371109, abs=5e-10)
    values = {
        "z1[0]": 0.3775,
        "a1[0]": 0.593269992,
        "a1[1]": 0.596884378,
        "z2[0]": 1.105905967,
        "a2[1]": 0.772928465,
        "delta2[0]": 0.138498562,
        "delta2[1]": -0.038098237,
        "delta1[0]": 0.008771355,
        "delta1[1]": 0.009954255,
        "W2[0,0]": 0.082167041,
        "W2[1,1]": -0.022740242,
        "W1[0,0]": 0.000438568,
        "W1[1,1]": 0.000995425,
        "loss": 0.298371109,
    }
    for quantity, value in values.items():
        assert explain(trace, quantity).value == pytest.approx(value, abs=5e-10), quantity
    found = explain(trace, "W1[0,0]")
    ways = [(path.units, path.value) for path in found.paths.shown]
    assert ways[0] == ((0, 0), pytest.approx(0.000668, abs=5e-7))
    assert ways[1] == ((0, 1), pytest.approx(-0.000230, abs=5e-7))
    assert found.update[-1].left.value == pytest.approx(0.149780716, abs=5e-10)
    assert found.prediction.predicted == pytest.approx(-0.01771, abs=5e-6)
    assert found.prediction.real == pytest.approx(-0.01790, abs=5e-6)


def test_mazur_with_frozen_biases_is_his_first_step():
    frozen = mazur(frozen_biases=True)
    after = frozen.trace().params_after
    assert after["b1"].tolist() == [0.35, 0.35]
    assert after["W2"][0, 0] == pytest.approx(0.358916480, abs=5e-10)
    loss = engine.loss(frozen.spec, after, frozen.X, frozen.y, frozen.training)
    assert loss == pytest.approx(0.291027773694, abs=5e-12)


def test_updating_the_output_first_gives_the_numbers_that_mazur_prints():
    """His text takes hidden deltas with the old W(2); its later numbers come with the new one."""
    frozen = mazur(frozen_biases=True)
    params = dict(frozen.params)
    trace = frozen.trace()
    params["W2"] = trace.params_after["W2"]
    wrong = trace.delta[2] @ params["W2"] * trace.slope[1]
    params["W1"] = params["W1"] - 0.5 * wrong.T @ frozen.X
    loss = engine.loss(frozen.spec, params, frozen.X, frozen.y, frozen.training)
    assert loss == pytest.approx(0.291027924, abs=5e-10)


def test_xor_by_hand():
    trace = xor().trace()
    assert trace.loss == pytest.approx(0.575949643, abs=5e-10)
    found = explain(trace, "W1[0,0]")
    assert found.value == pytest.approx(0.001759510930, abs=5e-13)
    assert found.row == 3  # the row that adds most
    parts = {part.row: part.value for part in found.rows.parts}
    assert parts[3] == pytest.approx(0.004150, abs=5e-7)
    assert parts[2] == pytest.approx(-0.002391, abs=5e-7)
    assert parts[0] == parts[1] == 0.0
    assert found.prediction.predicted == pytest.approx(-0.005606836, abs=5e-10)
    assert found.prediction.real == pytest.approx(-0.005537352, abs=5e-10)


def test_examples_by_name():
    assert example("xor").name == "xor"
    with pytest.raises(SpecError, match="xor, mazur"):
        example("moons")


@pytest.fixture
def traced():
    rng = np.random.default_rng(0)
    layers = (Dropout(0.2), Dense(9, "relu"), Dense(8, "tanh", True), Dense(3, "softmax"))
    spec = NetworkSpec(4, layers, Loss("cross_entropy"))
    params = engine.initialize(spec, seed=1, dtype="float64")
    return StepTrace(
        spec, params, rng.standard_normal((12, 4)), rng.integers(0, 3, 12),
        TrainingSpec(optimizer="adamw", weight_decay=0.1, l1=0.01, l2=0.02, clip_norm=0.1),
        sample_weight=rng.uniform(0.5, 2.0, 12), dropout_epoch=3,
        names=Names(spec, ("bill", "mass", "island=Dream", "sex?"), ("A", "B", "C")),
        raw=[{"island": f"cell {r}"} for r in range(12)], notes=["member 0 of 3"],
    )  # fmt: skip


def test_collapsed_sums_state_the_rest_exactly(traced):
    short = explain(traced, "W1[2,1]", row=4, top=2)
    full = explain(traced, "W1[2,1]", row=4, top=None)
    assert short.value == full.value
    assert len(short.rows.parts) == 2
    shown = sum(part.value for part in short.rows.parts)
    assert short.rows.rest.count == 10
    assert shown + short.rows.rest.value == pytest.approx(full.rows.total, rel=1e-14)
    largest = sorted((abs(part.value) for part in full.rows.parts), reverse=True)
    assert [abs(part.value) for part in short.rows.parts] == largest[:2]
    paths = short.paths
    assert paths.n_paths == 24 and paths.rest.count == 22
    total = sum(path.value for path in paths.shown) + paths.rest.value
    assert total == pytest.approx(paths.total, abs=1e-12 * paths.absolute_sum)


def test_names_cells_and_notes_are_told(traced):
    text = str(explain(traced, "W1[2,island=Dream]", row=4))
    assert "input 3 (island=Dream)" in text
    assert "from the cell 'cell 4' of island" in text
    assert "member 0 of 3" in text
    assert "weight decay stands in the update" in text
    assert "output 2 (B)" in str(explain(traced, "b3[B]"))


def test_the_step_is_the_engines(traced):
    for quantity in ("W2[1,3]", "b1[0]"):
        update = explain(traced, quantity).update
        asked = traced.names.parse(quantity)
        at = (asked.unit,) if asked.source is None else (asked.unit, asked.source)
        assert update[0].note == "clipped"
        assert update[-1].left.value == traced.params_after[asked.tensor][at]


@pytest.mark.parametrize("quantity", ["W1[0,1]", "W2[3,4]", "W3[1,1]", "b2[2]", "delta1[3]",
                                      "delta3[0]", "z2[1]", "a1[4]", "a0[2]", "loss"])  # fmt: skip
@pytest.mark.parametrize("method", ["central", "complex"])
def test_every_quantity_is_checked(traced, quantity, method):
    check = explain(traced, quantity, row=2, check=method).check
    assert check.verdict == "ok", check
    assert check.numeric == pytest.approx(check.analytic, rel=1e-5, abs=1e-10)


def test_a_wrong_number_is_not_confirmed(traced, monkeypatch):
    traced.recorded.grads["W2"][3, 4] *= 1.001
    found = explain(traced, "W2[3,4]")
    assert found.check.verdict == "FAILED"
    assert "FAILED" in str(found)


def test_a_kink_is_said_with_both_slopes():
    spec = NetworkSpec(1, (Dense(1, "relu"), Dense(1)), Loss("squared_error"))
    params = {"W1": np.ones((1, 1)), "b1": np.array([-1.0]),
              "W2": np.ones((1, 1)), "b2": np.zeros(1)}  # fmt: skip
    trace = StepTrace(spec, params, np.ones((1, 1)), np.ones((1, 1)))
    for quantity in ("b1[0]", "delta1[0]"):
        found = explain(trace, quantity)
        assert found.value == 0.0  # the left slope, as documented for relu at 0
        assert found.check.verdict == "kink"
        assert found.check.left_slope == pytest.approx(0.0, abs=1e-4)
        assert found.check.right_slope == pytest.approx(-1.0, abs=1e-4)
        assert "unit 1, row 0" in " ".join(str(found).split())


@pytest.mark.parametrize(
    ("loss", "output", "y"),
    [("binary_cross_entropy", "sigmoid", 1.0), ("poisson", "exp", 2.0)],
)
def test_a_fused_output_is_shown_as_the_cancellation_it_is(loss, output, y):
    spec = NetworkSpec(2, (Dense(1, output),), Loss(loss))
    trace = StepTrace(
        spec, engine.initialize(spec, dtype="float64"), np.ones((1, 2)), np.array([y])
    )
    equation = explain(trace, "delta1[0]").sections[0].equations[0]
    assert isinstance(equation.right[0], Cancel)
    assert "cancels" in equation.note
    assert equation.left.value == pytest.approx(float(trace.a[1][0, 0]) - y)


def test_softmax_collapses_to_a_minus_y(traced):
    equation = explain(traced, "delta3[1]", row=0).sections[0].equations[0]
    assert isinstance(equation.right[0], Cancel)
    assert equation.right[1].value == equation.left.value


def test_rows_can_be_named_in_the_quantity(traced):
    assert explain(traced, "delta2[1]@7").row == 7
    assert explain(traced, "delta2[1]@7", row=3).row == 3
    assert explain(traced, "delta2[1]@7").value == traced.delta[2][7, 1]


@pytest.mark.parametrize("row", [12, -1, 1.5])
def test_rows_that_do_not_exist(traced, row):
    with pytest.raises(DataError, match="rows are 0 to 11"):
        explain(traced, "W1[0,0]", row=row)


@pytest.mark.parametrize("options", [{"top": 0}, {"top": 2.5}, {"check": "magic"}])
def test_options_that_cannot_be(traced, options):
    with pytest.raises(SpecError):
        explain(traced, "W1[0,0]", **options)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_extreme_numbers_do_not_stop_an_explanation(optimizer):
    spec = NetworkSpec(2, (Dense(2, "elu"), Dense(2, "softmax")), Loss("cross_entropy"))
    params = {name: np.full(shape, 500.0) for name, shape in spec.parameter_shapes.items()}
    params["W2"][1] = -500.0
    params["W1"][1] = -1e160
    constants = {"epsilon": 0.0} if "epsilon" in OPTIMIZERS[optimizer] else {}
    training = TrainingSpec(optimizer=optimizer, **constants)
    trace = StepTrace(spec, params, np.ones((2, 2)), [0, 1], training)
    for quantity in ("W1[1,0]", "W2[0,0]", "a2[0]", "z2[1]", "loss", "delta1[0]"):
        found = explain(trace, quantity)
        assert str(found) and found.to_latex() and found.to_html() and found.to_json()


def test_a_float32_trace_is_not_explained(traced):
    single = {name: w.astype(np.float32) for name, w in traced.params.items()}
    trace = StepTrace(traced.spec, single, traced.X, traced.y, dtype="train")
    with pytest.raises(SpecError, match="float64"):
        explain(trace, "loss")


def test_all_parameters_of_a_small_network():
    found = explain_all(xor().trace())
    assert [e.quantity for e in found][:5] == ["W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]"]
    assert len(found) == 9


def test_every_symbol_used_is_in_the_table(traced):
    for quantity in ("W1[0,0]", "loss", "a2[0]"):
        for equation in explain(traced, quantity).equations:
            assert equation.left.kind in SYMBOLS


def test_zero_weights_and_single_rows():
    spec = NetworkSpec(2, (Dense(2, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    weighted = StepTrace(spec, params, np.ones((1, 2)), np.ones(1), sample_weight=np.array([0.3]))
    assert explain(weighted, "W1[0,0]").check.ok
    mixed = StepTrace(spec, params, np.ones((2, 2)), np.ones(2), sample_weight=np.array([0.0, 2.0]))
    assert explain(mixed, "W1[0,0]").row == 1
