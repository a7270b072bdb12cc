"""A disk that fails, dies or loses its power at chosen calls of the writer of files.

The files are real ones in a folder of their own. What the system has not made durable is known, so
that a power cut can take it back: the end of a file that was not synced, a rename whose folder was
not.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from chainrule.files import write

ERRORS = tuple(
    getattr(errno, name)
    for name in ("ENOSPC", "EIO", "EINTR", "EACCES", "EDQUOT", "EROFS", "ENOENT")
    if hasattr(errno, name)
)
FAULTS = (
    "error", "error", "error", "error after", "part", "part", "nothing", "memory", "interrupt",
    "vanish", "other", "other", "kill before", "kill after", "power before", "power after",
)  # fmt: skip


class Killed(BaseException):
    """The process is no more; whoever catches this is a parent."""


class Disk:
    """The writer's calls, each of which may go wrong.

    Parameters
    ----------
    rng : random.Random
    folder : Path
    other : callable
        Another process saves something, whole, in the midst of a call.

    Attributes
    ----------
    faults : dict of int to str
        The number of a call of this life -> what goes wrong there.
    n_durable : int
        Renames that are safe from a power cut.
    untidy : bool
        Whether a file could not be removed, or a folder has vanished.
    """

    def __init__(self, rng: random.Random, folder: Path, other: Callable[[], None]) -> None:
        self.rng, self.folder, self._other = rng, folder, other
        self.faults: dict[int, str] = {}
        self.n_durable = 0
        self.untidy = False
        self._n = 0
        self._dead = False
        self._process = 1
        self._unsynced: set[str] = set()
        self._paths: dict[int, str] = {}
        self._renamed: list[tuple[str, str, bytes | None]] = []

    @contextmanager
    def life(self, faults: dict[int, str]) -> Iterator[None]:
        """A process with these faults; its calls are the writer's until it ends."""
        self.folder.mkdir(exist_ok=True)
        self.faults, self._n, self._dead = dict(faults), 0, False
        self._process += 1
        before = write.CALLS, write.AROUND
        real = write.FileCalls()
        write.CALLS = write.FileCalls(
            **{
                field.name: self._call(field.name, getattr(real, field.name))
                for field in dataclasses.fields(real)
            }
        )
        write.AROUND = write.Surroundings(
            self._call("unlink", os.unlink), lambda: self._process, lambda p: p == self._process
        )
        try:
            with suppress(Killed):
                yield
        finally:
            write.CALLS, write.AROUND = before

    def _call(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if self._dead:
                raise Killed
            self._n += 1
            fault = self.faults.pop(self._n, "")
            if fault in ("kill before", "power before"):
                self._die(fault)
            if fault == "error":
                raise self._error(name)
            if fault == "memory":
                raise MemoryError
            if fault == "interrupt":
                raise KeyboardInterrupt
            if fault == "vanish":
                self._vanish()
            if fault == "other":
                self._elsewhere()
            if name == "write" and fault == "nothing":
                return 0
            if name == "write" and fault == "part":
                arguments = (
                    arguments[0],
                    arguments[1][: self.rng.randrange(len(arguments[1])) + 1],
                )
            old = _bytes(arguments[1]) if name == "replace" else None
            result = real(*arguments)
            self._note(name, arguments, result, old)
            if fault in ("kill after", "power after"):
                self._die(fault)
            if fault == "error after" and name != "open":
                raise self._error(name)
            return result

        return call

    def _error(self, name: str) -> OSError:
        self.untidy |= name == "unlink"
        number = self.rng.choice(ERRORS)
        return OSError(number, os.strerror(number))

    def _die(self, how: str) -> None:
        self._dead = True
        if how.startswith("power"):
            self._cut()
        raise Killed

    def _note(self, name: str, arguments: Any, result: Any, old: bytes | None) -> None:
        if name == "open":
            self._paths[result] = arguments[0]
            self._unsynced.add(arguments[0])
        elif name == "fsync":
            self._unsynced.discard(self._paths[arguments[0]])
        elif name == "replace":
            source, target = arguments
            self._renamed.append((source, target, old))
            if source in self._unsynced:
                self._unsynced.add(target)
        elif name == "fsync_folder":
            self._renamed.clear()
            self.n_durable += 1

    def _vanish(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._renamed.clear()
        self._unsynced.clear()
        self.untidy = True

    def _elsewhere(self) -> None:
        """The other process has calls that do not fail; both are alive."""
        mine, here = write.CALLS, write.AROUND
        write.CALLS = write.FileCalls()
        write.AROUND = dataclasses.replace(
            here, unlink=os.unlink, process=lambda: 1, is_running=lambda p: p in (1, self._process)
        )
        try:
            self._other()
        finally:
            write.CALLS, write.AROUND = mine, here

    def _cut(self) -> None:
        """Take back what no call has made durable, the latest first, as much as chance says."""
        kept = self.rng.randint(0, len(self._renamed))
        for source, target, old in reversed(self._renamed[kept:]):
            data = _bytes(target)
            if data is None:
                continue
            Path(target).unlink() if old is None else Path(target).write_bytes(old)
            Path(source).write_bytes(data)
        for path in self._unsynced:
            if (data := _bytes(path)) is not None:
                Path(path).write_bytes(data[: self.rng.randint(0, len(data))])
        self._renamed.clear()
        self._unsynced.clear()


def _bytes(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None
