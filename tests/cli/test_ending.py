"""A `train` that is told to end keeps its best model, and an existing file; it goes on later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import chainrule
from chainrule.cli import ending
from chainrule.files import read_model
from chainrule.network.progress import Progress

_TRAIN = ("--target", "species", "--hidden", "8", "--preset", "fast", "--model", "m.safetensors")
_COMMAND = (
    "import sys; sys.argv[0] = 'chainrule'\nfrom chainrule.cli.app import main\nsys.exit(main())"
)


@contextmanager
def signalled(number: int, epochs: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sends this process a signal when so many epochs of a training are done."""

    def told(self: Progress, epoch: int, history: object) -> None:
        if epoch + 1 == epochs:
            signal.raise_signal(number)

    handlers = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for n in handlers:
        signal.signal(n, signal.default_int_handler if n == signal.SIGINT else signal.SIG_DFL)
    with monkeypatch.context() as patch:
        patch.setattr(Progress, "__call__", told)
        yield
    for n, handler in handlers.items():
        signal.signal(n, handler)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_the_best_epoch_is_saved(
    number: int, code: int, cli, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signalled(number, 4, monkeypatch):
        run = cli("train", penguins, *_TRAIN, "--epochs", "900")
        handler = signal.getsignal(number)
    assert handler in (signal.default_int_handler, signal.SIG_DFL)
    assert run.code == code, run.err
    assert "saved to m.safetensors" in run.out and "ended the training" in run.out
    model = chainrule.load("m.safetensors")
    assert model.interrupted_ and model.n_epochs_ == 4


def test_a_model_is_replaced_by_a_finished_one_alone(
    cli, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("train", penguins, *_TRAIN, "--epochs", "3", "-q").code == 0
    good = Path("m.safetensors").read_bytes()
    for name in ("m.interrupted.safetensors", "m.interrupted1.safetensors"):
        with signalled(signal.SIGINT, 2, monkeypatch):
            run = cli("train", penguins, *_TRAIN, "--epochs", "900", "--force")
        assert run.code == 130
        assert f"saved to {name}" in run.out
        assert chainrule.load(name).n_epochs_ == 2
    assert Path("m.safetensors").read_bytes() == good


def test_a_training_resumes_to_the_same_file(
    cli, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("train", penguins, *_TRAIN, "--epochs", "40", "-q").code == 0
    whole = read_model("m.safetensors")
    os.remove("m.safetensors")
    monkeypatch.setattr("chainrule.files.checkpoint.FIRST", 0.0)
    with signalled(signal.SIGTERM, 9, monkeypatch):
        run = cli("train", penguins, *_TRAIN, "--epochs", "40", "--checkpoint", "run.safetensors")
    assert run.code == 143
    assert "next: chainrule resume run.safetensors" in run.out
    assert not Path("m.safetensors").exists()
    run = cli("resume", "run.safetensors", "--threads", "1")
    assert run.code == 0, run.err
    assert "going on from run.safetensors, after" in run.out
    found = read_model("m.safetensors")
    assert found.history == whole.history
    for name, array in whole.params.items():
        assert (found.params[name] == array).all()
    other = cli("train", penguins, *_TRAIN, "--epochs", "41", "--force", "--checkpoint",
                "run.safetensors")  # fmt: skip
    assert other.code == 2 and "is of another training: epochs is 40 there and 41" in other.err


def test_what_cannot_be_resumed(cli) -> None:
    run = cli("resume", "nothing.safetensors")
    assert run.code == 2 and "cannot open 'nothing.safetensors'" in run.err
    chainrule.Network([2, 1]).fit([[0.0, 1.0]], [1.0], epochs=1, checkpoint="run.safetensors")
    run = cli("resume", "run.safetensors")
    assert run.code == 2 and "was not written by chainrule train" in run.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("output", "code"), [("/dev/full", 2), ("closed", 0), ("pipe", 0)], ids=lambda value: str(value)
)
def test_a_lost_output_loses_no_model(
    output: str, code: int, penguins: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _COMMAND, "train", str(penguins), *_TRAIN, "--epochs", "3"]
    if output == "/dev/full":
        if not os.path.exists(output):
            pytest.skip("this system has no /dev/full")
        with open(output, "w") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path,
                                  text=True, timeout=60)  # fmt: skip
        assert "No space left on device" in done.stderr and "saved to" in done.stderr
        found = done.returncode
    elif output == "closed":
        shell = [
            sys.executable,
            "-c",
            f"import os, sys; os.close(1); os.execv(sys.executable, {command!r})",
        ]
        found = subprocess.run(shell, cwd=tmp_path, timeout=60, capture_output=True).returncode
    else:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        found = process.wait(60)
    assert found == code
    assert chainrule.load(tmp_path / "m.safetensors").n_epochs_ == 3


def test_ctrl_c_while_modules_are_imported(cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("chainrule.cli.commands.run", interrupted)
    run = cli("--version")
    assert (run.code, run.err) == (130, "error: interrupted.\n")


def test_a_free_name_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.b.safetensors"
    assert ending.beside(str(path)) == str(tmp_path / "a.b.interrupted.safetensors")
    (tmp_path / "a.b.interrupted.safetensors").touch()
    assert ending.beside(str(path)) == str(tmp_path / "a.b.interrupted1.safetensors")


def test_a_terminal_obeys_no_class_name(
    cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = "red", "\x1b]0;owned\x07"
    rows = "".join(f"{k % 7},{classes[k % 2]}\n" for k in range(60))
    (tmp_path / "t.csv").write_text("x,y\n" + rows)
    run = cli("train", "t.csv", "--target", "y", "--preset", "fast", "--epochs", "2", "-q")
    assert run.code == 0
    shown = cli("predict", "t.safetensors", "t.csv").out
    assert "\x1b" in shown  # a pipe gets what the table had
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    shown = cli("predict", "t.safetensors", "t.csv").out
    assert "\x1b" not in shown and "\\x1b]0;owned\\x07" in shown
