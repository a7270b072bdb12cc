"""A signature proves whose a model file is, before anything in the file is read."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import chainrule
from chainrule import Network
from chainrule.errors import ModelFileError, SpecError
from chainrule.files import read_info, read_model, signature

pytest.importorskip("cryptography", reason="needs cryptography")
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

PEM, SSH = serialization.Encoding.PEM, serialization.Encoding.OpenSSH
PKCS8, OPENSSH = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.OpenSSH
OPEN = serialization.NoEncryption()
# RFC 8032, section 7.1, test 3.
SECRET = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model, two pairs of keys and a signature by the first."""
    monkeypatch.chdir(tmp_path)
    Network([2, 3, 1]).save("m.safetensors")
    for name, key in (
        ("mine", ed25519.Ed25519PrivateKey.from_private_bytes(SECRET)),
        ("other", ed25519.Ed25519PrivateKey.generate()),
    ):
        public = key.public_key()
        Path(name).write_bytes(key.private_bytes(PEM, OPENSSH, OPEN))
        Path(f"{name}.pub").write_bytes(
            public.public_bytes(SSH, serialization.PublicFormat.OpenSSH) + b" me@here\n"
        )
        Path(f"{name}.pem").write_bytes(key.private_bytes(PEM, PKCS8, OPEN))
        Path(f"{name}.pub.pem").write_bytes(
            public.public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
    signature.sign("m.safetensors", Path("m.safetensors").read_bytes(), "mine")
    return tmp_path


@pytest.mark.parametrize("key", ["mine.pub", "mine.pub.pem"])
@pytest.mark.parametrize("read", [read_model, read_info, chainrule.load])
def test_a_signed_model_is_read(signed: Path, read: Callable[..., object], key: str) -> None:
    read("m.safetensors", require_signature=key)
    read(signed / "m.safetensors", require_signature=signed / key)
    read("m.safetensors")


def test_the_signature_is_that_of_the_standard(signed: Path) -> None:
    """Independent of how the keys were written: the raw public key verifies it."""
    text = Path("m.safetensors.sig").read_text().splitlines()
    assert text[0] == "chainrule signature 1" and len(text) == 2
    data = b"chainrule model file, signature 1\0" + Path("m.safetensors").read_bytes()
    public = ed25519.Ed25519PublicKey.from_public_bytes(PUBLIC)
    public.verify(base64.b64decode(text[1]), data)
    again = signature.sign("m.safetensors", Path("m.safetensors").read_bytes(), "mine.pem")
    assert again == "m.safetensors.sig" and Path(again).read_text().splitlines() == text


def test_what_another_has_made_or_changed_is_refused(signed: Path) -> None:
    path = Path("m.safetensors")
    data, found = path.read_bytes(), Path("m.safetensors.sig").read_bytes()
    with pytest.raises(ModelFileError, match=r"not signed with 'other\.pub', or was changed"):
        read_model(path, require_signature="other.pub")
    for place in (0, 9, len(data) // 2, len(data) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(ModelFileError, match="not signed with"):
            read_model(path, require_signature="mine.pub")
    path.write_bytes(b"not a model at all")  # and is not read as one
    with pytest.raises(ModelFileError, match="not signed with"):
        read_info(path, require_signature="mine.pub")
    path.write_bytes(data)
    for broken in (b"", found[:-9], found.replace(b"1\n", b"2\n", 1), found + b"=", b"x" * 10**5):
        Path("m.safetensors.sig").write_bytes(broken)
        with pytest.raises(ModelFileError, match=r"no signature of chainrule|too long"):
            read_model(path, require_signature="mine.pub")
    os.remove("m.safetensors.sig")
    with pytest.raises(ModelFileError, match=r"is not signed: there is no 'm\.safetensors\.sig'"):
        read_model(path, require_signature="mine.pub")
    os.mkdir("m.safetensors.sig")
    with pytest.raises(ModelFileError, match="not a regular file"):
        read_model(path, require_signature="mine.pub")


def test_a_signature_of_the_bytes_for_another_purpose_is_none(signed: Path) -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(SECRET)
    plain = base64.b64encode(key.sign(Path("m.safetensors").read_bytes()))
    Path("m.safetensors.sig").write_bytes(b"chainrule signature 1\n" + plain + b"\n")
    with pytest.raises(ModelFileError, match="not signed with"):
        read_model("m.safetensors", require_signature="mine.pub")


def test_keys_that_cannot_be(signed: Path) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    Path("curve").write_bytes(curve.private_bytes(PEM, PKCS8, OPEN))
    Path("curve.pub").write_bytes(
        curve.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    Path("junk").write_bytes(b"junk")
    for key, words in [
        ("nothing", "cannot open the key 'nothing'"),
        ("junk", "holds no private key"),
        ("mine.pub", "is a public key"),
        ("mine.pub.pem", "is a public key"),
        ("curve", "not an Ed25519 key"),
        (".", "not a regular file"),
    ]:
        with pytest.raises(SpecError, match=words):
            signature.sign("m.safetensors", b"", key)
    for key, words in [
        ("nothing", "cannot open the key 'nothing'"),
        ("junk", "holds no public key"),
        ("mine", "holds no public key. Give the file that ends in .pub"),
        ("curve.pub", "not an Ed25519 key"),
    ]:
        with pytest.raises(SpecError, match=words):
            read_model("m.safetensors", require_signature=key)


def test_a_key_with_a_passphrase(signed: Path) -> None:
    locked = serialization.BestAvailableEncryption(b"a b c")
    key = ed25519.Ed25519PrivateKey.from_private_bytes(SECRET)
    Path("locked").write_bytes(key.private_bytes(PEM, PKCS8, locked))
    data = Path("m.safetensors").read_bytes()
    with pytest.raises(SpecError, match="or its passphrase is another"):
        signature.sign("m.safetensors", data, "locked")
    with pytest.raises(SpecError, match="or its passphrase is another"):
        signature.sign("m.safetensors", data, "locked", lambda: "wrong")
    signature.sign("m.safetensors", data, "locked", lambda: "a b c")
    read_model("m.safetensors", require_signature="mine.pub")


def test_without_the_package(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(SpecError, match=r"need the package cryptography.*chainrule\[sign\]"):
        read_model("m.safetensors", require_signature="mine.pub")
    with pytest.raises(SpecError, match="need the package cryptography"):
        signature.sign("m.safetensors", b"", "mine")
