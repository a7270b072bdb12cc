"""The progress line, on a clock of the test's own."""

from __future__ import annotations

import io
import sys
import types

import pytest

from chainrule.network.progress import NetworksProgress, Progress, metric_word
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


def test_the_metric_stands_in_the_place_of_the_validation_loss():
    history = History(loss=[0.5], validation_loss=[0.6], validation_metric=[0.125], best_epoch=0)
    stream, clock = Terminal(), Clock()
    progress = Progress(1, 3, stream, clock, metric=metric_word("error"))
    clock.now += 1
    progress(0, history)
    assert stream.getvalue() == "\r1/3 epochs  loss 0.5  validation class error 0.125  2 s left"


def test_metrics_have_words():
    assert [metric_word(name) for name in ("refined", "mae")] == ["log-loss", "mae"]
    assert metric_word(max) == "max"
    assert metric_word(lambda outputs: 1.0) == "metric"


def networks(stream, verbose=1, seconds=4.0):
    """Two networks of three epochs that train at once, then a third one."""
    clock = Clock()
    progress = NetworksProgress(verbose, 3, 3, stream, clock, metric="rmse")
    histories = [History() for _ in range(3)]
    for number in (0, 1, 1, 0, 0, 1, 2, 2, 2):
        clock.now += seconds
        history = histories[number]
        history.loss.append(0.5)
        history.validation_metric.append(number + 1.0)
        history.best_epoch = number
        progress.of(number)(history.n_epochs - 1, history)
    progress.close(histories)
    return stream.getvalue()


def test_the_line_of_several_networks_has_a_total_and_stays_with_one_while_it_trains():
    states = networks(Terminal()).rstrip("\n").split("\r")[1:]
    assert states[0] == "network 0 of 3: 1/3 epochs  loss 0.5  validation rmse 1  32 s left"
    assert [state[:19] for state in states[:-1]] == [
        f"network {number} of 3: {done}/3"
        for number, done in ((0, 1), (1, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 1), (2, 2), (2, 3))
    ]
    assert states[-1].rstrip() == (
        "3 networks: 9/9 epochs  mean validation rmse 2  36.0 s  kept epochs 0 to 2"
    )


def test_a_network_that_has_news_keeps_the_line():
    stream, clock = Terminal(), Clock()
    progress = NetworksProgress(1, 9, 2, stream, clock)
    histories = [History(), History()]
    for number, wait in ((0, 1.0), (1, 0.0), (0, 0.0), (1, 1.0)):
        clock.now += wait
        histories[number].loss.append(0.5)
        progress.of(number)(0, histories[number])
    assert [state[:26] for state in stream.getvalue().split("\r")[1:]] == [
        "network 0 of 2: 1/9 epochs", "network 0 of 2: 2/9 epochs",
    ]  # fmt: skip


def test_several_networks_in_a_file_print_every_epoch_or_little():
    lines = networks(io.StringIO(), verbose=2).splitlines()
    assert len(lines) == 9 and lines[-1].startswith("network 2 of 3: 3/3 epochs")
    assert len(networks(io.StringIO(), seconds=0.01).splitlines()) == 1
    assert networks(io.StringIO(), verbose=0) == ""


def test_unlike_networks_have_epochs_of_their_own():
    stream, clock = Terminal(), Clock()
    progress = NetworksProgress(1, [2, 30], 2, stream, clock)
    for number, wait in ((0, 1.0), (1, 1.0)):
        clock.now += wait
        progress.of(number)(0, History(loss=[0.5]))
    assert [state.rstrip() for state in stream.getvalue().split("\r")[1:]] == [
        "network 0 of 2: 1/2 epochs  loss 0.5  31 s left",
        "network 1 of 2: 1/30 epochs  loss 0.5  30 s left",
    ]


class Cell:
    """A notebook's kernel that keeps what it was told to display."""

    def __init__(self, monkeypatch):
        self.shown = []
        shell = types.SimpleNamespace(kernel=object())
        top = types.SimpleNamespace(get_ipython=lambda: shell)
        monkeypatch.setitem(sys.modules, "IPython", top)
        inner = types.SimpleNamespace(display=self.display)
        monkeypatch.setitem(sys.modules, "IPython.display", inner)

    def display(self, bundle, *, raw, display_id):
        assert raw and display_id
        self.shown.append(bundle)
        return types.SimpleNamespace(update=lambda bundle, raw: self.shown.append(bundle))


def test_a_notebook_sees_a_bar_that_fills(monkeypatch, capsys):
    cell, clock = Cell(monkeypatch), Clock()
    progress = NetworksProgress(1, 2, 2, clock=clock)
    for number in (0, 1, 0, 1):
        clock.now += 1
        progress.of(number)(0, History(loss=[0.5]))
    progress.close([HISTORY, HISTORY])
    shares = [bundle["text/html"].split('value="')[-1][:6] for bundle in cell.shown[1:-1]]
    assert shares == ["0.2500", "0.5000", "0.7500", "1.0000"]
    last = cell.shown[-1]
    assert last["text/plain"].startswith("2 networks: 4/4 epochs")
    assert "<progress" not in last["text/html"]
    assert capsys.readouterr().err == ""


def test_a_notebook_with_a_line_an_epoch_has_no_bar(monkeypatch, capsys):
    cell = Cell(monkeypatch)
    progress = Progress(2, 2)
    progress(0, HISTORY)
    progress.close(HISTORY)
    assert cell.shown == [] and capsys.readouterr().err.startswith("2/2 epochs")
