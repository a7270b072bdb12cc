"""The progress line."""

from __future__ import annotations

import io

from chainrule.progress import Progress
from chainrule.spec import History

HISTORY = History(loss=[0.5, 0.25], validation_loss=[0.6, 0.55], best_epoch=1)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_one_line_kept_up_to_date():
    stream = Terminal()
    progress = Progress(1, 3, stream)
    progress(1, HISTORY)
    assert stream.getvalue().startswith("\repoch 2/3  loss 0.25  validation loss 0.55  ")
    assert stream.getvalue().endswith("s left")
    progress.close(HISTORY)
    assert stream.getvalue().endswith("kept epoch 2\n")
    assert stream.getvalue().count("\n") == 1


def test_a_file_gets_the_last_line_only():
    stream = io.StringIO()
    progress = Progress(1, 2, stream)
    progress(1, HISTORY)
    assert stream.getvalue() == ""
    progress.close(HISTORY)
    assert stream.getvalue().count("\n") == 1
    assert "\r" not in stream.getvalue()


def test_verbose_2_prints_every_epoch():
    stream = io.StringIO()
    progress = Progress(2, 2, stream)
    progress(0, History(loss=[0.5]))
    progress(1, HISTORY)
    progress.close(HISTORY)
    assert stream.getvalue().count("\n") == 2
