"""One line that tells how training goes, on standard error or in a notebook's cell."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from chainrule.network.notebook import NotebookLine, is_notebook
from chainrule.spec import History

_REDRAW = 0.1  # seconds between two states of the live line
_PLAIN = 10.0  # seconds and share of the epochs between two plain lines
_SHARE = 0.1
# How the engine's metrics are called; others are called by their own name.
_METRICS = {"error": "class error", "refined": "log-loss"}


def metric_word(metric: str | Callable[..., float]) -> str:
    """What a line calls the metric that chooses the epoch."""
    if isinstance(metric, str):
        return _METRICS.get(metric, metric)
    name = getattr(metric, "__name__", "metric")
    return "metric" if name == "<lambda>" else name


class Line:
    """One line kept up to date on a terminal or in a notebook, plain lines now and then elsewhere.

    A live line is redrawn at most ten times a second. Elsewhere at least 10 % of the epochs and 10
    seconds lie between two lines.

    Parameters
    ----------
    epochs : int
        Epochs to come, of all networks together.
    stream : text stream or None
        Default: the cell of a notebook, elsewhere `sys.stderr`.
    clock : callable
        Gives the time in seconds.
    live : bool
        Whether a live line is wanted at all.
    """

    def __init__(
        self,
        epochs: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        live: bool = True,
    ) -> None:
        self.epochs = epochs
        self.stream = sys.stderr if stream is None else stream
        self.cell = NotebookLine() if live and stream is None and is_notebook() else None
        self.live = self.cell is not None or self.stream.isatty()
        self.clock = clock
        self.start = clock()
        self.shown_at = self.start - _REDRAW if self.live else self.start
        self.shown_epoch = 0
        self.width = 0

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self.clock() - self.start

    def is_due(self, epoch: int) -> bool:
        """Whether to show the state after so many epochs; `end` shows the last one."""
        waited = self.clock() - self.shown_at
        if self.live:
            return waited >= _REDRAW
        enough = waited >= _PLAIN and epoch - self.shown_epoch >= _SHARE * self.epochs
        return enough and epoch < self.epochs

    def show(self, text: str, epoch: int) -> None:
        """The state after so many epochs."""
        self.shown_at, self.shown_epoch = self.clock(), epoch
        if self.cell is not None:
            self.cell.write(text, epoch / max(self.epochs, 1))
        elif self.live:
            self._redraw(text)
        else:
            self.print(text)

    def end(self, text: str) -> None:
        """The last state, which stays."""
        if self.cell is not None:
            self.cell.write(text, None)
            return
        if self.live:
            self._redraw(text)
            text = ""
        self.print(text)

    def print(self, text: str) -> None:
        """A line of its own."""
        print(text, file=self.stream, flush=True)

    def time(self, done: int) -> str:
        """The time left after so many epochs, or the time it took."""
        if 0 < done < self.epochs:
            return f"{self.seconds / done * (self.epochs - done):.0f} s left"
        return f"{self.seconds:.1f} s"

    def _redraw(self, line: str) -> None:
        self.stream.write(f"\r{line:<{self.width}}")
        self.stream.flush()
        self.width = max(self.width, len(line))


class Progress:
    """An epoch callback: 1 keeps one line up to date, 2 prints a line an epoch.

    Parameters
    ----------
    verbose : int
    epochs : int
        Epochs to come.
    stream, clock
        See `Line`.
    metric : str
        What the history's `validation_metric` is called.
    """

    def __init__(
        self,
        verbose: int,
        epochs: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        metric: str = "metric",
    ) -> None:
        self.verbose = verbose
        self.epochs = epochs
        self.metric = metric
        self.line = Line(epochs, stream, clock, live=verbose == 1)

    def __call__(self, epoch: int, history: History) -> None:
        """After an epoch; never asks to stop."""
        done = history.n_epochs
        if self.verbose >= 2:
            self.line.print(self._text(history))
        elif self.verbose == 1 and self.line.is_due(done):
            self.line.show(self._text(history), done)

    def close(self, history: History) -> None:
        """After training: the last state stays, with the epoch that was kept."""
        if self.verbose != 1 or not history.loss:
            return
        text = self._text(history, done=True)
        if history.best_epoch is not None:
            text += f"  kept epoch {history.best_epoch}"
        self.line.end(text)

    def _text(self, history: History, done: bool = False) -> str:
        state = _state(history, self.epochs, self.metric)
        if done or history.stop_reason:
            return f"{state}  {self.line.seconds:.1f} s"
        return f"{state}  {self.line.time(history.n_epochs)}"


class NetworksProgress:
    """The same for networks that train at once: one line, with a total of its own.

    Parameters
    ----------
    verbose, stream, clock, metric
        See `Progress`.
    epochs : int or sequence of int
        Epochs to come of each network.
    n_networks : int
    """

    def __init__(
        self,
        verbose: int,
        epochs: int | Sequence[int],
        n_networks: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        metric: str = "metric",
    ) -> None:
        self.verbose = verbose
        self.epochs = [epochs] * n_networks if isinstance(epochs, int) else list(epochs)
        self.n_networks = n_networks
        self.metric = metric
        self.line = Line(sum(self.epochs), stream, clock, live=verbose == 1)
        self._lock = threading.Lock()
        self._done = 0
        self._told = (0, 0)  # the network of the line, and its epochs there
        self._texts: dict[int, str] = {}
        self._epochs: dict[int, int] = {}

    def of(self, number: int) -> Callable[[int, History], None]:
        """The epoch callback of one network."""

        def after_epoch(epoch: int, history: History) -> None:
            with self._lock:
                self._after(number, history)

        return after_epoch

    def _after(self, number: int, history: History) -> None:
        self._done += 1
        self._epochs[number] = history.n_epochs
        where = f"network {number} of {self.n_networks}: "
        self._texts[number] = where + _state(history, self.epochs[number], self.metric)
        if self.verbose >= 2:
            self.line.print(f"{self._texts[number]}  {self.line.time(self._done)}")
        elif self.verbose == 1 and self.line.is_due(self._done):
            # The line stays with its network as long as that one trains.
            shown, epochs = self._told
            shown = shown if self._epochs.get(shown, 0) > epochs else number
            self._told = (shown, self._epochs[shown])
            self.line.show(f"{self._texts[shown]}  {self.line.time(self._done)}", self._done)

    def close(self, histories: Sequence[History]) -> None:
        """After training: all epochs, the mean of what was kept, and which epochs those are."""
        begun = [history for history in histories if history.loss]
        if self.verbose != 1 or not begun:
            return
        parts = [f"{self.n_networks} networks: {self._done}/{self.line.epochs} epochs"]
        kept = [history.best_epoch for history in begun if history.best_epoch is not None]
        if len(kept) == len(begun):
            values = [_measured(history)[kept[k]] for k, history in enumerate(begun)]
            word = f"validation {self.metric}" if begun[0].validation_metric else "validation loss"
        else:
            values, word = [history.loss[-1] for history in begun], "loss"
        parts.append(f"mean {word} {sum(values) / len(values):.4g}")
        parts.append(f"{self.line.seconds:.1f} s")
        if len(kept) == len(begun):
            low, high = min(kept), max(kept)
            parts.append(f"kept epoch {low}" if low == high else f"kept epochs {low} to {high}")
        self.line.end("  ".join(parts))


def _measured(history: History) -> Sequence[float]:
    """What chose the epoch."""
    return history.validation_metric or history.validation_loss


def _state(history: History, epochs: int, metric: str) -> str:
    """ "17/64 epochs  loss 0.25  validation log-loss 0.3": the metric where there is one."""
    text = f"{history.n_epochs}/{epochs} epochs  loss {history.loss[-1]:.4g}"
    if history.validation_metric:
        return f"{text}  validation {metric} {history.validation_metric[-1]:.4g}"
    if history.validation_loss:
        return f"{text}  validation loss {history.validation_loss[-1]:.4g}"
    return text
