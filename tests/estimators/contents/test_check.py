"""What the entries of a model file imply of one another, checked before a model is built."""

from __future__ import annotations

import numpy as np
import pytest
from fuzz.models import MODELS

from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor
from chainrule.errors import ModelFileError, SpecError
from chainrule.estimators.contents import check_record
from chainrule.estimators.contents.arguments import OTHERS
from chainrule.estimators.mlp.arguments import RULES as DROP_IN_RULES
from chainrule.estimators.tabular.arguments import RULES as TABLE_RULES

_MADE = {}


def record_of(name):
    """A record whose entries may be changed."""
    if name not in _MADE:
        _MADE[name] = MODELS[name]().to_record()
    record = _MADE[name]
    again = type(record)(**{**vars(record), "extra": _copy(record.extra)})
    check_record(again)
    return again


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list | tuple) else value


TARGET = {  # model -> (entry of its target, value, words of the refusal)
    "classifier": [
        ("betas", [], "betas' .* a list of 1 entries"),
        ("betas", [1.0, 1.0], "betas"),
        ("betas", [0.0], r"betas\[0\]' .* finite number of at least"),
        ("betas", [1e300], r"betas\[0\]"),
        ("betas", [True], r"betas\[0\].*True"),
        ("betas", [None], r"betas\[0\].*None"),
        ("factors", [1.0], "factors' .* 3 entries"),
        ("factors", [1.0, -1.0, 1.0], r"factors\[1\]"),
        ("factors", [0.0, 0.0, 0.0], "factors"),
        ("labels", {"dtype": "U100000000", "values": ["a"], "multilabel": False}, "dtype"),
        ("labels", {"dtype": ["f4"], "values": ["a"], "multilabel": False}, "dtype"),
        ("labels", {"dtype": "str", "values": ["a", "a", "b"], "multilabel": False}, "'a' twice"),
        ("labels", {"dtype": "str", "values": ["b", "a", "c"], "multilabel": False}, "ascending"),
        ("labels", {"dtype": "str", "values": ["a", ["b"], "c"], "multilabel": False}, "values"),
        ("labels", {"dtype": "str", "values": ["a", "b"], "multilabel": False}, "3 entries"),
        ("labels", {"dtype": "int8", "values": [1, 2, 300], "multilabel": False}, "int8"),
        ("labels", {"dtype": "int64", "values": [0, 1, 2], "multilabel": True}, "factors|loss"),
    ],
    "several labels": [
        ("labels", {"dtype": "int64", "values": [0, 2], "multilabel": True}, "0, 1"),
        ("factors", [1.0, 1.0], "factors"),
    ],
    "bag of regressors": [
        ("scale", {"mean": [None], "std": [1.0]}, r"scale.mean\[0\]"),
        ("scale", {"mean": [0.0], "std": ["1"]}, r"scale.std\[0\]"),
        ("scale", {"mean": [0.0], "std": [0.0]}, r"scale.std\[0\]' .* above 0"),
        ("scale", {"mean": [0.0, 0.0], "std": [1.0, 1.0]}, "scale.mean"),
        ("low", [[0.0]], r"low\[0\]"),
        ("low", [1e9], "at most 'high'"),
        ("vector", 1, "vector"),
        ("errors", [[[0.0]], [[0.0]], [[0.0]]], "errors"),
        ("errors", [[[0.0, 0.0]]], r"errors\[0\]\[0\]"),
        ("errors", [[]], r"errors\[0\]"),
        ("errors", [[[1.0], [0.0]]], "ascending"),
        ("errors", [[[0.0]] * 200_000], "entries"),
        ("loss", {"name": "huber"}, "the loss of the model's network"),
    ],
    "two targets": [("vector", True, "2 columns")],
    "quantiles": [("low", [0.0, 0.0, 0.0], "1 entries")],
    "counts": [("low", [0.0], "above 0")],
    "drop-in classifier": [("values", ["low", "mid"], "outputs"), ("dtype", "V8", "one of")],
    "drop-in regressor": [("n_targets", 2, "n_targets")],
}


@pytest.mark.parametrize(
    ("name", "entry", "value", "words"),
    [(name, *change) for name, changes in TARGET.items() for change in changes],
)
def test_targets(name, entry, value, words):
    record = record_of(name)
    record.extra["target"][entry] = value
    with pytest.raises(ModelFileError, match=words):
        check_record(record)


@pytest.mark.parametrize(
    ("entry", "value", "words"),
    [
        ("feature_names", ["height"], "names of the encoder's columns"),
        ("feature_names", "height", "a list of"),
        ("more", 1, "unknown entry 'more'"),
        ("arguments", {"epochs": -1}, "epochs must be"),
        ("arguments", {"n_threads": "2"}, "n_threads must be"),
        ("arguments", {"hook": 1}, "'hook'"),
        ("arguments", {"epochs": [[3]]}, "single value"),
        ("arguments", {"hidden_layer_sizes": [[3]]}, "hidden_layer_sizes"),
        ("arguments", {"class_weight": {"pairs": [[1]]}}, "a class and a factor"),
    ],
)
def test_other_entries(entry, value, words):
    record = record_of("classifier")
    record.extra[entry] = value
    with pytest.raises(ModelFileError, match=words):
        check_record(record)


