"""What a fitted estimator gives away in public: its description, its training, its networks."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from chainrule import MLPClassifier, MLPRegressor, Network, TabularClassifier, TabularRegressor
from chainrule.errors import SpecError
from chainrule.spec import NetworkSpec, TrainingSpec

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
QUICK = {"hidden_layer_sizes": 6, "random_state": 0}
MAKERS = {
    "TabularClassifier": lambda: TabularClassifier(epochs=2, n_members=3, **QUICK),
    "TabularRegressor": lambda: TabularRegressor(epochs=2, preset="fast", **QUICK),
    "MLPClassifier": lambda: MLPClassifier(max_iter=2, **QUICK),
    "MLPRegressor": lambda: MLPRegressor(max_iter=2, **QUICK),
}


@pytest.fixture(params=MAKERS)
def model(request):
    return MAKERS[request.param]().fit(X, Y)


def test_the_waist(model):
    assert isinstance(model.spec_, NetworkSpec) and isinstance(model.training_, TrainingSpec)
    assert model.spec_.n_features >= 3
    assert model.n_members_ == (3 if type(model) is TabularClassifier else 1)


def test_members_are_networks_of_their_own(model):
    network = model.member(0)
    assert isinstance(network, Network) and network.spec == model.spec_
    expected = model.predict(X)
    rows = np.zeros((2, model.spec_.n_features))
    seen = network.predict(rows)
    network.weights[0] = np.zeros_like(network.weights[0])
    np.testing.assert_array_equal(model.predict(X), expected)
    np.testing.assert_array_equal(model.member(0).predict(rows), seen)
    np.testing.assert_array_equal(model.network_.predict(rows), seen)


@pytest.mark.parametrize("member", [-1, 3, 0.0, "0", True])
def test_members_that_do_not_exist(model, member):
    there = "members 0 to 2" if model.n_members_ == 3 else "one network, member 0"
    with pytest.raises(SpecError, match=f"does not exist; this model has {there}"):
        model.member(member)


@pytest.mark.parametrize("name", MAKERS)
def test_before_fit_there_is_nothing(name):
    model = MAKERS[name]()
    for attribute in ("spec_", "training_", "n_members_"):
        assert not hasattr(model, attribute)
    with pytest.raises(NotFittedError):
        model.member(0)


def test_members_know_the_names():
    classes = np.array(["a", "b", "c"])[Y]
    table = {"one": X[:, 0], "two": X[:, 1]}
    model = TabularClassifier(epochs=2, **QUICK).fit(table, classes)
    names = model.member(1).names
    assert (names.inputs, names.outputs) == (("one", "two"), ("a", "b", "c"))
    assert MLPClassifier(max_iter=2, **QUICK).fit(X, Y).member(0).names.outputs == (
        "class=0", "class=1", "class=2",
    )  # fmt: skip


def test_the_drop_ins_network_goes_on_from_its_moments():
    model = MLPRegressor(max_iter=3, **QUICK).fit(X, X[:, 0])
    network = model.member(0)
    before = model.predict(X)
    network.fit(X, X[:, 0], epochs=1)
    np.testing.assert_array_equal(model.predict(X), before)
    assert network.to_record().state.n_steps == 3 + 2  # epochs of one batch, then one of two


def test_one_network_alone_answers_for_itself():
    model = TabularClassifier(epochs=2, n_members=3, **QUICK).fit(X, Y)
    alone = model.only(2)
    assert alone.n_members_ == 1 and model.n_members_ == 3
    np.testing.assert_array_equal(alone.member(0).weights[0], model.member(2).weights[0])
    with pytest.raises(SpecError, match="member 3 does not exist"):
        model.only(3)


def test_notes_are_kept_beside_the_model(tmp_path):
    from chainrule.files import read_model

    model = TabularRegressor(epochs=1, **QUICK).fit(X, X[:, 0])
    model.save(tmp_path / "model.safetensors", notes={"x-source": {"rows": 60}})
    assert read_model(tmp_path / "model.safetensors").optional == {"x-source": {"rows": 60}}
