"""A model as a record, and the record as one file.

The file is opened once, as a regular file; its header and the JSON in it are validated before
anything else is read; nothing in it is ever imported, evaluated, unpickled or opened.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

from chainrule._version import __version__
from chainrule.errors import ModelFileError
from chainrule.files import container, form, upgrade
from chainrule.files.canonical import canonical, check_extent, parse_canonical
from chainrule.files.form import KINDS
from chainrule.files.record import ModelRecord, Trained
from chainrule.files.signature import check_signature
from chainrule.files.write import write_atomically
from chainrule.spec import OPTIMIZERS, TrainingState

__all__ = [
    "KINDS",
    "ModelRecord",
    "from_bytes",
    "read_info",
    "read_model",
    "save_model",
    "to_bytes",
]

_BLOCK = 1 << 20  # numbers looked at together, so that checking needs little memory


def to_bytes(record: ModelRecord, *, allow_nonfinite: bool = False) -> bytes:
    """The bytes of a model's file. Equal records give equal bytes.

    Raises
    ------
    ModelFileError
        When a parameter has another name, shape or number type than the spec implies, is not finite
        (unless `allow_nonfinite`), or a value of `extra` is not JSON within the limits.
    """
    dtype = _parameter_dtype(record)
    description: dict[str, Any] = {
        "format": form.FORMAT,
        "min_reader": form.FORMAT,
        "kind": record.kind,
        "dtype": dtype,
        "network": record.spec.to_json(),
        "training": form.training_form(record.training),
        "history": form.history_form(record.history),
        "state": form.state_form(record.state),
        "extra": record.extra,
        "versions": record.versions or {"chainrule": __version__},
        **record.optional,
    }
    if record.others:
        description["others"] = [form.history_form(history) for _, history in record.others]
    form.check_form(description)
    _, lengths = form.read_histories(description)
    expected = form.layout(record.spec, dtype, lengths, form.check_state(description["state"]))
    container.check_layout(expected)
    tensors = _tensors(record, expected)
    if not allow_nonfinite:
        _check_finite(tensors)
    text = canonical(description)
    check_extent(text, "model's description")
    signed = canonical({**description, "sha256": _digest(text, tensors)})
    return container.pack(signed.decode("utf-8"), tensors)


def from_bytes(data: bytes, *, allow_nonfinite: bool = False) -> ModelRecord:
    """The record of a file's bytes; `ModelFileError` for any other bytes."""
    return _read_head_of(data)[0].finish(data, allow_nonfinite)


def save_model(
    path: str | os.PathLike[str], record: ModelRecord, *, allow_nonfinite: bool = False
) -> None:
    """Write the record to `path`, atomically and durably; `ModelFileError` where that fails."""
    write_atomically(path, to_bytes(record, allow_nonfinite=allow_nonfinite))


def read_model(
    path: str | os.PathLike[str],
    *,
    allow_nonfinite: bool = False,
    require_signature: str | os.PathLike[str] | None = None,
) -> ModelRecord:
    """Read and check a model file.

    Parameters
    ----------
    require_signature : path, optional
        Of a public key, whose owner must have signed the file; see `files.signature`.

    Returns
    -------
    ModelRecord
        Equal to the one saved, bit for bit.

    Raises
    ------
    ModelFileError
        When the file cannot be opened, is not signed as it must be, is not a chainrule model, is
        damaged, or is newer than this version can read.
    SpecError
        Where `require_signature` names no public key.
    """
    if require_signature is not None:
        return from_bytes(read_signed(path, require_signature), allow_nonfinite=allow_nonfinite)
    try:
        with _open_regular(path) as file:
            head, first = _read_head(file)
            data = first + file.read(head.data_size)
    except OSError as error:
        raise _unreadable(path, error) from error
    return head.finish(data, allow_nonfinite)


