"""`sign`, and what every command that reads a model does with `--require-signature`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from chainrule.cli import app
from chainrule.cli.commands import options_of_commands

pytest.importorskip("cryptography", reason="needs cryptography")
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture
def model(trained: Path, tmp_path: Path) -> str:
    """A model in the folder, and the keys "mine" and "other"."""
    for name in ("mine", "other"):
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(
            form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()
        )
        (tmp_path / name).write_bytes(private)
        public = key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
        (tmp_path / f"{name}.pub").write_bytes(public)
    shutil.copy(trained, tmp_path / "m.safetensors")
    return "m.safetensors"


def test_sign_and_require(cli, model: str, penguins: Path) -> None:
    required = ("--require-signature", "mine.pub")
    run = cli("info", model, *required)
    assert run.code == 2 and "is not signed: there is no 'm.safetensors.sig'" in run.err
    run = cli("sign", model, "--key", "mine")
    assert run.code == 0, run.err
    assert "signature written to m.safetensors.sig" in run.out
    assert "next: chainrule info m.safetensors --require-signature mine.pub" in run.out
    for command in (
        ("info", model),
        ("predict", model, penguins, "-o", "p.csv"),
        ("evaluate", model, penguins),
    ):
        run = cli(*command, *required)
        assert run.code == 0, run.err
        run = cli(*command, "--require-signature", "other.pub", *(["--force"] * ("-o" in command)))
        assert run.code == 2 and "was not signed with 'other.pub'" in run.err


def test_a_signature_is_replaced_on_request_alone(cli, model: str) -> None:
    assert cli("sign", model, "--key", "mine", "-q").code == 0
    run = cli("sign", model, "--key", "other")
    assert run.code == 2 and "exists already" in run.err
    run = cli("sign", model, "--key", "other", "--force", "--json")
    assert json.loads(run.out)["signature"] == "m.safetensors.sig"
    assert cli("info", model, "--require-signature", "other.pub").code == 0


def test_nothing_but_a_model_is_signed(cli, model: str, penguins: Path) -> None:
    run = cli("sign", penguins, "--key", "mine")
    assert run.code == 2 and not Path("penguins.csv.sig").exists()


def test_every_command_that_reads_a_model_has_the_option() -> None:
    found = options_of_commands()
    having = {name for name, options in found.items() if "--require-signature" in options}
    opening = {
        file.stem
        for file in Path(app.__file__).parent.glob("*.py")
        if " open_model(" in file.read_text()
    }
    assert having == opening - {"model"} | {"info"}  # model.py has the function, info its own way


def test_play_without_a_model_has_nothing_to_require(cli, penguins: Path) -> None:
    run = cli("play", "xor", "--require-signature", "mine.pub")
    assert run.code == 2 and "goes with a model file" in run.err
