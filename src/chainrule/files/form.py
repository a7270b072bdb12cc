"""A model's description as JSON, the tensors that it implies, and back.

The description names nothing that could be imported and no path; every kind comes from a closed
table, and a key that is not listed here is refused, except optional keys that start with "x-".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from chainrule.errors import ModelFileError, SpecError
from chainrule.files import upgrade
from chainrule.files.canonical import MAX_INTEGER, canonical
from chainrule.files.container import MAX_TENSORS, Layout
from chainrule.files.entries import check_text, refuse
from chainrule.spec import OPTIMIZERS, History, NetworkSpec, TrainingSpec, TrainingState

FORMAT = 3  # what is written, and the largest `min_reader` that is read
ENSEMBLE = 2  # always held several networks; format 1 held one, and 3 may hold either

KINDS = ("network", "tabular_classifier", "tabular_regressor", "mlp_classifier", "mlp_regressor")
# NumPy's name of the parameters' number type -> safetensors'
PARAMETER_DTYPES = {"float32": "F32", "float64": "F64"}
# The series of a History that are stored as float64 tensors "history.NAME".
SERIES = ("loss", "validation_loss", "validation_metric", "penalty")
# Its single values. `seconds` is left out: the same run gives the same bytes.
_SCALARS: dict[str, tuple[type, ...]] = {
    "best_epoch": (int, type(None)),
    "n_steps": (int,),
    "stop_reason": (str,),
    "interrupted": (bool,),
}
MAX_OPTIONAL = 64  # entries "x-..."
_REQUIRED = frozenset(
    {"format", "min_reader", "kind", "dtype", "network", "training", "history", "state", "extra",
     "versions"}
)  # fmt: skip
_STATE = frozenset({"optimizer", "n_steps", "epoch", "beta1_power", "beta2_power"})
_Spec = TypeVar("_Spec", NetworkSpec, TrainingSpec)


def training_form(training: TrainingSpec | None) -> dict[str, Any] | None:
    """JSON form whose 64-bit seed is a string of digits where a JSON integer would be too large."""
    if training is None:
        return None
    form = training.to_json()
    if form["seed"] >= MAX_INTEGER:
        form["seed"] = str(form["seed"])
    return form


def history_form(history: History | None) -> dict[str, Any] | None:
    """The single values, and the length of each series that has entries."""
    if history is None:
        return None
    form: dict[str, Any] = {name: getattr(history, name) for name in _SCALARS}
    series = {name: getattr(history, name) for name in SERIES}
    form["lengths"] = {name: len(values) for name, values in series.items() if values}
    return form


def state_form(state: TrainingState | None) -> dict[str, Any] | None:
    """The optimizer state's single values."""
    if state is None:
        return None
    return {
        "optimizer": state.optimizer,
        "n_steps": int(state.n_steps),
        "epoch": int(state.epoch),
        "beta1_power": float(state.beta1_power),
        "beta2_power": float(state.beta2_power),
    }


