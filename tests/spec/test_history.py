"""What a history says of itself."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from chainrule.spec import History


def test_an_empty_history() -> None:
    history = History()
    assert history.n_epochs == 0
    assert history.best_epoch is None and not history.interrupted
    assert repr(history) == "History(no epoch completed)"


def test_histories_do_not_share_their_lists() -> None:
    History().loss.append(1.0)
    assert History().loss == []


def test_repr_without_validation() -> None:
    history = History(loss=[1.0, 0.25], n_steps=8, stop_reason="epochs")
    assert history.n_epochs == 2
    assert repr(history) == "History(2 epochs, 8 steps, loss 0.25, stopped by epochs)"


def test_repr_with_validation_names_the_best_epoch() -> None:
    history = History(
        loss=[1.0, 0.5, 0.25],
        validation_loss=[0.9, 0.6, 0.7],
        best_epoch=1,
        n_steps=3,
        stop_reason="patience",
    )
    assert repr(history) == (
        "History(3 epochs, 3 steps, loss 0.25, best epoch 1 with validation loss 0.6, "
        "stopped by patience)"
    )


def test_the_notebook_shows_both_curves_and_says_what_they_are() -> None:
    history = History(loss=[1.0, 0.1, 0.01], validation_loss=[1.0, 0.5, math.inf], n_steps=3)
    history.best_epoch = 1
    html = history._repr_html_()
    drawing = ElementTree.fromstring(html[html.index("<svg") :])
    loss, validation = (line.get("points", "").split() for line in drawing.iter("polyline"))
    heights = [float(point.split(",")[1]) for point in loss]
    assert heights == pytest.approx([10.0, 62.5, 115.0])  # equal factors, equal distances
    assert len(validation) == 2  # what is not finite is left out
    assert "validation dashed" in html
    assert "<svg" not in History(loss=[1.0])._repr_html_()
