"""One line that tells how training goes, on standard error."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from chainrule.spec import History


class Progress:
    """An epoch callback: 1 keeps one line up to date, 2 prints a line an epoch.

    Parameters
    ----------
    verbose : int
    epochs : int
        Epochs to come.
    stream : text stream or None
        Default `sys.stderr`; where it is no terminal, `verbose=1` prints its last line only.
    """

    def __init__(self, verbose: int, epochs: int, stream: TextIO | None = None) -> None:
        self.verbose = verbose
        self.epochs = epochs
        self.stream = sys.stderr if stream is None else stream
        self.live = self.verbose == 1 and self.stream.isatty()
        self.start = time.monotonic()
        self.width = 0

    def __call__(self, epoch: int, history: History) -> None:
        """After an epoch; never asks to stop."""
        if self.verbose >= 2:
            print(self._line(history), file=self.stream, flush=True)
        elif self.live:
            self._rewrite(self._line(history))

    def close(self, history: History) -> None:
        """After training."""
        if self.verbose != 1 or not history.loss:
            return
        line = self._line(history)
        if history.best_epoch is not None:
            line += f"  kept epoch {history.best_epoch + 1}"
        self._rewrite(line)
        print(file=self.stream, flush=True)

    def _line(self, history: History) -> str:
        seconds = time.monotonic() - self.start
        line = f"epoch {history.n_epochs}/{self.epochs}  loss {history.loss[-1]:.4g}"
        if history.validation_loss:
            line += f"  validation loss {history.validation_loss[-1]:.4g}"
        if history.validation_metric:
            line += f"  metric {history.validation_metric[-1]:.4g}"
        if history.n_epochs < self.epochs and not history.stop_reason:
            left = seconds / history.n_epochs * (self.epochs - history.n_epochs)
            return f"{line}  {left:.0f} s left"
        return f"{line}  {seconds:.1f} s"

    def _rewrite(self, line: str) -> None:
        back = "\r" if self.live else ""
        self.stream.write(f"{back}{line:<{self.width}}")
        self.stream.flush()
        self.width = max(self.width, len(line)) if self.live else 0