def check_form(form: Any) -> None:
    """Raise unless this is a description that this version reads; `network` etc. come later."""
    if not isinstance(form, dict):
        raise ModelFileError("the model's description is not a JSON object.")
    reader = form.get("min_reader")
    if type(reader) is not int or type(form.get("format")) is not int:
        raise ModelFileError("the model's description lacks its format numbers.")
    if reader > FORMAT:
        versions = form.get("versions")
        writer = versions.get("chainrule") if isinstance(versions, dict) else None
        raise ModelFileError(
            f"the file was written by chainrule {str(writer)[:32]} in a newer format "
            f"({reader}, this version reads up to {FORMAT}); upgrade chainrule to open it."
        )
    required = _REQUIRED | {"others"} if reader == ENSEMBLE else _REQUIRED
    allowed = _REQUIRED | {"others"} if reader >= ENSEMBLE else _REQUIRED
    missing = sorted(required - set(form))
    if missing:
        raise ModelFileError(f"the model's description lacks '{missing[0]}'.")
    for key in sorted(set(form) - allowed):
        if not key.startswith("x-"):
            raise ModelFileError(f"the model's description has an unknown entry {key[:64]!r}.")
    if len(form) - len(allowed) > MAX_OPTIONAL:
        raise ModelFileError(
            f"the model's description has {len(form) - len(allowed)} optional entries; at most "
            f"{MAX_OPTIONAL} are read."
        )
    if not isinstance(form["kind"], str) or form["kind"] not in KINDS:
        raise ModelFileError(f"unknown kind of model {str(form['kind'])[:32]!r}.")
    if not _is_one_of(form["dtype"], PARAMETER_DTYPES):
        raise ModelFileError(f"unknown number type {str(form['dtype'])[:32]!r} of the parameters.")
    if not isinstance(form["extra"], dict):
        refuse("extra", "an object", form["extra"])
    versions = form["versions"]
    if not isinstance(versions, dict) or len(versions) > MAX_OPTIONAL:
        refuse("versions", f"an object of at most {MAX_OPTIONAL} entries", versions)
    for name, version in versions.items():
        check_text(name, "versions")
        check_text(version, f"versions.{name}")


def read_network(form: Any, version: int = FORMAT) -> NetworkSpec:
    """The network's spec; its JSON form must be the one that it writes."""
    if version < FORMAT:
        form = upgrade.network_form(form)
    return _exactly("network", form, NetworkSpec.from_json, lambda spec: spec.to_json())


def read_training(form: Any, version: int = FORMAT) -> TrainingSpec | None:
    """The training spec, or None for a model that has none."""
    if form is None:
        return None
    if version < FORMAT:
        form = upgrade.training_form(form)
    plain = dict(form) if isinstance(form, dict) else {}
    for name in ("learning_rate_factors", "weight_decay_factors"):
        factors = plain.get(name)
        if isinstance(factors, dict) and len(factors) > MAX_TENSORS:
            refuse(f"training.{name}", f"an object of at most {MAX_TENSORS} entries", factors)
    seed = plain.get("seed")
    if isinstance(seed, str) and seed.isascii() and seed.isdigit() and len(seed) <= 20:
        plain["seed"] = int(seed)
    return _exactly("training", form, lambda _: TrainingSpec.from_json(plain), training_form)


def _exactly(
    what: str,
    form: Any,
    make: Callable[[Any], _Spec],
    back: Callable[[_Spec], dict[str, Any] | None],
) -> _Spec:
    if not isinstance(form, dict):
        raise ModelFileError(f"'{what}' of the model's description is not an object.")
    try:
        spec = make(form)
    except SpecError as error:
        raise ModelFileError(f"the file describes no possible model: {error.message}") from error
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise ModelFileError(f"'{what}' of the model's description is malformed.") from error
    if canonical(back(spec)) != canonical(form):
        raise ModelFileError(f"'{what}' of the model's description is not in its own form.")
    return spec


def read_histories(form: Mapping[str, Any]) -> tuple[list[History | None], list[dict[str, int]]]:
    """(each network's history without its series, the lengths of its series).

    Raises `ModelFileError` for a malformed history or list of networks.
    """
    others = form.get("others", [])
    if isinstance(others, list) and len(others) >= MAX_TENSORS:
        raise ModelFileError(f"the model has more than {MAX_TENSORS} networks.")
    if not isinstance(others, list) or ("others" in form and not others):
        raise ModelFileError("'others' of the model's description must list further networks.")
    if others and form["state"] is not None:
        raise ModelFileError("a model of several networks has no 'state'.")
    histories, lengths = zip(*map(read_history, [form["history"], *others]), strict=True)
    return list(histories), list(lengths)


