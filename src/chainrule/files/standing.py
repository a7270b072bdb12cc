"""The standings of trainings as the bytes of a checkpoint, and back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.engine import Fingerprint, Standing
from chainrule.errors import ChainruleError, ModelFileError
from chainrule.files import container
from chainrule.files.canonical import canonical, parse_canonical
from chainrule.spec import OPTIMIZERS, History, NetworkSpec, TrainingState

KIND = "checkpoint"
FORMAT = 1
_SERIES = ("loss", "penalty", "validation_loss", "validation_metric")
_COUNTERS = ("n_steps", "epoch", "beta1_power", "beta2_power")
_PLAIN = ("n_epochs", "rate_factor", "n_lowered", "stop_reason", "notes")
_SETTINGS = "settings"


@dataclass(frozen=True)
class Kept:
    """One training: what it is made of, and where it stands."""

    fingerprint: Fingerprint
    standing: Standing


def pack(command: tuple[str, ...], plan: dict[str, Any], kept: dict[str, Kept]) -> bytes:
    """The bytes of a checkpoint; `ModelFileError` where a value is not JSON within the limits."""
    slots, tensors = [], {}
    for number, (name, one) in enumerate(sorted(kept.items())):
        arrays = _arrays(one)
        tensors.update({f"t{number}.{label}": array for label, array in arrays.items()})
        slots.append({"name": name, **_form(one), "arrays": {k: len(v) for k, v in arrays.items()}})
    description = {
        "kind": KIND,
        "format": FORMAT,
        "command": list(command),
        "plan": plan,
        "trainings": slots,
    }
    signed = {**description, "sha256": _digest(canonical(description), tensors)}
    return container.pack(canonical(signed).decode(), tensors)


def unpack(
    data: bytes, command: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, Any], dict[str, Kept]]:
    """(command, plan, trainings by name); `ModelFileError` for other bytes."""
    length = container.header_length(data[:8], len(data))
    text, entries = container.read_header(data[8 : 8 + length])
    form = parse_canonical(text.encode("utf-8", "surrogatepass"), "checkpoint's description")
    if not isinstance(form, dict) or form.get("kind") != KIND:
        raise ModelFileError("the file is a model, and no checkpoint.")
    if form.get("format") != FORMAT:
        raise ModelFileError(
            f"the checkpoint has format {str(form.get('format'))[:20]}, and this version reads "
            f"{FORMAT}; use the version that wrote it."
        )
    sha256 = form.pop("sha256", None)
    try:
        layout = _layout(form)
        container.check_layout(layout)
        container.compare(entries, layout, len(data) - 8 - length)
        tensors = container.unpack(data)
        if sha256 != _digest(canonical(form), tensors):
            raise ModelFileError("the file is damaged: its contents do not match its checksum.")
        kept = {
            slot["name"]: _kept(slot, number, tensors)
            for number, slot in enumerate(form["trainings"])
        }
        told = tuple(str(part) for part in form["command"])
        return told or command, dict(form["plan"]), kept
    except ModelFileError:
        raise
    except (ChainruleError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"the checkpoint's description cannot be ({type(error).__name__})."
        ) from error


def _form(one: Kept) -> dict[str, Any]:
    standing, fingerprint = one.standing, one.fingerprint
    history = standing.history
    return {
        "data": fingerprint.data,
        "start": fingerprint.start,
        _SETTINGS: fingerprint.settings,
        "optimizer": standing.state.optimizer,
        "best_epoch": history.best_epoch,
        "history_steps": history.n_steps,
        "seconds": history.seconds,
        "outputs": list(np.shape(standing.outputs)),
        **{name: getattr(standing.state, name) for name in _COUNTERS},
        **{name: getattr(standing, name) for name in _PLAIN},
    }


def _arrays(one: Kept) -> dict[str, np.ndarray]:
    standing, spec = one.standing, NetworkSpec.from_json(one.fingerprint.settings["network"])
    flat = {"last": _flat(spec, standing.params)}
    if standing.best is not None:
        flat["best"] = _flat(spec, standing.best)
    for moment in OPTIMIZERS[standing.state.optimizer].moments:
        if any(name.startswith(f"{moment}.") for name in standing.state.moments):
            flat[moment] = _flat(spec, standing.state.moments, f"{moment}.")
    if standing.outputs:
        flat["outputs"] = np.concatenate([entry.reshape(-1) for entry in standing.outputs])
    for name in _SERIES:
        flat[name] = np.array(getattr(standing.history, name), np.float64)
    return flat


def _kept(slot: dict[str, Any], number: int, tensors: dict[str, np.ndarray]) -> Kept:
    spec = NetworkSpec.from_json(slot[_SETTINGS]["network"])
    flat = {label: tensors[f"t{number}.{label}"] for label in slot["arrays"]}
    moments = {
        f"{moment}.{name}": array
        for moment in OPTIMIZERS[slot["optimizer"]].moments
        if moment in flat
        for name, array in _named(spec, flat[moment]).items()
    }
    counters = {name: slot[name] for name in _COUNTERS}
    history = History(
        **{name: flat[name].tolist() for name in _SERIES},
        best_epoch=slot["best_epoch"],
        n_steps=slot["history_steps"],
        seconds=slot["seconds"],
    )
    standing = Standing(
        params=_named(spec, flat["last"]),
        state=TrainingState(slot["optimizer"], moments=moments, **counters),
        history=history,
        best=_named(spec, flat["best"]) if "best" in flat else None,
        outputs=list(flat["outputs"].reshape(slot["outputs"])) if "outputs" in flat else [],
        **{name: slot[name] for name in _PLAIN},
    )
    return Kept(Fingerprint(slot["data"], slot["start"], slot[_SETTINGS]), standing)


def _layout(form: dict[str, Any]) -> container.Layout:
    """The tensors that a description implies; their lengths are those of the network."""
    layout: container.Layout = {}
    for number, slot in enumerate(form["trainings"]):
        spec = NetworkSpec.from_json(slot[_SETTINGS]["network"])
        dtype = {"float32": "F32", "float64": "F64"}[slot[_SETTINGS]["dtype"]]
        for label, length in slot["arrays"].items():
            if label in _SERIES:
                layout[f"t{number}.{label}"] = ("F64", (length,))
            elif label == "outputs":
                layout[f"t{number}.{label}"] = (dtype, (length,))
            elif label in ("last", "best", *OPTIMIZERS[slot["optimizer"]].moments):
                layout[f"t{number}.{label}"] = (dtype, (spec.n_parameters,))
            else:
                raise ModelFileError(f"the checkpoint names an unknown array {label[:32]!r}.")
    return layout


def _flat(spec: NetworkSpec, arrays: dict[str, np.ndarray], prefix: str = "") -> np.ndarray:
    return np.concatenate([arrays[f"{prefix}{name}"].reshape(-1) for name in spec.parameters])


def _named(spec: NetworkSpec, flat: np.ndarray) -> dict[str, np.ndarray]:
    found, start = {}, 0
    for name, parameter in spec.parameters.items():
        size = int(np.prod(parameter.shape))
        found[name] = flat[start : start + size].reshape(parameter.shape)
        start += size
    return found


def _digest(text: bytes, tensors: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text)
    for _, array in sorted(tensors.items()):
        digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    return digest.hexdigest()
