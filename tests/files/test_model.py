"""A model file gives back the record, bit for bit, and nothing else opens."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
import struct
import sys
import zipfile

import numpy as np
import pytest
import safetensors.numpy
from fuzz.sealed import rewritten

from chainrule import engine
from chainrule.errors import ModelFileError
from chainrule.files import ModelRecord
from chainrule.files.form import KINDS
from chainrule.files.model import from_bytes, read_info, read_model, save_model, to_bytes
from chainrule.spec import OPTIMIZERS, Dense, Loss, NetworkSpec, TrainingSpec, TrainingState


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_round_trip_is_exact(tmp_path, optimizer, dtype, make_record, assert_same):
    record = make_record(optimizer, dtype)
    save_model(tmp_path / "m.safetensors", record)
    assert_same(read_model(tmp_path / "m.safetensors"), record)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_and_absent_parts(kind, make_record, assert_same):
    record = make_record(kind=kind, history=False)
    record.state = None
    record.training = None
    record.optional = {"x-note": {"by": "someone"}}
    assert_same(from_bytes(to_bytes(record)), record)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_the_moments_are_those_that_the_engine_keeps(record, optimizer):
    training = TrainingSpec(optimizer=optimizer)
    seen = engine.trace(record.spec, record.params, np.zeros((2, 3)), np.array([0, 1]), training)
    kept = {name.partition(".")[0] for name in seen.state_after.moments}
    assert kept == set(OPTIMIZERS[optimizer].moments)
    record.training, record.state = training, seen.state_after
    again = from_bytes(to_bytes(record))
    assert again.state.beta2_power == seen.state_after.beta2_power


def test_a_state_before_its_first_step(record):
    record.state = TrainingState("adam")
    moments = from_bytes(to_bytes(record)).state.moments
    assert not any(array.any() for array in moments.values())
    assert len(moments) == 8


def test_every_series_of_the_history_comes_back():
    spec = NetworkSpec(2, (Dense(1),), Loss("squared_error"))
    training = TrainingSpec(epochs=3, batch_size=2, l2=0.1, penalty_per_batch=True)
    X, y = np.arange(10.0).reshape(5, 2) / 10, np.arange(5.0)
    done = engine.fit(spec, engine.initialize(spec), X, y, training, eval_set=(X, y), metric="mae")
    record = ModelRecord("network", spec, training, done.params, done.history)
    found = from_bytes(to_bytes(record)).history
    assert len(found.penalty) == 3 and found.penalty == done.history.penalty
    assert found == dataclasses.replace(done.history, seconds=0.0)


def test_equal_models_give_equal_bytes(record, make_record):
    other = make_record()
    other.params = dict(reversed(other.params.items()))
    other.extra = dict(reversed(other.extra.items()))
    other.history.seconds = 12.5
    assert to_bytes(record) == to_bytes(other)
    assert to_bytes(from_bytes(to_bytes(record))) == to_bytes(record)


def test_other_safetensors_readers_open_it(record):
    tensors = safetensors.numpy.load(to_bytes(record))
    np.testing.assert_array_equal(tensors["W1"], record.params["W1"])
    assert tensors["history.loss"].tolist() == record.history.loss
    assert "opt.second_moment.b2" in tensors


def test_info_describes_without_building(tmp_path, record):
    path = tmp_path / "m.safetensors"
    save_model(path, record)
    info = read_info(path)
    assert info["kind"] == "network"
    assert info["network"] == record.spec.to_json()
    assert info["training"]["learning_rate"] == 0.002
    assert info["n_parameters"] == 3 * 4 + 4 + 4 * 2 + 2
    assert info["tensors"]["W1"] == {"dtype": "F32", "shape": [4, 3]}
    assert info["bytes"] == path.stat().st_size
    assert json.dumps(info)


def test_the_checksum_is_the_documented_one(record):
    data = to_bytes(record)
    length = struct.unpack("<Q", data[:8])[0]
    description = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["chainrule"])
    claimed = description.pop("sha256")
    text = json.dumps(description, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode())
    for _, array in sorted(safetensors.numpy.load(data).items()):
        digest.update(array.tobytes())
    assert claimed == digest.hexdigest()


def test_saving_over_the_file_just_read(tmp_path, record, assert_same):
    path = tmp_path / "m.safetensors"
    save_model(path, record)
    again = read_model(path)
    save_model(path, again)
    assert_same(read_model(path), record)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (pickle.dumps({"a": np.zeros(3)}), "pickle"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "HDF5"),
        (b"\x1f\x8b\x08" + b"\0" * 100, "gzip"),
        (b"", "0 bytes"),
        (b"short", "5 bytes"),
        (b"\xff" * 64, "not a chainrule model"),
        (struct.pack("<Q", 2) + b"{}", "not written by chainrule"),
        (struct.pack("<Q", 4) + b"[[]]", "not a JSON object"),
    ],
)
def test_foreign_files_are_named(tmp_path, content, word):
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=word):
        read_model(path)


def test_zip_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        archive.writestr("weights", b"0" * 100)
    with pytest.raises(ModelFileError, match="zip"):
        read_model(tmp_path / "z")


def test_what_is_not_a_file_is_refused(tmp_path):
    with pytest.raises(ModelFileError, match="no such file"):
        read_model(tmp_path / "absent")
    with pytest.raises(ModelFileError):
        read_model(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ModelFileError, match="not a regular file"):
            read_model(tmp_path / "pipe")


FORGERIES = {
    "newer": (lambda d, t: d.update(min_reader=4, versions={"chainrule": "9.1"}), r"9\.1.*newer"),
    "unknown key": (lambda d, t: d.update(surprise=1), "surprise"),
    "kind": (lambda d, t: d.update(kind="os.system"), "os.system"),
    "dtype": (lambda d, t: d.update(dtype="float16"), "float16"),
    "missing key": (lambda d, t: d.pop("versions"), "versions"),
    "activation": (
        lambda d, t: d["network"]["layers"][0].update(activation="Lambda"),
        "Lambda",
    ),
    "list as loss": (lambda d, t: d["network"]["loss"].update(name=[]), "possible model"),
    "float units": (lambda d, t: d["network"]["layers"][0].update(units=4.0), "units"),
    "vast layer": (
        lambda d, t: d["network"]["layers"][0].update(units=1 << 24),
        "description implies",
    ),
    "default left out": (lambda d, t: d["training"].pop("epochs"), "own form"),
    "training": (lambda d, t: d["training"].update(hook="x"), "hook"),
    "extra tensor": (lambda d, t: t.update(W9=np.zeros(3)), "W9"),
    "lost tensor": (lambda d, t: t.pop("b2"), "b2"),
    "transposed": (lambda d, t: t.update(W1=np.ascontiguousarray(t["W1"].T)), "W1"),
    "other dtype": (lambda d, t: t.update(b1=t["b1"].astype("float64")), "b1"),
    "nan": (lambda d, t: t.update(b1=t["b1"] * np.float32("nan")), "NaN"),
    "lengths": (lambda d, t: d["history"]["lengths"].update(loss=10**15), "history.loss"),
    "zero length": (lambda d, t: d["history"]["lengths"].update(loss=0), "above 0"),
    "best epoch": (lambda d, t: d["history"].update(best_epoch=7), "best_epoch"),
    "state": (lambda d, t: d["state"].update(optimizer="lion"), "lion"),
    "steps": (lambda d, t: d["state"].update(n_steps=True), "n_steps"),
    "power": (lambda d, t: d["state"].update(beta1_power=1.5), "beta1_power"),
    "bfloat": (
        lambda d, t: t.update(b1=np.zeros(4, "float16")),
        "b1",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_descriptions_are_refused(record, name):
    change, word = FORGERIES[name]
    with pytest.raises(ModelFileError, match=word):
        from_bytes(rewritten(record, change))


def ensemble(make_record):
    record, second, third = (make_record(seed=seed) for seed in range(3))
    record.state = None
    record.others = [(second.params, second.history), (third.params, None)]
    return record


def test_networks_of_an_ensemble_come_back(make_record, assert_same):
    record = ensemble(make_record)
    data = to_bytes(record)
    again = from_bytes(data)
    assert_same(again, record)
    for (params, history), (expected, past) in zip(again.others, record.others, strict=True):
        assert history == past
        assert {name: a.tobytes() for name, a in params.items()} == {
            name: a.tobytes() for name, a in expected.items()
        }
    assert to_bytes(again) == data
    tensors = safetensors.numpy.load(data)
    np.testing.assert_array_equal(tensors["m2.W1"], record.others[1][0]["W1"])
    assert tensors["m1.history.loss"].tolist() == record.others[0][1].loss
    assert "m2.history.loss" not in tensors


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda d, t: d.update(others=[]), "others"),
        (lambda d, t: d.update(others={}), "others"),
        (lambda d, t: d.update(others=[3, None]), "history"),
        (lambda d, t: d.update(others=d["others"][:1]), "unexpected tensor"),
        (lambda d, t: d.update(others=[*d["others"], None]), "lacks the tensor 'm3"),
        (lambda d, t: d.update(min_reader=1), "others"),
        (lambda d, t: d.pop("others"), "lacks the tensor 'W1'"),
        (
            lambda d, t: d.update(
                state={"optimizer": "sgd", "n_steps": 1, "epoch": 1, "beta1_power": 1.0,
                       "beta2_power": 1.0}
            ),
            "state",
        ),
    ],
)  # fmt: skip
def test_forged_ensembles_are_refused(make_record, change, word):
    with pytest.raises(ModelFileError, match=word):
        from_bytes(rewritten(ensemble(make_record), change))


def test_optional_keys_survive(record):
    data = rewritten(record, lambda d, t: d.update({"x-lab": [1, 2.5]}))
    assert from_bytes(data).optional == {"x-lab": [1, 2.5]}


def header_edit(record, edit):
    data = to_bytes(record)
    length = struct.unpack("<Q", data[:8])[0]
    header = edit(data[8 : 8 + length])
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


def test_what_the_package_would_let_pass(record):
    twice = header_edit(record, lambda h: h.replace(b'"b1":', b'"b2":', 1))
    with pytest.raises(ModelFileError):
        from_bytes(twice)
    doubled = header_edit(
        record, lambda h: h.replace(b'{"__metadata__":{', b'{"__metadata__":{"chainrule":"",', 1)
    )
    with pytest.raises(ModelFileError, match="twice"):
        from_bytes(doubled)
    second = header_edit(
        record, lambda h: h.replace(b'{"__metadata__":{', b'{"__metadata__":{"other":"",', 1)
    )
    with pytest.raises(ModelFileError, match="one key"):
        from_bytes(second)
    spaced = header_edit(record, lambda h: h.replace(rb"\"dtype\":", rb"\"dtype\": ", 1))
    with pytest.raises(ModelFileError, match="canonical"):
        from_bytes(spaced)
    nest = b'{"x":' + b"[" * 5000 + b"]" * 5000 + b","
    deep = header_edit(record, lambda h: h.replace(b"{", nest, 1))
    with pytest.raises(ModelFileError, match="deeper"):
        from_bytes(deep)


@pytest.mark.parametrize(
    "extra",
    [
        {"a": float("nan")},
        {"a": 2**53},
        {"a": "x" * (64 * 1024 + 1)},
        {"a": "\ud800"},
        {1: "a"},
        {"a": np.float32(1)},
        {"a": object()},
        {"a": json.loads("[" * 20 + "]" * 20)},
    ],
)
def test_what_cannot_be_stored_is_refused_when_saving(record, extra):
    record.extra = extra
    with pytest.raises(ModelFileError):
        to_bytes(record)


def test_wrong_arrays_are_refused_when_saving(record):
    for name, value in [
        ("W1", record.params["W1"].T),
        ("W1", record.params["W1"].astype("float64")),
        ("b1", np.full(4, np.inf, "float32")),
        ("W7", np.zeros((2, 2), "float32")),
    ]:
        broken = dataclasses.replace(record, params={**record.params, name: value})
        with pytest.raises(ModelFileError):
            to_bytes(broken)
    with pytest.raises(ModelFileError, match="lacks the array"):
        to_bytes(dataclasses.replace(record, params={"W1": record.params["W1"]}))


def test_nonfinite_parameters_on_request(record):
    record.params["b1"][0] = np.nan
    data = to_bytes(record, allow_nonfinite=True)
    with pytest.raises(ModelFileError, match="NaN"):
        from_bytes(data)
    assert np.isnan(from_bytes(data, allow_nonfinite=True).params["b1"][0])


@pytest.mark.parametrize("seed", [0, 2**53 - 1, 2**53, 2**64 - 1])
def test_seeds_of_64_bits(record, seed):
    record.training = TrainingSpec(seed=seed)
    assert from_bytes(to_bytes(record)).training.seed == seed


def test_reading_opens_one_file_and_imports_nothing(tmp_path, record):
    path = tmp_path / "m.safetensors"
    save_model(path, record)
    read_model(path)
    watched = {"open", "import", "exec", "compile", "pickle.find_class", "socket.connect"}
    seen = []
    active = True

    def hook(event, args):
        if active and event in watched:
            seen.append((event, args[0]))

    sys.addaudithook(hook)
    read_model(path)
    active = False
    # Python's open and the os.open below it each report once.
    assert {event for event, _ in seen} == {"open"}
    assert {os.fspath(name) for _, name in seen} == {os.fspath(path)}


def test_the_sources_name_nothing_that_runs_code():
    import ast
    from pathlib import Path

    import chainrule.files

    banned = {"eval", "exec", "pickle", "__import__", "import_module", "marshal", "socket"}
    for source in Path(chainrule.files.__file__).parent.glob("*.py"):
        names = {
            getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
            for node in ast.walk(ast.parse(source.read_text()))
        } - {None}
        assert not names & banned, source.name
