"""A checkpoint: where unfinished trainings stand, in one file of two generations.

The file is a container as model files are, with its own description; it is written by the same
writer, so that it is there whole or not at all. The one before stays beside it, for the case that
the last is damaged. Both hold, for each training of a fit, what it is made of and all that it goes
on from.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chainrule.engine import Fingerprint, Standing
from chainrule.errors import DataError, ModelFileError, SpecError, warn_caller
from chainrule.files import write
from chainrule.files.standing import Kept, pack, unpack
from chainrule.files.write import write_atomically

INTERVAL = 30.0  # seconds
FIRST = 0.25
MAX_BYTES = 1 << 36


class Checkpoint:
    """A file that keeps where a `fit` stands, so that it can go on after any end.

    Parameters
    ----------
    path : str or path
        The file before the last stands beside it, as NAME.previous.ENDING.
    interval : float, default 30
        Seconds between two saves, each at the end of an epoch; no more than this is lost. The first
        follow sooner.
    command : sequence of str, default ()
        Of the command line that trains.
    clock : callable
        Gives the time in seconds.

    Attributes
    ----------
    n_epochs : int
        Epochs that all trainings in it together have made.
    previous : Path
        The file before the last.

    Raises
    ------
    ModelFileError
        Where there is a file that cannot be read as a checkpoint, and no readable one before it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        interval: float = INTERVAL,
        *,
        command: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self.interval = interval
        self.command = command
        self.plan: dict[str, Any] = {}
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        self._has_warned = False
        folder = self.path.parent
        if not folder.is_dir():
            raise DataError(f"the folder '{folder}' of the checkpoint does not exist.")
        write.clear(os.path.realpath(self.path))
        self._read()

    @property
    def previous(self) -> Path:
        """The file of the generation before."""
        return self.path.with_name(f"{self.path.stem}.previous{self.path.suffix}")

    @property
    def n_epochs(self) -> int:
        """Epochs that all its trainings together have made."""
        return sum(kept.standing.n_epochs for kept in self._kept.values())

    def slot(
        self,
        name: str,
        notes: Callable[[], dict[str, Any]] | None = None,
        restore: Callable[[dict[str, Any]], None] | None = None,
    ) -> Slot:
        """The place of one training of a fit.

        Parameters
        ----------
        name : str
            One for each.
        notes : callable, optional
            Gives JSON values to keep with it. Default: none.
        restore : callable, optional
            Is given them, where training goes on. Default: they are forgotten.

        Returns
        -------
        Slot
        """
        return Slot(self, name, notes, restore)

    def remembered(self, name: str, make: Callable[[], Any]) -> Any:
        """A value that is drawn or measured once, and then the same for the runs that go on.

        Parameters
        ----------
        name : str
        make : callable
            Gives it, the first time: a JSON value.

        Returns
        -------
        object
        """
        if name not in self.plan:
            self.plan[name] = make()
        return self.plan[name]

    def _read(self) -> None:
        found = [path for path in (self.path, self.previous) if path.exists()]
        first: ModelFileError | None = None
        for path in found:
            try:
                data = _bytes_of(path)
                self.command, self.plan, self._kept = unpack(data, self.command)
            except ModelFileError as error:
                first = first or error
            else:
                if first is not None:
                    self._warn(f"{first} The checkpoint before, '{path}', is taken instead.")
                return
        if first is not None:
            raise ModelFileError(
                f"'{self.path}' is no checkpoint to go on from: {first}",
                "Name another file, or delete it to begin anew.",
            )

    def _keep(self, name: str, kept: Kept) -> None:
        with self._lock:
            self._kept[name] = kept
            try:
                data = pack(self.command, self.plan, self._kept)
                if self.path.exists():
                    write.CALLS.replace(os.fspath(self.path), os.fspath(self.previous))
                write_atomically(self.path, data)
            except (ModelFileError, OSError, MemoryError) as error:
                if not self._has_warned:
                    self._has_warned = True
                    self._warn(
                        f"the checkpoint '{self.path}' could not be saved, and training goes on "
                        f"without: {str(error) or type(error).__name__}"
                    )

    @staticmethod
    def _warn(text: str) -> None:
        warn_caller(text)


@dataclass
class Slot:
    """Where one training keeps its standing; see `engine.Keeper`."""

    file: Checkpoint
    name: str
    notes: Callable[[], dict[str, Any]] | None
    restore: Callable[[dict[str, Any]], None] | None

    def __post_init__(self) -> None:
        self._fingerprint: Fingerprint | None = None
        self._begun = self._last = self.file._clock()

    def begin(self, fingerprint: Fingerprint) -> Standing | None:
        """What there is to go on from.

        Raises
        ------
        DataError, SpecError
            Where the file is of another training: other rows, settings or starting weights.
        """
        self._fingerprint = fingerprint
        kept = self.file._kept.get(self.name)
        if kept is None:
            return None
        _compare(f"the checkpoint '{self.file.path}'", kept.fingerprint, fingerprint)
        if self.restore is not None:
            self.restore(kept.standing.notes)
        return kept.standing

    def is_due(self) -> bool:
        """Whether the interval has passed; at first it doubles from a quarter of a second on.

        A clock that has gone back says nothing of what has passed.
        """
        wait = min(self.file.interval, FIRST + max(self._last - self._begun, 0.0))
        passed = self.file._clock() - self._last
        return passed < 0 or passed >= wait

    def keep(self, standing: Standing) -> None:
        """Save the file with this standing in it."""
        assert self._fingerprint is not None
        if self.notes is not None:
            standing = replace(standing, notes=self.notes())
        self.file._keep(self.name, Kept(self._fingerprint, standing))
        self._last = self.file._clock()


def checkpoint_of(checkpoint: Any) -> Checkpoint | None:
    """From an argument of `fit`: a path, a `Checkpoint` or None; `SpecError` for another."""
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return checkpoint
    if not isinstance(checkpoint, str | os.PathLike):
        raise SpecError(
            f"checkpoint must be a path or a chainrule.Checkpoint, found {checkpoint!r}."
        )
    return Checkpoint(checkpoint)


def _compare(file: str, old: Fingerprint, new: Fingerprint) -> None:
    hint = "Go on with the same, or begin anew with another file."
    for name, value in new.settings.items():
        before = old.settings.get(name)
        if value == before:
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            name = next(key for key in {**before, **value} if before.get(key) != value.get(key))
            value, before = value.get(name), before.get(name)
        raise SpecError(
            f"{file} is of another training: {name} is {before!r} there and {value!r} here.", hint
        )
    if old.data != new.data:
        raise DataError(
            f"{file} is of another training: X, y, their weights or the validation rows differ.",
            hint,
        )
    if old.start != new.start:
        raise SpecError(
            f"{file} is of another training: it began with other parameters or moments.",
            "Go on with the same random_state, from the same weights.",
        )


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES or not path.is_file():
            raise ModelFileError(f"'{path}' is no regular file, or too large.")
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"cannot open '{path}': {error.strerror}.") from error
