"""One writer for every file that must never be half there.

    exclusive temp file in the same folder -> write -> fsync -> close -> mode -> replace
    -> fsync of the folder

So a reader sees the old file or the new one, whole, whatever fails and whenever the process dies.
The seven system calls stand in one table, which tests replace to fail, or die, at each of them;
what clears up after them, and who is running, in another.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass

from chainrule.errors import ModelFileError


def _fsync(descriptor: int) -> None:
    if sys.platform == "darwin":  # fsync there stops at the drive's cache
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def _fsync_folder(folder: str) -> None:
    if sys.platform == "win32":  # folders cannot be opened there; the replace alone is atomic
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives have none
            raise
    finally:
        os.close(descriptor)


@dataclass
class FileCalls:
    """The calls of `write_atomically`, in the order in which they happen."""

    open: Callable[[str, int, int], int] = os.open
    write: Callable[[int, memoryview], int] = os.write
    fsync: Callable[[int], None] = _fsync
    close: Callable[[int], None] = os.close
    chmod: Callable[[str, int], None] = os.chmod
    replace: Callable[[str, str], None] = os.replace
    fsync_folder: Callable[[str], None] = _fsync_folder


CALLS = FileCalls()


def _is_running(process: int) -> bool:
    """Whether a process of this number is there; where that cannot be asked, it may be."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@dataclass
class Surroundings:
    """What tells the remains of dead processes from the files of living ones, and removes them."""

    unlink: Callable[[str], None] = os.unlink
    process: Callable[[], int] = os.getpid
    is_running: Callable[[int], bool] = _is_running


AROUND = Surroundings()

_SUFFIX = ".tmp"

_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Put `data` at `path`, or leave what was there.

    Symbolic links are followed, so a link stays a link. A new file gets its mode from the umask, an
    old one keeps its own.

    Raises
    ------
    ModelFileError
        Naming the path and what the system said. The old file is untouched and no temporary file
        is left, except that a failure of the very last call, which makes the new name durable,
        leaves the new file in place and says so.
    """
    if not isinstance(path, str | os.PathLike):
        raise ModelFileError(f"a model is saved to a path, found {path!r}.")
    shown = str(path)
    try:
        target = os.path.realpath(os.fspath(path))
    except (OSError, ValueError) as error:  # the folder in use has gone, or a NUL is in the path
        raise ModelFileError(f"cannot save to {shown!r}: {error}.") from error
    try:
        old = os.stat(target)
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise _failure(shown, error) from error
    else:
        if not stat.S_ISREG(old.st_mode):
            raise ModelFileError(f"cannot save to '{shown}': it is not a regular file.")
        mode = stat.S_IMODE(old.st_mode)
    clear(target)
    folder, stem = _place(target)
    temporary = os.path.join(folder, f"{stem}{AROUND.process()}-{secrets.token_hex(8)}{_SUFFIX}")
    try:
        _fill(temporary, data, mode)
        CALLS.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            AROUND.unlink(temporary)
        if isinstance(error, OSError):
            raise _failure(shown, error) from error
        raise
    try:
        CALLS.fsync_folder(folder)
    except OSError as error:
        raise ModelFileError(
            f"'{shown}' is written, but the system could not make its name durable "
            f"({_reason(error)}); save again before relying on it."
        ) from error


def _place(target: str) -> tuple[str, str]:
    """The folder of a file, and what the names of its temporary files begin with."""
    return os.path.dirname(target), f".{os.path.basename(target)[:80]}."


def clear(target: str) -> None:
    """Remove what saves of this file left behind whose process was killed."""
    folder, stem = _place(target)
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if not (name.startswith(stem) and name.endswith(_SUFFIX)):
                continue
            writer = name.removeprefix(stem).partition("-")[0]
            if writer.isdigit() and not AROUND.is_running(int(writer)):
                with contextlib.suppress(OSError, MemoryError):  # tidying ends nothing
                    AROUND.unlink(entry.path)


def _fill(temporary: str, data: bytes, mode: int | None) -> None:
    # Private until it has the old file's mode; a file without predecessor takes the umask's.
    descriptor = CALLS.open(temporary, _FLAGS, 0o666 if mode is None else 0o600)
    try:
        rest = memoryview(data)
        while rest:
            count = CALLS.write(descriptor, rest)
            if not count:
                raise OSError(errno.EIO, "the system writes nothing")
            rest = rest[count:]
        CALLS.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        raise
    CALLS.close(descriptor)
    if mode is not None:
        CALLS.chmod(temporary, mode)


def _failure(shown: str, error: OSError) -> ModelFileError:
    return ModelFileError(f"cannot save to '{shown}': {_reason(error)}.")


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