def read_history(form: Any) -> tuple[History | None, dict[str, int]]:
    """(history without its series, length of each series); `ModelFileError` if malformed."""
    if form is None:
        return None, {}
    if not isinstance(form, dict) or set(form) != {*_SCALARS, "lengths"}:
        raise ModelFileError("'history' of the model's description is malformed.")
    for name, kinds in _SCALARS.items():
        if type(form[name]) not in kinds:
            raise ModelFileError(f"'{name}' of the history is malformed.")
    lengths = form["lengths"]
    if not isinstance(lengths, dict) or not set(lengths) <= set(SERIES):
        raise ModelFileError("'lengths' of the history is malformed.")
    if not all(type(n) is int and n > 0 for n in lengths.values()):
        raise ModelFileError("'lengths' of the history must be whole numbers above 0.")
    best = form["best_epoch"]
    if best is not None and not 0 <= best < lengths.get("loss", 0):
        raise ModelFileError("'best_epoch' of the history is not one of its epochs.")
    if best is not None and best >= lengths.get("validation_loss", 0):
        raise ModelFileError("'best_epoch' of the history has no validation loss.")
    check_text(form["stop_reason"], "history.stop_reason")
    known = {field.name for field in fields(History)}
    return History(**{name: form[name] for name in _SCALARS if name in known}), lengths


def check_state(form: Any) -> Mapping[str, Any] | None:
    """The optimizer state's single values: its name, its counters and Adam's two powers.

    Raises `ModelFileError` where one is malformed.
    """
    if form is None:
        return None
    if not isinstance(form, dict) or set(form) != _STATE:
        raise ModelFileError("'state' of the model's description is malformed.")
    if not _is_one_of(form["optimizer"], OPTIMIZERS):
        raise ModelFileError(f"unknown optimizer {str(form['optimizer'])[:32]!r} in the file.")
    for name in ("n_steps", "epoch"):
        if type(form[name]) is not int or form[name] < 0:
            raise ModelFileError(f"'{name}' of the optimizer's state is malformed.")
    for name in ("beta1_power", "beta2_power"):
        if type(form[name]) is not float or not 0.0 <= form[name] <= 1.0:
            raise ModelFileError(f"'{name}' of the optimizer's state is malformed.")
    return form


def layout(
    spec: NetworkSpec,
    dtype: str,
    lengths: Sequence[Mapping[str, int]],
    state: Mapping[str, Any] | None,
    in_file: Callable[[str], str] = str,
) -> Layout:
    """Name -> (number type, shape) of every tensor that a description implies; `in_file` gives a
    parameter's name there. `ModelFileError` for more tensors than a file may hold.

    Parameters: W1, b1, ...; optimizer arrays: "opt.first_moment.W1"; series: "history.loss"; of
    several networks "m0.W1", "m0.history.loss", "m1.W1", ...
    """
    kind = PARAMETER_DTYPES[dtype]
    shapes = {in_file(name): shape for name, shape in spec.parameter_shapes.items()}
    if (count := len(shapes) * len(lengths)) > MAX_TENSORS:  # before they are listed one by one
        raise ModelFileError(
            f"the model has {count} tensors; a model file holds at most {MAX_TENSORS}."
        )
    out: Layout = {}
    for number, series in enumerate(lengths):
        mark = prefix(number, len(lengths))
        out.update({f"{mark}{name}": (kind, shape) for name, shape in shapes.items()})
        out.update({f"{mark}history.{name}": ("F64", (n,)) for name, n in series.items()})
    for moment in OPTIMIZERS[state["optimizer"]].moments if state else ():
        out.update({f"opt.{moment}.{name}": (kind, shape) for name, shape in shapes.items()})
    return out


def prefix(number: int, count: int) -> str:
    """What stands before the arrays of one of `count` networks: nothing if it is alone."""
    return f"m{number}." if count > 1 else ""


def _is_one_of(value: Any, names: Mapping[str, Any]) -> bool:
    """Whether it is text, and one of the names."""
    return isinstance(value, str) and value in names
