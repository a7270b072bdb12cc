"""A pickle is as checked as a file, and gives back all that a living model has."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_validate

from chainrule import MLPClassifier, MLPRegressor, Network, TabularClassifier, TabularRegressor
from chainrule.errors import ModelFileError
from chainrule.estimators.load import from_record, loads
from chainrule.files import from_bytes, to_bytes
from chainrule.spec import History

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(60, 3))
CLASSES, NUMBERS = np.where(X[:, 0] > 0, "up", "down"), X @ [1.0, 2.0, 3.0]


def mean_answer(y: Any, answers: Any) -> float:
    return float(np.mean(answers))


SMALL: dict[str, Any] = {"hidden_layer_sizes": 4, "random_state": 1}
MADE: dict[str, tuple[Any, Any]] = {
    "table of classes": (
        TabularClassifier(
            preset="fast",
            epochs=3,
            hidden_layer_sizes=[4],
            metric=mean_answer,
            greater_is_better=True,
            random_state=np.int64(3),
        ),
        CLASSES,
    ),
    "table of numbers": (
        TabularRegressor(preset="fast", epochs=3, hidden_layer_sizes=(4,), n_members=2),
        NUMBERS,
    ),
    "classes": (MLPClassifier(max_iter=5, early_stopping=True, **SMALL), CLASSES),
    "numbers": (
        MLPRegressor(
            hidden_layer_sizes=np.array([4]), max_iter=5, random_state=np.random.RandomState(3)
        ),
        NUMBERS,
    ),
    "lbfgs": (MLPRegressor(max_iter=5, solver="lbfgs", **SMALL), NUMBERS),
}
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::chainrule.errors.DataNotice"),
]


def again(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


@pytest.fixture(scope="module", params=MADE)
def fitted(request: pytest.FixtureRequest) -> Any:
    model, y = MADE[request.param]
    return clone(model).fit(X, y)


def state_of(model: Any) -> dict[str, Any]:
    return dict(model.__getstate__())


def forged(given: Any, /, **parts: Any) -> Any:
    made = type(given).__new__(type(given))
    made.__setstate__({**state_of(given), **parts})
    return made


def test_all_comes_back(fitted: Any) -> None:
    found = again(fitted)
    assert vars(found).keys() - {"_how"} == vars(fitted).keys() - {"_how"}
    np.testing.assert_array_equal(found.predict(X), fitted.predict(X))
    for name, value in fitted.get_params(deep=False).items():
        assert type(getattr(found, name)) is type(value), name
    if isinstance(fitted, TabularClassifier | TabularRegressor):
        assert found.scores_ == fitted.scores_
        for one, other in zip(found.members_, fitted.members_, strict=True):
            assert one.history == other.history
            np.testing.assert_array_equal(one.eval_rows, other.eval_rows)


def test_what_the_file_holds_is_said_once(fitted: Any) -> None:
    """The names of a class are those that its `from_record` sets."""
    record = fitted.to_record()
    restored = vars(from_record(from_bytes(to_bytes(record)))).keys()
    assert restored - fitted.get_params(deep=False).keys() <= fitted._of_file
    known = vars(loads(state_of(fitted)["model"])).keys()
    assert known == restored
    assert not state_of(fitted)["beside"].keys() & fitted._of_file


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_training_goes_on_the_same(solver: str) -> None:
    model = MLPClassifier(
        hidden_layer_sizes=4, solver=solver, random_state=np.random.RandomState(1), max_iter=3
    )
    model.partial_fit(X, CLASSES, classes=["down", "up"])
    twin, copied = again(model), copy.deepcopy(model)
    for one in (model, twin, copied):
        one.partial_fit(X, CLASSES)
    for one in (twin, copied):
        for mine, theirs in zip(model.coefs_, one.coefs_, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_a_network_goes_on_the_same() -> None:
    net = Network([3, 4, 1], random_state=2**63 + 1)
    net.fit(X, NUMBERS, epochs=2)
    twin = again(net)
    assert twin.history == net.history and twin.random_state == net.random_state
    net.fit(X, NUMBERS, epochs=2)
    twin.fit(X, NUMBERS, epochs=2)
    assert all(np.array_equal(twin.params[name], net.params[name]) for name in net.params)


def test_before_and_between_fits() -> None:
    for model, _ in MADE.values():
        new = again(model)
        assert vars(new).keys() == vars(model).keys()
    broken = clone(MADE["table of numbers"][0]).fit(X, NUMBERS)
    with pytest.raises(ValueError, match="y"):
        broken.fit(X, NUMBERS[:-1])
    assert not hasattr(again(broken), "members_")
    wild = MLPRegressor(hidden_layer_sizes=4, solver="sgd", learning_rate_init=1e30, max_iter=3)
    with pytest.raises(ValueError, match="finite"):
        wild.fit(X, NUMBERS)
    wild.coefs_[0][0, 0] = np.nan
    assert np.isnan(again(wild).coefs_[0][0, 0])

    class Seen(MLPRegressor):
        """Not to be found by its name, but its state is."""

    model = Seen(hidden_layer_sizes=4, max_iter=2).fit(X, NUMBERS)
    assert forged(model).predict(X).tolist() == model.predict(X).tolist()


def test_a_model_in_the_middle_of_its_fit() -> None:
    kept: list[bytes] = []

    def score(y: Any, answers: Any) -> float:
        kept.append(state_of(model)["model"])
        return 1.0

    model = MLPRegressor(hidden_layer_sizes=4, max_iter=2, metric=score, early_stopping=True)
    model.fit(X, NUMBERS)
    assert len(loads(kept[-1]).coefs_) == 2


@pytest.mark.slow
def test_a_search_in_other_processes() -> None:
    model = MADE["table of classes"][0]
    found = cross_validate(clone(model).set_params(metric="log_loss", greater_is_better=None),
                           X, CLASSES, cv=2, n_jobs=2, return_estimator=True)  # fmt: skip
    assert [one.predict(X).shape for one in found["estimator"]] == [(60,), (60,)]


def test_a_forged_state_is_refused(fitted: Any) -> None:
    state = state_of(fitted)
    data = bytearray(state["model"])
    data[len(data) // 2] ^= 1
    other = Network([3, 2, 1])
    name = sorted(fitted._of_file)[0]
    for parts, word in [
        ({"model": bytes(data)}, ""),
        ({"model": data}, "damaged"),
        ({"model": state_of(other)["model"]}, "holds a network"),
        ({"beside": {**state["beside"], name: 0}}, f"'{name}' beside"),
        ({"beside": {**state["beside"], "hidden_layer_sizes": (9, 9)}}, "hidden_layer_sizes"),
        ({"more": 1}, "damaged"),
        ({"unfiled": [1, 2, 3]}, "other networks"),
    ]:
        with pytest.raises(ModelFileError, match=word):
            forged(fitted, **parts)
    for old in (vars(fitted), None, []):
        with pytest.raises(ModelFileError, match="damaged, or of a version"):
            type(fitted).__new__(type(fitted)).__setstate__(old)
    with pytest.raises(ModelFileError, match="beside"):
        forged(fitted, model=None, beside={**state["beside"], name: 0})


def test_a_forged_network_is_refused() -> None:
    net = Network([3, 4, 1])
    net.history = History()
    model = clone(MADE["numbers"][0]).fit(X, NUMBERS)
    record = net.to_record()
    record.extra = {"random_state": "x"}
    for data, word in [(state_of(model)["model"], "holds a mlp"), (to_bytes(record), "64 bits")]:
        with pytest.raises(ModelFileError, match=word):
            forged(net, model=data)
    with pytest.raises(ModelFileError, match="other networks"):
        forged(net, unfiled=[])
    with pytest.raises(ModelFileError, match="beside"):
        forged(net, beside={"_params": {}})


def test_copies_share_or_do_not(fitted: Any) -> None:
    name = "members_" if hasattr(fitted, "members_") else "coefs_"
    assert getattr(copy.copy(fitted), name) is getattr(fitted, name)
    deep = copy.deepcopy([fitted, fitted])
    assert deep[0] is deep[1] and getattr(deep[0], name) is not getattr(fitted, name)