@pytest.mark.parametrize(
    ("entry", "value", "words"),
    [
        ("scores", {"how": "so", "of": {}}, "1 to 64 scores"),
        ("scores", {"how": "so", "of": {"r2": [1.0]}}, "r2' .* 4 entries"),
        ("scores", {"how": 1, "of": {"r2": [1.0, None, 1.0, 1.0]}}, "scores.how"),
        ("baseline", [1.0], "baseline' .* 3 entries"),
        ("baseline", [1.0, "1", 1.0], r"baseline\[1\]"),
        ("ranges", [[0.0]], "ranges' .* 2 entries"),
        ("ranges", [[1e9] * 7, [0.0] * 7], "least numbers and largest"),
        ("trained_rows", {"hashes": "AAA", "twins": 0.0}, "64 bits in base64"),
        ("trained_rows", {"hashes": "A" * 32, "twins": 0.0}, "ascending"),
        ("trained_rows", {"hashes": "", "twins": 2.0}, "at most 1"),
    ],
)
def test_what_is_told_of_the_training_rows(entry, value, words):
    record = record_of("classifier")
    record.extra[entry] = value
    with pytest.raises(ModelFileError, match=words):
        check_record(record)


@pytest.mark.parametrize("entry", ["arguments", "encoder", "feature_names", "target"])
def test_entries_that_lack(entry):
    record = record_of("regressor")
    del record.extra[entry]
    with pytest.raises(ModelFileError, match=f"lacks '{entry}'"):
        check_record(record)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e["columns"].append(dict(e["columns"][0])), "one name"),
        (lambda e: e["columns"].clear(), "1 to"),
        (lambda e: e.update(named=1), "'named'"),
        (lambda e: e.update(more=1), "unknown entries"),
        (lambda e: e["columns"][0].update(kind="category"), "is category"),
        (lambda e: e["columns"][0].update(factor=-1.0), "wrong 'factor'"),
        (lambda e: e["columns"][0].update(name="x" * 5000), "no name of at most"),
        (lambda e: e["columns"][1].update(levels=["a"] * 5), "wrong 'levels'"),
        (lambda e: e["columns"][1].update(name="n" * 4000, levels=_many()), "lengths"),
        (lambda e: e["columns"].pop(), "does not fit its encoder"),
    ],
)
def test_encoders(change, words):
    record = record_of("classifier")
    change(record.extra["encoder"])
    with pytest.raises(ModelFileError, match=words):
        check_record(record)


def _many():
    return [str(k) for k in range(10_000)]


def test_names_of_inputs_take_no_more_than_the_file():
    record = record_of("classifier")
    column = record.extra["encoder"]["columns"][1]
    assert column["code"] == "onehot"
    zeros, ones = [0.0] * 10_000, [1.0] * 10_000
    column.update(name="n" * 4000, levels=_many(), medians=zeros, factors=ones)
    with pytest.raises(ModelFileError, match="too long together"):
        check_record(record)


def test_class_names_take_no_more_than_the_file():
    record = record_of("classifier")
    labels = {"dtype": "str", "values": ["a" * 60_000, *_many()], "multilabel": False}
    record.extra["target"]["labels"] = labels
    with pytest.raises(ModelFileError, match="10001 classes of up to 60000 characters"):
        check_record(record)


def test_every_argument_has_its_rule():
    added = {"mlp": {"metric"}}
    for estimator in (TabularClassifier, TabularRegressor):
        assert set(estimator().get_params()) <= {*TABLE_RULES, *OTHERS}
    for estimator in (MLPClassifier, MLPRegressor):
        assert set(estimator().get_params()) <= {*DROP_IN_RULES, *OTHERS, *added["mlp"]}


def test_a_network_is_one_and_has_a_seed():
    record = record_of("network")
    for seed in (-1, 1 << 64, "x", "9" * 30, None, 1.0, True):
        record.extra = {"random_state": seed}
        with pytest.raises(ModelFileError, match="64 bits"):
            check_record(record)
    record.extra = {}
    check_record(record)
    record.others = [(record.params, None)]
    with pytest.raises(ModelFileError, match="a network is one"):
        check_record(record)


def test_classes_of_every_type_come_back(tmp_path):
    X = np.arange(24.0).reshape(12, 2)
    for y in (np.arange(12) % 3 + (1 << 60), np.arange(12) % 2 == 0, np.arange(12) % 3 - 1.0):
        for make in (TabularClassifier, MLPClassifier):
            few = {"epochs": 1} if make is TabularClassifier else {"max_iter": 1}
            model = make(hidden_layer_sizes=2, random_state=0, **few).fit(X, y)
            check_record(model.to_record())


@pytest.mark.parametrize("name", ["classifier", "drop-in classifier"])
def test_what_load_would_refuse_is_not_saved(name):
    model = MODELS[name]().set_params(n_threads=-5)
    with pytest.raises(SpecError, match="n_threads"):
        model.to_record()