def read_signed(path: str | os.PathLike[str], key: str | os.PathLike[str]) -> bytes:
    """All bytes of a file that the owner of a public key has signed; nothing in them is read.

    Raises `ModelFileError` for another file, and `SpecError` for what is no such key.
    """
    data = read_bytes(path)
    check_signature(path, data, key)
    return data


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """All bytes of a regular file; `ModelFileError` where it cannot be opened."""
    try:
        with _open_regular(path) as file:
            return file.read()
    except OSError as error:
        raise _unreadable(path, error) from error


def read_info(
    path: str | os.PathLike[str], *, require_signature: str | os.PathLike[str] | None = None
) -> dict[str, Any]:
    """The whole description of a model file, without building the model.

    Parameters
    ----------
    require_signature : path, optional
        As for `read_model`.

    Returns
    -------
    dict
        The JSON in the file (format, kind, network, training, history, extra, versions, sha256),
        network and training in today's words, plus `tensors` (name -> number type and shape),
        `n_parameters` and `bytes`.

    Raises
    ------
    ModelFileError
        As `read_model`, except that the tensors are not looked at.
    """
    try:
        if require_signature is not None:
            head, first = _read_head_of(read_signed(path, require_signature))
        else:
            with _open_regular(path) as file:
                head, first = _read_head(file)
    except OSError as error:
        raise _unreadable(path, error) from error
    return {
        **head.description,
        "network": head.spec.to_json(),
        "training": form.training_form(head.training),
        "sha256": head.sha256,
        "tensors": {
            name: {"dtype": dtype, "shape": list(shape)}
            for name, (dtype, shape) in head.layout.items()
        },
        "n_parameters": head.spec.n_parameters * len(head.histories),
        "bytes": len(first) + head.data_size,
    }


class _Head:
    """A validated header: everything about the file except its tensors."""

    def __init__(self, header: bytes, data_size: int) -> None:
        text, entries = container.read_header(header)
        description = parse_canonical(text.encode("utf-8", "surrogatepass"), "model's description")
        self.sha256 = description.pop("sha256", None) if isinstance(description, dict) else None
        form.check_form(description)
        self.description: dict[str, Any] = description
        self.data_size = data_size
        version = description["format"]
        # What a parameter is called in the file.
        self.in_file: Callable[[str], str] = upgrade.old_name if version < form.FORMAT else str
        self.spec = form.read_network(description["network"], version)
        self.training = form.read_training(description["training"], version)
        self.histories, lengths = form.read_histories(description)
        self.state = form.check_state(description["state"])
        self.layout = form.layout(
            self.spec, description["dtype"], lengths, self.state, self.in_file
        )
        container.check_layout(self.layout)
        container.compare(entries, self.layout, data_size)

    def finish(self, data: bytes, allow_nonfinite: bool) -> ModelRecord:
        """The record, from the whole file's bytes."""
        tensors = container.unpack(data)
        if self.sha256 != _digest(canonical(self.description), tensors):
            raise ModelFileError("the file is damaged: its contents do not match its checksum.")
        if not allow_nonfinite:
            _check_finite(tensors)
        networks: list[Trained] = []
        for number, history in enumerate(self.histories):
            mark = form.prefix(number, len(self.histories))
            if history is not None:
                for name in form.SERIES:
                    series = tensors.pop(f"{mark}history.{name}", np.empty(0))
                    setattr(history, name, series.tolist())
            params = {
                name: tensors.pop(f"{mark}{self.in_file(name)}") for name in self.spec.parameters
            }
            networks.append((params, history))
        form_ = self.description
        return ModelRecord(
            kind=form_["kind"],
            spec=self.spec,
            training=self.training,
            params=networks[0][0],
            history=networks[0][1],
            others=networks[1:],
            state=self._state(tensors),
            extra=form_["extra"],
            optional={key: value for key, value in form_.items() if key.startswith("x-")},
            versions=form_["versions"],
        )

    def _state(self, tensors: dict[str, np.ndarray]) -> TrainingState | None:
        if not self.state:
            return None
        moments = {
            f"{moment}.{name}": tensors[f"opt.{moment}.{self.in_file(name)}"]
            for moment in OPTIMIZERS[self.state["optimizer"]].moments
            for name in self.spec.parameters
        }
        return TrainingState(**self.state, moments=moments)


