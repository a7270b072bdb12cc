"""One step of an estimator on the user's rows: the numbers of the reference, the table's names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

import chainrule
from chainrule.errors import ChainruleError, DataError, SpecError
from chainrule.reference import update as reference_update
from chainrule.reference.backward import backward
from chainrule.reference.forward import record_forward
from chainrule.table.frame import as_table


@pytest.fixture(scope="module")
def table():
    """Numbers with a gap, text and dates; the class depends on all three."""
    random = np.random.default_rng(3)
    n = 60
    table = pd.DataFrame(
        {
            "length": random.normal(40, 5, n),
            "island": random.choice(["Biscoe", "Dream", "Torgersen"], n),
            "seen": pd.Timestamp("2020-03-01") + pd.to_timedelta(random.integers(0, 900, n), "D"),
        }
    )
    table.loc[4, "length"] = np.nan
    return table


@pytest.fixture(scope="module")
def labels(table):
    return np.where((table["length"].fillna(0) > 40) & (table["island"] == "Dream"), "yes", "no")


@pytest.fixture(scope="module")
def model(table, labels):
    settings = {"hidden_layer_sizes": (4, 3), "epochs": 3, "random_state": 0}
    return chainrule.TabularClassifier(class_weight="balanced", **settings).fit(table, labels)


def expected(model, X, target, weights):
    """Deltas, gradients and the first update, by `reference/` in float64."""
    spec = model.network_.spec
    params = {name: w.astype(np.float64) for name, w in model.network_.params.items()}
    inputs, _ = model.encoder_.transform(as_table(X), np.float32)
    record = record_forward(spec, params, inputs.astype(np.float64))
    delta, grads = backward(spec, params, record, target, sample_weight=weights)
    training = model.training_
    state = reference_update.init(training, params)
    updates, _ = reference_update.update(training, params, grads, state)
    return record.a, delta, grads, updates


def assert_equal_to_reference(trace, found):
    a, delta, grads, updates = found
    np.testing.assert_allclose(trace.a[-1], a[-1], rtol=1e-12)
    for l in range(1, trace.spec.n_layers + 1):
        np.testing.assert_allclose(trace.delta[l], delta[l], rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose(trace.dL_dW[l], grads[f"W{l}"], rtol=1e-10, atol=1e-15)
    for name, update in updates.items():
        np.testing.assert_allclose(trace.update[name], update, rtol=1e-7, atol=1e-12)


def test_a_classifier_traces_the_step_of_the_reference(model, table, labels):
    codes = (labels == "yes").astype(int)
    counts = np.bincount(codes)
    balanced = len(codes) / (2 * counts[codes])
    trace = model.trace(table, labels)
    assert_equal_to_reference(trace, expected(model, table, codes, balanced))


def test_a_regressor_traces_the_loss_of_the_scaled_target(table):
    y = 3.0 * table["length"].fillna(40).to_numpy() + 100
    regressor = chainrule.TabularRegressor(
        hidden_layer_sizes=3, epochs=2, loss="huber", random_state=1
    ).fit(table, y)
    scaled = (y - y.mean()) / y.std()
    trace = regressor.trace(table, y)
    assert_equal_to_reference(trace, expected(regressor, table, scaled[:, None], None))
    assert regressor.explain("W1[0,length]", table, y).check.ok
    assert trace.names.outputs == ()


def test_inputs_and_outputs_have_the_tables_names(model, table, labels):
    found = model.explain("W1[3,island=Dream]", table, labels, row=2)
    assert found.value == pytest.approx(
        model.trace(table, labels).dL_dW[1][3, model.input_names_.index("island=Dream")]
    )
    assert "island=Dream" in found.what
    assert found.check.ok
    assert found.header["outputs"] == ["no", "yes"]
    by_class = model.explain("b3[yes]", table, labels)
    assert by_class.quantity == "b3[1]" and "(yes)" in by_class.what
    with pytest.raises(SpecError, match="no unit called 'lenght'") as raised:
        model.explain("W1[0,lenght]", table, labels)
    assert "length" in raised.value.hint


def test_cells_come_as_they_stand_in_the_table(model, table, labels):
    cells = model.trace(table, labels).raw
    assert len(cells) == len(table)
    assert cells[0]["length"] == table["length"][0]
    assert cells[0]["island"] == table["island"][0]
    assert cells[0]["seen"] == str(table["seen"][0].date())
    assert cells[4]["length"] is None
    text = str(model.explain("W1[0,length]", table, labels, row=0))
    assert f"the cell {float(table['length'][0])!r}" in " ".join(text.split())


def test_the_header_says_which_step_it_is(model, table, labels):
    header = model.trace(table, labels).header()
    assert header["step"] == 0 and header["dropout"] == "off"
    assert "before temperature" in " ".join(header["notes"])
    for words in ("a cold start of", "zero moments", "its first rate", "no dropout"):
        assert words in header["start"]
    said = " ".join(str(model.explain("b3[0]", table, labels)).split())
    assert header["start"] in said and header["notes"][0] in said
    assert "foretold" not in said  # the step of a cold start is not the one that training took


def test_a_loaded_model_explains_the_same(model, table, labels, tmp_path):
    model.save(tmp_path / "m.safetensors")
    loaded = chainrule.load(tmp_path / "m.safetensors")
    text = str(loaded.explain("W2[0,1]", table, labels))
    assert text == str(model.explain("W2[0,1]", table, labels))


def test_rows_of_weight_0_stay_and_add_nothing(model, table, labels):
    weights = np.ones(len(table))
    weights[[1, 7]] = 0
    trace = model.trace(table, labels, weights)
    assert trace.n_rows == len(table)
    kept = weights > 0
    without = model.trace(table[kept], labels[kept])
    np.testing.assert_allclose(trace.dL_dW[1], without.dL_dW[1], rtol=1e-12, atol=1e-16)
    assert trace.shares[7] == 0


def test_rows_keep_their_own_names(model, table, labels):
    assert model.trace(table, labels).row_id(5) == 5
    chosen = table["length"] > 40
    part = table[chosen]
    trace = model.trace(part, labels[chosen])
    assert trace.row_id(3) == part.index[3]
    named = model.explain(
        "z1[0]", part, labels[chosen], row=3, row_ids=list(range(7, 7 + len(part)))
    )
    assert named.header["row_id"] == "10"
    with pytest.raises(DataError, match="row_ids has 1 entries"):
        model.trace(table, labels, row_ids=[0])


def test_settings_of_the_step_can_be_replaced(model, table, labels):
    one = model.trace(table, labels, optimizer="sgd", learning_rate=0.5, weight_decay=0)
    np.testing.assert_allclose(one.update["W1"], -0.5 * one.dL_dW[1], rtol=1e-9)
    assert model.trace(table, labels, l2=0.1).penalty > 0
    with pytest.raises(TypeError, match="no argument 'lr'"):
        model.trace(table, labels, lr=0.5)


def test_numbers_as_classes_are_not_taken_for_indices(table):
    y = np.arange(len(table)) % 3 + 1
    model = chainrule.TabularClassifier(hidden_layer_sizes=2, epochs=1).fit(table, y)
    assert model.trace(table, y).names.outputs == ("class=1", "class=2", "class=3")
    assert model.explain("b2[1]", table, y).quantity == "b2[1]"
    assert model.explain("b2[class=3]", table, y).quantity == "b2[2]"


def test_several_labels_and_arrays_without_names():
    X = np.arange(24.0).reshape(12, 2)
    y = np.stack([X[:, 0] > 10, X[:, 0] % 4 == 0], axis=1).astype(int)
    model = chainrule.TabularClassifier(hidden_layer_sizes=2, epochs=1).fit(X, y)
    found = model.explain("W1[0,x1]", X, y)
    assert found.check.verdict in ("ok", "kink")
    assert model.trace(X, y).raw[3] == {"x0": 6.0, "x1": 7.0}


def test_the_trained_number_type(model, table, labels):
    assert model.trace(table, labels, dtype="train").a[1].dtype == np.float32
    assert model.trace(table, labels).header()["trained_dtype"] == "float32"


@pytest.mark.parametrize("member", [4, -1, True, "0"])
def test_members_that_do_not_exist(model, table, labels, member):
    with pytest.raises(SpecError, match="members 0 to 3"):
        model.explain("loss", table, labels, member=member)


def test_refusals(model, table, labels):
    with pytest.raises(SpecError, match="leave out schedule"):
        model.trace(table, labels, schedule="cosine")
    with pytest.raises(DataError, match="lacks the column 'island'"):
        model.trace(table.drop(columns="island"), labels)
    with pytest.raises(DataError, match="'maybe'"):
        model.trace(table, ["maybe"] * len(table))
    with pytest.raises(ChainruleError, match="row 60 does not exist"):
        model.explain("loss", table, labels, row=60)
    with pytest.raises(NotFittedError):
        chainrule.TabularClassifier().trace(table, labels)


def test_the_recipes_own_layers_are_explained_by_name(table, labels):
    many = table.assign(site=[f"site {k % 11}" for k in range(len(table))])
    model = chainrule.TabularClassifier(
        hidden_layer_sizes=6, epochs=3, preset="fast", random_state=0
    ).fit(many, labels)
    assert {"length~0", "length~2", "length", "island=Dream", "site#7"} <= set(model.input_names_)
    for quantity, said in {
        "W1[3,length]": "from the cell",
        "W1[3,site#1]": "the cell 'site 5' of site",
        "frequency[length,3]": "frequency 3 of length",
        "weight[length~1,0]": "output 1 of length",
        "scale[site#0]": "the scale of input",
        "embedding[1,2]": "number 2 of the vector of level site 0 of site",
        "embedding[site=site 10,0]": "number 0 of the vector of level site 10 of site",
        "activation_weight1[2]": "the activation weight of unit 2 of layer 1",
    }.items():
        found = model.explain(quantity, many, labels, row=5, check="complex")
        assert said in " ".join(str(found).split()), quantity
        assert found.check.verdict in ("ok", "kink"), quantity
    checked = model.check_gradients(many, labels)
    assert checked.ok, str(checked)
    assert {"frequency", "embedding", "scale", "activation_weight1"} <= {
        tensor.name for tensor in checked.tensors
    }
    assert model.diagnose(many, labels) is not None
