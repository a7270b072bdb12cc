"""A teacher sets a question and locks; answers are judged; a worksheet has the same numbers."""

import numpy as np
import pytest

from chainrule.playground import Session, problem
from chainrule.playground.teaching import LOCKS
from playing import ask

TASK = {
    "question": "Which way does this weight go, and how far?",
    "of": "update_W2[0,0]",
    "fading": "last",
    "locked": ["network", "data"],
}
LOCKED = {
    "data": [
        {"type": "configure", "problem": "xor"},
        {"type": "data", "csv": "a,b\n1,2\n2,3\n3,4\n"},
        {"type": "edit", "change": {"kind": "cell", "row": 0, "column": 0, "value": 1}},
        {"type": "edit", "change": {"kind": "target", "row": 0, "value": 1}},
        {"type": "trouble", "code": "vanishing"},
    ],
    "network": [{"type": "configure", "hidden": []}, {"type": "configure", "seed": 3}],
    "training": [
        {"type": "configure", "training": {"l2": 0.1}},
        {"type": "edit", "change": {"kind": "training", "settings": {"learning_rate": 1}}},
    ],
    "weights": [{"type": "edit", "change": {"kind": "parameter", "quantity": "b1[0]", "value": 1}}],
}


def lesson(**task) -> Session:
    teacher = Session(problem("mazur"))
    ask(teacher, type="advance", steps=2)
    code = ask(teacher, type="share", task={**TASK, **task})[0]["code"]
    return Session.opened(code)


def test_the_task_comes_with_the_code_and_goes_on_with_it():
    pupil = lesson()
    answer, _ = ask(pupil, type="hello")
    assert answer["frame"]["step"] == 2
    assert answer["task"] == {**TASK, "locked": ["data", "network"]}
    again = Session.opened(ask(pupil, type="share")[0]["code"])
    assert ask(again, type="hello")[0]["task"] == answer["task"]


@pytest.mark.parametrize("what", LOCKS)
def test_what_is_locked_is_refused_and_the_rest_is_not(what):
    pupil = lesson(locked=[what])
    before = ask(pupil, type="hello")[0]["frame"]["loss"]
    for message in LOCKED[what]:
        answer, _ = ask(pupil, **message)
        assert answer["type"] == "error" and f"locked its {what}" in answer["message"], message
    assert ask(pupil, type="hello")[0]["frame"]["loss"] == before
    for other in set(LOCKS) - {what}:
        answer, _ = ask(lesson(locked=[what]), **LOCKED[other][0])
        assert answer["type"] != "error", answer
    assert ask(pupil, type="advance")[0]["type"] == "advance"


def test_a_class_does_not_take_the_lock_off():
    answer, _ = ask(lesson(), type="share", task={"question": "", "locked": []})
    assert answer["type"] == "error" and "locked" in answer["message"]


@pytest.mark.parametrize(
    "task",
    [
        {"locked": ["everything"]},
        {"fading": "some"},
        {"of": "W9[0,0]"},
        {"of": "W1[0,0]"},
        {"question": "?" * 501},
        {"questions": "?"},
    ],
)
def test_a_task_that_cannot_be_is_refused(task):
    answer, _ = ask(Session(), type="share", task=task)
    assert answer["type"] == "error", task


def test_an_answer_is_judged_and_mistakes_have_a_name():
    session = Session(problem("mazur"))
    update = float(session._trace().update["W2"][0, 0])

    def said(text, of="update_W2[0,0]"):
        answer, _ = ask(session, type="answer", of=of, answer=text)
        return answer["right"], answer["name"]

    assert said(f"{update:.6f}") == said(f"{1.009 * update:.6f}".replace(".", ",")) == (True, "")
    assert said(f"{-update:.6f}") == (False, "wrong sign")
    assert said("-0.082167") == (False, "missing rate")
    assert said("0.3") == (False, "") and said("much") == (False, "no number")
    assert said("0.1385", "delta2[0]") == (True, "")
    assert said("0.7414", "delta2[0]") == (False, "missing slope")
    assert said("0.0275", "z1[0]") == (False, "missing bias")
    assert said("0.298371", "loss") == said("0.0821670", "dL_dW2[0,0]") == (True, "")


@pytest.mark.parametrize("fading", ["given", "last", "all"])
def test_steps_are_given_or_blank(fading):
    session = Session(problem("mazur"))
    steps = ask(session, type="practice", quantity="W1[0,0]", fading=fading)[0]["steps"]
    blank = [k for k, step in enumerate(steps) if step["worked"] is None]
    assert blank == {"given": [], "last": [len(steps) - 1], "all": [*range(len(steps))]}[fading]
    given = " ".join(" ".join(step["given"]) for step in steps)
    assert ("your answer" in given) == (fading == "all")


def test_every_blank_takes_the_engines_number():
    session = Session(problem("mazur"))
    steps = ask(session, type="practice", quantity="W1[0,0]")[0]["steps"]
    trace = session._trace()
    right = [trace.delta[2][0][0], trace.delta[1][0][0], trace.dL_dW[1][0, 0]]
    right.append(trace.params_after["W1"][0, 0])
    names = ["δ2[0]", "δ1[0]", "∂L/∂W1[0,0]", "W1[0,0]′"]
    for name, value in zip(names, right, strict=True):
        (step,) = (k for k, one in enumerate(steps) if one["asked"] == name)
        answer, _ = ask(
            session, type="answer", quantity="W1[0,0]", step=step, answer=f"{value:.9f}"
        )
        assert answer["right"] and name in answer["said"]
    # Of a changed weight the change must be right: the old weight is not.
    old = ask(session, type="answer", quantity="W1[0,0]", step=len(steps) - 1, answer="0.15")[0]
    assert not old["right"] and old["name"] == "unchanged"


def test_a_worksheet_is_of_the_moment_and_the_task():
    pupil = lesson()
    sheet = pupil.worksheet()
    assert (sheet.quantity, sheet.step, sheet.row) == ("W2[0,0]", 2, 0)
    assert sheet.question == TASK["question"]
    after = problem("mazur").start().after(3).params["W2"][0, 0]
    assert np.isclose(sheet.questions[-1].answer, after, rtol=0, atol=0)
    assert pupil.worksheet("delta1[1]").questions[-1].asked == "δ1[1]"