def _read_head(file: BinaryIO) -> tuple[_Head, bytes]:
    size = os.fstat(file.fileno()).st_size
    first = file.read(8)
    length = container.header_length(first, size)
    header = file.read(length)
    return _Head(header, size - 8 - length), first + header


def _read_head_of(data: bytes) -> tuple[_Head, bytes]:
    length = container.header_length(data[:8], len(data))
    return _Head(data[8 : 8 + length], len(data) - 8 - length), data[: 8 + length]


def _open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    if not isinstance(path, str | os.PathLike):  # a number would be an open file of the process
        raise ModelFileError(f"a model is loaded from a path, found {path!r}.")
    # Not blocking: opening a named pipe would wait for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = open(path, "rb", opener=lambda name, _: os.open(name, flags))  # noqa: SIM115
    except ValueError as error:  # a NUL in the path
        raise ModelFileError(f"cannot open {str(path)!r}: {error}.") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ModelFileError(f"cannot open '{path}': it is not a regular file.")
    return file


def _unreadable(path: str | os.PathLike[str], error: OSError) -> ModelFileError:
    reason = error.strerror or type(error).__name__
    return ModelFileError(f"cannot open '{path}': {reason[:1].lower()}{reason[1:]}.")


def _parameter_dtype(record: ModelRecord) -> str:
    names = {str(array.dtype) for params, _ in record.networks for array in params.values()}
    if len(names) != 1 or not names <= set(form.PARAMETER_DTYPES):
        found = ", ".join(sorted(names)) or "none"
        raise ModelFileError(f"parameters must be all float32 or all float64, found {found}.")
    return names.pop()


def _tensors(record: ModelRecord, expected: container.Layout) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for number, (params, history) in enumerate(record.networks):
        mark = form.prefix(number, len(record.networks))
        found.update({f"{mark}{name}": array for name, array in params.items()})
        for name in form.SERIES if history is not None else ():
            if series := getattr(history, name):
                found[f"{mark}history.{name}"] = np.asarray(series, np.float64)
    if record.state is not None:
        if not record.state.moments:  # a state before its first step: the moments are zero
            opt = (name for name in expected if name.startswith("opt."))
            found.update({name: _zeros(*expected[name]) for name in opt})
        found.update({f"opt.{name}": array for name, array in record.state.moments.items()})
    for name in found:
        if name not in expected:
            raise ModelFileError(f"the model has an array '{name}' that its description lacks.")
    tensors = {}
    for name, (dtype, shape) in sorted(expected.items()):
        if name not in found:
            raise ModelFileError(f"the model lacks the array '{name}'.")
        array = found[name]
        if array.shape != shape or array.dtype != np.dtype(container.DTYPES[dtype]):
            raise ModelFileError(
                f"'{name}' is {array.dtype} of shape {array.shape}; "
                f"its description implies {dtype} of {shape}."
            )
        tensors[name] = np.ascontiguousarray(array)
    return tensors


def _zeros(dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.zeros(shape, container.DTYPES[dtype])


def _check_finite(tensors: dict[str, np.ndarray]) -> None:
    for name, array in tensors.items():
        flat = array.reshape(-1)
        blocks = (flat[start : start + _BLOCK] for start in range(0, flat.size, _BLOCK))
        if "history." not in name and not all(np.isfinite(b).all() for b in blocks):
            raise ModelFileError(f"'{name}' holds NaN or infinity, so the model is of no use.")


def _digest(text: bytes, tensors: dict[str, np.ndarray]) -> str:
    """sha256 over (description without its hash, tensors in the order of their names)."""
    digest = hashlib.sha256(text)
    for _, array in sorted(tensors.items()):
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
