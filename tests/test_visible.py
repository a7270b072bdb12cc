"""Names and values cannot act on a terminal, through whatever prints them."""

import numpy as np
import pytest

import chainrule
from chainrule.visible import visible, visible_lines

HOSTILE = [
    "title\x1b]0;owned\x07", "clear\x1b[2J", "clipboard\x1b]52;c;AAAA\x07", "back\x08\x08",
    "bell\a", "line\rover", "right\u202eto left",
    "isolate\u2066", "csi\x9b31m", "null\x00", "del\x7f",
]  # fmt: skip
ACTING = {c for name in HOSTILE for c in name if not c.isprintable()}


@pytest.mark.parametrize("name", HOSTILE)
def test_control_characters_are_shown(name):
    shown = visible(name)
    assert shown.isprintable() and not ACTING & set(shown)
    assert shown.encode().decode("unicode_escape") == name


def test_what_can_be_read_stays():
    for text in ("Länge", "δ1[0]", "木", "a b", "👍", ""):
        assert visible(text) == text
    assert visible_lines("one\ntwo\x07") == "one\ntwo\\x07"


def test_nothing_that_prints_a_model_hands_them_on():
    draw = np.random.default_rng(0)
    y = [HOSTILE[0] if k % 2 else HOSTILE[1] for k in range(60)]
    X = {name: draw.standard_normal(60) for name in HOSTILE}
    X["kind"] = [HOSTILE[k % 5] for k in range(60)]
    model = chainrule.TabularClassifier(preset="fast", epochs=1).fit(X, y)
    printed = [
        model.explain("W1[0,0]", X, y, full=True),
        model.explain("loss", X, y),
        model.trace(X, y),
        model.check_gradients({k: v[:4] for k, v in X.items()}, y[:4]),
        model.diagnose(X, y),
        model,
    ]
    with pytest.raises(ValueError) as refused:
        model.predict({"kind": X["kind"]})
    for one in [*printed, refused.value]:
        assert not ACTING & set(str(one)), type(one)
