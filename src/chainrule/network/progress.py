"""One line that tells how training goes, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

from chainrule.spec import History

_REDRAW = 0.1  # seconds between two states of the live line
_PLAIN = 10.0  # seconds and share of the epochs between two plain lines
_SHARE = 0.1


class Progress:
    """An epoch callback: 1 keeps one line up to date, 2 prints a line an epoch.

    On a terminal the line of `verbose=1` is redrawn at most ten times a second. Elsewhere plain
    lines are printed instead, with at least 10 % of the epochs and 10 seconds between two of them.
    The last line is always printed.

    Parameters
    ----------
    verbose : int
    epochs : int
        Epochs to come.
    stream : text stream or None
        Default `sys.stderr`.
    clock : callable
        Gives the time in seconds.
    """

    def __init__(
        self,
        verbose: int,
        epochs: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.verbose = verbose
        self.epochs = epochs
        self.stream = sys.stderr if stream is None else stream
        self.live = self.verbose == 1 and self.stream.isatty()
        self.clock = clock
        self.start = clock()
        self.shown_at = self.start - _REDRAW if self.live else self.start
        self.shown_epoch = 0
        self.width = 0

    def __call__(self, epoch: int, history: History) -> None:
        """After an epoch; never asks to stop."""
        if self.verbose >= 2:
            self._print(self._line(history))
        elif self.verbose == 1 and self._is_due(history.n_epochs):
            self.shown_at, self.shown_epoch = self.clock(), history.n_epochs
            if self.live:
                self._redraw(self._line(history))
            elif history.n_epochs < self.epochs:  # the last line is that of `close`
                self._print(self._line(history))

    def close(self, history: History) -> None:
        """After training: the last state stays, with the epoch that was kept."""
        if self.verbose != 1 or not history.loss:
            return
        line = self._line(history, done=True)
        if history.best_epoch is not None:
            line += f"  kept epoch {history.best_epoch}"
        if self.live:
            self._redraw(line)
            line = ""
        self._print(line)

    def _is_due(self, epoch: int) -> bool:
        waited = self.clock() - self.shown_at
        if self.live:
            return waited >= _REDRAW
        return waited >= _PLAIN and epoch - self.shown_epoch >= _SHARE * self.epochs

    def _line(self, history: History, done: bool = False) -> str:
        seconds = self.clock() - self.start
        line = f"{history.n_epochs}/{self.epochs} epochs  loss {history.loss[-1]:.4g}"
        if history.validation_loss:
            line += f"  validation loss {history.validation_loss[-1]:.4g}"
        if history.validation_metric:
            line += f"  metric {history.validation_metric[-1]:.4g}"
        if history.n_epochs < self.epochs and not done and not history.stop_reason:
            left = seconds / history.n_epochs * (self.epochs - history.n_epochs)
            return f"{line}  {left:.0f} s left"
        return f"{line}  {seconds:.1f} s"

    def _print(self, line: str) -> None:
        print(line, file=self.stream, flush=True)

    def _redraw(self, line: str) -> None:
        self.stream.write(f"\r{line:<{self.width}}")
        self.stream.flush()
        self.width = max(self.width, len(line))
