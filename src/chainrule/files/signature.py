"""Signatures of model files: a second file beside the model proves whose it is.

`m.safetensors.sig` holds an Ed25519 signature (RFC 8032) of all the model's bytes. It is checked
before anything in them is read, so that a file of somebody else never reaches the parser. Keys are
files as OpenSSH or OpenSSL write them.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from chainrule.errors import ModelFileError, SpecError
from chainrule.files.write import write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

ENDING = ".sig"

_HEAD = b"chainrule signature 1\n"
# Signed with the bytes, so that the signature of anything else that the key signs is none of ours.
_CONTEXT = b"chainrule model file, signature 1\0"
_LENGTH = 64
_LONGEST = 1 << 16  # bytes of a key or a signature
_TO_MAKE = "Make one with: ssh-keygen -t ed25519 -f KEY"


def sign(
    path: str | os.PathLike[str],
    data: bytes,
    key: str | os.PathLike[str],
    ask: Callable[[], str] | None = None,
) -> str:
    """Write the signature of a model file's bytes beside it.

    Parameters
    ----------
    path : path
        Of the model.
    data : bytes
        All of its bytes.
    key : path
        A file with an Ed25519 private key.
    ask : callable, optional
        Asked for the passphrase of a key that has one.

    Returns
    -------
    str
        The path of the signature.

    Raises
    ------
    SpecError
        For what is no such key, or without the package `cryptography`.
    ModelFileError
        Where the signature cannot be written.
    """
    signature = base64.b64encode(_private_key(key, ask).sign(_CONTEXT + data))
    beside = os.fspath(path) + ENDING
    write_atomically(beside, _HEAD + signature + b"\n")
    return beside


def check_signature(path: str | os.PathLike[str], data: bytes, key: str | os.PathLike[str]) -> None:
    """Raise `ModelFileError` unless the owner of a public key has signed these bytes of a file.

    Parameters
    ----------
    path : path
        Of the model, beside which the signature lies.
    data : bytes
        What was read from it.
    key : path
        A file with an Ed25519 public key.

    Raises
    ------
    ModelFileError
        Where there is no signature, or one of other bytes or of another key.
    SpecError
        For what is no such key, or without the package `cryptography`.
    """
    public = _public_key(key)
    from cryptography.exceptions import InvalidSignature

    beside = os.fspath(path) + ENDING
    if not os.path.exists(beside):
        raise ModelFileError(
            f"'{os.fspath(path)}' is not signed: there is no '{beside}'.",
            "Ask who made the model for both files.",
        )
    found = _bytes_of(beside, "signature", ModelFileError)
    encoded = found.removeprefix(_HEAD).strip()
    try:
        signature = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        signature = b""
    if not found.startswith(_HEAD) or len(signature) != _LENGTH:
        raise ModelFileError(f"'{beside}' is no signature of chainrule.")
    try:
        public.verify(signature, _CONTEXT + data)
    except InvalidSignature:
        raise ModelFileError(
            f"'{os.fspath(path)}' was not signed with '{os.fspath(key)}', or was changed since.",
            "Do not use it.",
        ) from None


def _private_key(path: str | os.PathLike[str], ask: Callable[[], str] | None) -> Ed25519PrivateKey:
    data = _bytes_of(path, "key", SpecError)
    _needed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_ssh_private_key,
    )

    is_ssh = b"BEGIN OPENSSH PRIVATE KEY" in data[:100]
    read = load_ssh_private_key if is_ssh else load_pem_private_key
    try:
        try:
            key = read(data, None)
        except TypeError:  # what the package raises where a passphrase is needed
            if ask is None:
                raise
            key = read(data, ask().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if _is_public(data):
            raise SpecError(
                f"'{os.fspath(path)}' is a public key; signing needs the private one.",
                "Give the file without .pub.",
            ) from None
        raise SpecError(
            f"'{os.fspath(path)}' holds no private key, or its passphrase is another.", _TO_MAKE
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SpecError(f"'{os.fspath(path)}' is not an Ed25519 key.", _TO_MAKE)
    return key


def _public_key(path: str | os.PathLike[str]) -> Ed25519PublicKey:
    data = _bytes_of(path, "key", SpecError)
    _needed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import (
        load_pem_public_key,
        load_ssh_public_key,
    )

    read = load_ssh_public_key if data.startswith(b"ssh-") else load_pem_public_key
    try:
        key = read(data)
    except (ValueError, UnsupportedAlgorithm):
        hint = "Give the file that ends in .pub." if b"PRIVATE KEY" in data[:100] else _TO_MAKE
        raise SpecError(f"'{os.fspath(path)}' holds no public key.", hint) from None
    if not isinstance(key, Ed25519PublicKey):
        raise SpecError(f"'{os.fspath(path)}' is not an Ed25519 key.", _TO_MAKE)
    return key


def _is_public(data: bytes) -> bool:
    return data.startswith(b"ssh-") or b"BEGIN PUBLIC KEY" in data[:100]


def _bytes_of(
    path: str | os.PathLike[str], noun: str, kind: type[SpecError] | type[ModelFileError]
) -> bytes:
    """A small regular file."""
    shown = os.fspath(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise kind(f"cannot open the {noun} '{shown}': it is not a regular file.")
        with open(path, "rb") as file:
            data = file.read(_LONGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise kind(f"cannot open the {noun} '{shown}': {reason.lower()}.") from error
    if len(data) > _LONGEST:
        raise kind(f"'{shown}' is too long to be a {noun}.")
    return data


def _needed() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise SpecError(
            "signatures need the package cryptography.",
            'Install it with: pip install "chainrule[sign]"',
        ) from error
