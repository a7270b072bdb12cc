"""The table of what can be diagnosed: sentences and fixes are filled with the numbers."""

from __future__ import annotations

import string

import pytest

from chainrule.cli.words import CommandWords
from chainrule.explain.diagnosis.detectors import Detector, Level, Seen
from chainrule.explain.diagnosis.table import TABLE
from chainrule.explain.diagnosis.words import Code, Words, words_of_network
from chainrule.spec import Dense, Loss, NetworkSpec

SPEC = NetworkSpec(4, (Dense(8, "tanh"), Dense(1)), Loss("squared_error"))
NETWORK = words_of_network(SPEC)


def test_numbers_and_limits_go_into_a_finding():
    row = TABLE["dead-units"]
    seen = Seen({"n": 300, "count": 9, "units": 16, "lower_rate": 0.003}, 1, [0])
    found = row.finding(seen, NETWORK)
    assert found.sentence.startswith("on all 300 rows z < 0 for 9 of 16 units")
    assert found.steps == (
        'Network(..., activation="leaky_relu")',
        "fit(..., learning_rate=0.003)",
    )
    assert found.evidence["limit_share"] == row.limits["share"]
    assert (found.layer, found.units) == (1, (0,))


def test_the_first_remedy_that_applies_and_can_be_told():
    def look(evidence, limits):
        yield Seen({})

    row = Detector(
        "slow", look, "slowness", Level.SETTING, "it is slow",
        remedies=({"init": "{init}"}, {"learning_rate": "{rate}"}, {"clip_norm": Code("None")}),
        advice="wait",
    )  # fmt: skip
    assert row.finding(Seen({"init": "zeros", "rate": 0.1}), NETWORK).fix == (
        'Network(..., init="zeros")'
    )
    none = Seen({"init": None, "rate": 0.1})  # a number that is None takes its remedy away
    assert row.finding(none, NETWORK).fix == "fit(..., learning_rate=0.1)"
    assert row.finding(Seen({}), NETWORK).fix == "fit(..., clip_norm=None)"
    assert row.finding(none, Words({})).fix == "wait"
    assert row.finding(none, CommandWords()).fix == "chainrule train ... --learning-rate 0.1"


@pytest.mark.parametrize("code", TABLE)
def test_every_row_says_what_it_looks_for_and_what_to_do(code):
    row = TABLE[code]
    assert row.code == code
    assert row.looks_for and row.sentence
    assert row.remedies or row.advice
    for remedy in row.remedies:  # no remedy that no object could be told
        tellable = [
            NETWORK.takes(remedy) or CommandWords().takes(remedy),
            set(remedy) <= {"early_stopping", "dropout", "hidden", "l2", "classifier",
                            "class_weight"},
        ]  # fmt: skip
        assert any(tellable), remedy
    names = {name for _, name, _, _ in string.Formatter().parse(row.sentence) if name}
    assert all(name.isidentifier() for name in names)
