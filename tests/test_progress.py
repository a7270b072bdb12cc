"""The progress line, on a clock of the test's own."""

from __future__ import annotations

import io

import pytest

from chainrule.network.progress import Progress
from chainrule.spec import History

HISTORY = History(loss=[0.5, 0.25], validation_loss=[0.6, 0.55], best_epoch=1)


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """Stands still until it is told."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def run(stream, n_epochs, seconds, verbose=1):
    """Epochs that take `seconds` each."""
    clock, history = Clock(), History()
    progress = Progress(verbose, n_epochs, stream, clock)
    for epoch in range(n_epochs):
        clock.now += seconds
        history.loss.append(1 / (epoch + 1))
        progress(epoch, history)
    progress.close(history)
    return stream.getvalue()


def epochs_of(text):
    return [int(line.split("/")[0]) for line in text.splitlines()]


def test_a_terminal_sees_one_line_kept_up_to_date():
    stream, clock = Terminal(), Clock()
    progress = Progress(1, 3, stream, clock)
    clock.now += 4
    progress(1, HISTORY)
    assert stream.getvalue() == "\r2/3 epochs  loss 0.25  validation loss 0.55  2 s left"
    progress.close(HISTORY)
    assert stream.getvalue().endswith("  4.0 s  kept epoch 1\n")
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("seconds", [0.001, 0.01, 0.3])
def test_a_terminal_is_redrawn_at_most_ten_times_a_second(seconds):
    text = run(Terminal(), 400, seconds)
    assert text.count("\r") <= 10 * 400 * seconds + 2
    assert text.count("\r") >= min(400, 5 * 400 * seconds)
    assert "400/400 epochs" in text
    assert text.count("\n") == 1


def test_a_shorter_line_covers_a_longer_one():
    stream, clock = Terminal(), Clock()
    progress = Progress(1, 3, stream, clock)
    clock.now += 1
    progress(1, HISTORY)
    first = len(stream.getvalue())
    clock.now += 1
    progress(1, History(loss=[0.5]))
    assert len(stream.getvalue()) == 2 * first


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.01, [100]),  # done before ten seconds have passed
        (0.5, [20, 40, 60, 80, 100]),  # every ten seconds, which comes after every tenth epoch
        (30, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),  # every tenth epoch
    ],
)
def test_a_file_gets_plain_lines(seconds, expected):
    text = run(io.StringIO(), 100, seconds)
    assert "\r" not in text
    assert epochs_of(text) == expected


def test_the_last_line_comes_after_an_early_stop_too():
    stream = io.StringIO()
    progress = Progress(1, 9, stream, Clock())
    progress(1, HISTORY)
    assert stream.getvalue() == ""
    progress.close(HISTORY)
    assert stream.getvalue().startswith("2/9 epochs ") and "left" not in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


def test_verbose_2_prints_every_epoch():
    assert epochs_of(run(io.StringIO(), 3, 0.001, verbose=2)) == [1, 2, 3]


def test_silence():
    stream = io.StringIO()
    assert run(stream, 3, 5.0, verbose=0) == ""
    Progress(1, 3, stream).close(History())
    assert stream.getvalue() == ""
