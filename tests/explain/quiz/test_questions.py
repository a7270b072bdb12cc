"""Every question can be answered from what it gives, and gives nothing of a later one away."""

from __future__ import annotations

import re

import numpy as np
import pytest

import chainrule
from chainrule.explain.examples import mazur, xor
from chainrule.explain.explain import explain
from chainrule.explain.quiz import questions


def value(text):
    return float(text.partition(" = ")[2].replace("−", "-"))


def asked_of(trace, quantity="W1[0,0]", **keywords):
    return {q.asked: q for q in questions(explain(trace, quantity, check="none", **keywords))}


@pytest.fixture(scope="module")
def traces():
    """Networks of several kinds, optimizers and penalties, with a step that is not the first."""
    random = np.random.default_rng(0)
    X, y = random.normal(size=(3, 2)), random.integers(0, 2, 3)
    found = [mazur().trace(), xor().trace(), mazur().drawn(3).trace()]
    for k, (activation, optimizer) in enumerate(
        [("tanh", "adam"), ("relu", "momentum"), ("gelu", "rmsprop"), ("softplus", "adamw")]
    ):
        net = chainrule.Network(
            [2, 3, 2], activation=activation, loss="cross_entropy", random_state=k
        )
        net.fit(X, y, optimizer=optimizer, epochs=3, batch_size=None, l2=0.01 * k,
                weight_decay=0.1 * (optimizer == "adamw"))  # fmt: skip
        found.append(net.trace(X, y))
    return found


def test_mazur_step_by_step():
    question = asked_of(mazur().trace())["δ2[0]"]
    assert question.given == ("a2[0] = 0.7514", "y[0] = 0.01", "σ′(z2[0]) = 0.1868")
    assert question.hint == "δ2[0] = (a2[0] − y[0])·σ′(z2[0])"
    assert question.worked.endswith("= 0.1385")
    assert question.accepts("0.1385") and question.accepts(" 0.139 ")
    assert not question.accepts("0.15") and not question.accepts("-0.1385")
    assert asked_of(mazur().trace())["δ2[1]"].accepts("−0.0381")


def test_no_givens_contain_a_later_answer(traces):
    """By the number's home in the trace: δ1[0] and δ1[0]@3 may be the same."""
    n = 0
    for trace in traces:
        for quantity in ("W1[0,0]", "W1[1,1]", "W2[0,1]", "b1[0]", "b2[1]", "delta1[1]", "loss"):
            if quantity == "b2[1]" and trace.spec.n_outputs == 1:
                continue
            found = explain(trace, quantity, check="none", top=None)
            for asked in (questions(found), questions(found, n=3, seed=7)):
                given: set[str] = set()
                for question in asked:
                    assert question.ref not in given, (quantity, question.asked)
                    assert question.ref not in question.needs
                    given |= set(question.needs)
                    n += 1
                assert len({question.ref for question in asked}) == len(asked)
    assert n > 200


def test_what_is_given_leads_to_the_answer(traces):
    """The shown numbers, worked by Python as by a calculator, give the shown answer."""
    checked = 0
    for trace in traces:
        for question in questions(explain(trace, "W1[0,0]", check="none", top=None)):
            numbers = question.worked.split(" = ")[1].replace("−", "-").replace("·", "*")
            if not re.fullmatch(r"[0-9.e+*/() -]+", numbers):
                continue  # functions and powers; test_evaluate looks at those
            found = eval(numbers)
            assert question.accepts(repr(found)), question.worked
            answer = question.worked.rpartition(" = ")[2].replace("−", "-")
            unit = 10.0 ** -len(answer.partition("e")[0].partition(".")[2])
            unit *= 10.0 ** int(answer.partition("e")[2] or 0)
            assert abs(found - float(answer)) <= 0.501 * unit, (
                question.worked
            )  # a calculator agrees
            assert question.accepts(question.worked.rpartition(" = ")[2])
            checked += 1
    assert checked > 20


def test_tolerance_of_an_update_is_on_the_change():
    question = asked_of(mazur().trace())["W1[0,0]′"]
    assert question.accepts("0.1497807") and not question.accepts("0.1498")
    assert question.mistake("0.1498").name == "rounded"
    assert question.decimals == 6 and "6 decimals" in question.prompt


def test_mistakes_have_names(traces):
    step = asked_of(mazur().trace())
    update, delta, output = step["W1[0,0]′"], step["δ1[0]"], step["δ2[1]"]
    w, change = 0.15, update.answer - 0.15
    found = {
        update: {w: "unchanged", w - change: "uphill", change: "step only", -change: "step only",
                 w + 2 * change: "missing rate"},
        delta: {-delta.answer: "wrong sign", 0.4 * 0.1385 - 0.5 * 0.0381: "missing slope",
                0.4 * 0.1385 * 0.2413: "one term only"},
        output: {0.0381: "wrong sign", -0.2171: "missing slope"},
        step["σ′(z1[0])"]: {0.5933: "not the slope"},
    }  # fmt: skip
    for question, answers in found.items():
        for answer, name in answers.items():
            assert question.mistake(repr(answer)).name == name, (question.asked, answer)
        assert question.mistake(repr(question.answer)) is None
        assert question.mistake("nonsense") is None and question.mistake("1e9") is None
    z = asked_of(mazur().trace(), "z1[0]")["z1[0]"]
    assert z.mistake("0.0275").name == "missing bias"


def test_no_mistake_is_right(traces):
    for trace in traces:
        for question in asked_of(trace, top=None).values():
            for mistake in question.mistakes:
                text = repr(mistake.value)
                assert not (question.accepts(text) and question.mistake(text))


def test_drawn_by_seed():
    found = explain(xor().trace(), "W1[0,0]")
    every = questions(found)
    drawn = questions(found, n=3, seed=7)
    assert drawn == questions(found, n=3, seed=7)
    assert drawn == [question for question in every if question in drawn]
    assert len(drawn) == 3
    assert any(questions(found, n=3, seed=seed) != drawn for seed in range(8, 12))
    assert questions(found, n=2) == every[:2]


def test_sums_that_are_not_shown_whole_are_not_asked():
    assert "∂L/∂W1[0,0]" not in asked_of(xor().trace(), top=2)
