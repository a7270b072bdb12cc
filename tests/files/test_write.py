"""Saving leaves the old file or the new one, whatever fails and whenever the process dies."""

from __future__ import annotations

import dataclasses
import errno
import os
import signal
import stat
import subprocess
import sys

import pytest

from chainrule.errors import ModelFileError
from chainrule.files import write
from chainrule.files.write import FileCalls, write_atomically

OLD, NEW = b"old" * 1000, b"new!" * 5000
CALLS = [field.name for field in dataclasses.fields(FileCalls)]


def failing_at(name, error):
    def fail(*_):
        raise error

    return dataclasses.replace(FileCalls(), **{name: fail})


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EINTR, errno.EDQUOT])
@pytest.mark.parametrize("name", CALLS)
def test_a_failing_call_leaves_the_old_file(tmp_path, monkeypatch, name, number):
    path = tmp_path / "model"
    path.write_bytes(OLD)
    monkeypatch.setattr(write, "CALLS", failing_at(name, OSError(number, os.strerror(number))))
    with pytest.raises(ModelFileError, match=r"model'.*" + os.strerror(number)):
        write_atomically(path, NEW)
    # Once the new name stands, only its durability can fail.
    assert path.read_bytes() == (NEW if name == "fsync_folder" else OLD)
    assert os.listdir(tmp_path) == ["model"]


@pytest.mark.parametrize("name", CALLS)
def test_an_interrupt_at_any_call_passes_through(tmp_path, monkeypatch, name):
    path = tmp_path / "model"
    path.write_bytes(OLD)
    monkeypatch.setattr(write, "CALLS", failing_at(name, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, NEW)
    assert path.read_bytes() in (OLD, NEW)
    assert os.listdir(tmp_path) == ["model"]


def test_the_order_of_the_calls(tmp_path, monkeypatch):
    seen = []

    def spy(name):
        real = getattr(FileCalls(), name)
        return lambda *a: (seen.append(name), real(*a))[1]

    monkeypatch.setattr(write, "CALLS", FileCalls(**{name: spy(name) for name in CALLS}))
    (tmp_path / "model").write_bytes(OLD)
    write_atomically(tmp_path / "model", NEW)
    assert seen == ["open", "write", "fsync", "close", "chmod", "replace", "fsync_folder"]


def test_short_writes_are_continued(tmp_path, monkeypatch):
    calls = FileCalls(write=lambda descriptor, rest: os.write(descriptor, rest[:777]))
    monkeypatch.setattr(write, "CALLS", calls)
    write_atomically(tmp_path / "model", NEW)
    assert (tmp_path / "model").read_bytes() == NEW


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_modes(tmp_path):
    old = tmp_path / "old"
    old.write_bytes(OLD)
    old.chmod(0o640)
    write_atomically(old, NEW)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "fresh", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


def test_symbolic_links_are_followed(tmp_path):
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "model"
    target.write_bytes(OLD)
    link = tmp_path / "link"
    link.symlink_to(target)
    write_atomically(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "there" / "later")
    write_atomically(dangling, NEW)
    assert (tmp_path / "there" / "later").read_bytes() == NEW


def test_what_cannot_be_saved_to(tmp_path):
    with pytest.raises(ModelFileError, match="not a regular file"):
        write_atomically(tmp_path, NEW)
    with pytest.raises(ModelFileError, match="absent"):
        write_atomically(tmp_path / "absent" / "model", NEW)
    if os.path.exists("/dev/full"):
        with pytest.raises(ModelFileError, match="not a regular file"):
            write_atomically("/dev/full", NEW)
    (tmp_path / "file").write_bytes(OLD)
    with pytest.raises(ModelFileError):
        write_atomically(tmp_path / "file" / "model", NEW)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_a_read_only_folder(tmp_path):
    (tmp_path / "model").write_bytes(OLD)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ModelFileError, match="denied"):
            write_atomically(tmp_path / "model", NEW)
    finally:
        tmp_path.chmod(0o700)
    assert (tmp_path / "model").read_bytes() == OLD


def test_long_and_unusual_names(tmp_path):
    for name in ("x" * 255, "modèle ✓", "-rf", ".hidden"):
        write_atomically(tmp_path / name, NEW)
        assert (tmp_path / name).read_bytes() == NEW


CHILD = """
import os, signal, sys
from chainrule.files import write
path, name, when = sys.argv[1:]
real = getattr(write.FileCalls(), name)
def die(*arguments):
    if when == "after":
        real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(write.CALLS, name, die)
write.write_atomically(path, b"new!" * 5000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", CALLS)
def test_killed_at_any_call(tmp_path, name, when):
    path = tmp_path / "model"
    path.write_bytes(OLD)
    child = subprocess.run([sys.executable, "-c", CHILD, path, name, when], check=False)
    assert child.returncode == -signal.SIGKILL
    replaced = (name, when) in {
        ("replace", "after"),
        ("fsync_folder", "before"),
        ("fsync_folder", "after"),
    }
    assert path.read_bytes() == (NEW if replaced else OLD)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit there")
def test_a_file_size_limit(tmp_path):
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "from chainrule.files.write import write_atomically\n"
        "from chainrule.errors import ModelFileError\n"
        "try: write_atomically(sys.argv[1], b'new!' * 5000)\n"
        "except ModelFileError as error: print(error)\n"
    )
    path = tmp_path / "model"
    path.write_bytes(OLD)
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert "cannot save" in done.stdout
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["model"]


def test_what_a_killed_save_left_is_cleared_by_the_next(tmp_path):
    path = tmp_path / "model"
    code = (
        "import os, sys, dataclasses\n"
        "from chainrule.files import write\n"
        "def die(*_): os._exit(9)\n"
        "write.CALLS = dataclasses.replace(write.FileCalls(), fsync=die)\n"
        "write.write_atomically(sys.argv[1], b'half')\n"
    )
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", code, str(path)]).returncode == 9
    assert len(os.listdir(tmp_path)) == 1  # each removed what the one before it had left
    other = tmp_path / f".model.{os.getpid()}-0123456789abcdef.tmp"  # of a save that goes on
    own = tmp_path / ".model.notes.tmp"  # of somebody else
    other.write_bytes(b"")
    own.write_bytes(b"")
    write_atomically(path, NEW)
    assert sorted(os.listdir(tmp_path)) == sorted(["model", other.name, own.name])


def test_a_path_with_a_nul_is_refused(tmp_path):
    with pytest.raises(ModelFileError, match="null"):
        write_atomically(f"{tmp_path}/a\0b", NEW)


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
def test_a_folder_that_has_gone_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(ModelFileError, match=r"model"):
        write_atomically("model", NEW)
