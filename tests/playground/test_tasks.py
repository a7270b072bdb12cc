"""What a student wants to know, by keyboard alone and by mouse alone: the answer stands on the
screen after at most twelve actions from the first screen.

An action is a key, a text that is typed, a click, a choice in a list, or a file that is picked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from benchmarks.playground.driving import opened, settle

from chainrule import engine
from chainrule.explain.notation.numbers import format_number
from chainrule.playground import Session, problem
from chainrule.playground.changes import SetParameter
from driven import BROWSER

pytestmark = BROWSER

MOST = 12

# What a hand does: "press V", "type 0.5", "click SELECTOR", "choose SELECTOR VALUE",
# "file SELECTOR" or "file O". "see SELECTOR TEXT" only looks.
Script = tuple[str, ...]
Answer = Callable[[Session], tuple[str, str]]  # where it stands, and the text there


@dataclass(frozen=True)
class Task:
    """A question, two ways to its answer, and what must stand where in the end."""

    question: str
    keys: Script
    mouse: Script
    answer: Answer


def button(name: str) -> str:
    return f'click [data-do="{name}"]'


def times(n: int, action: str) -> Script:
    return (action,) * n


def row_that_pushes_most(session: Session) -> tuple[str, str]:
    trace = problem("xor").start().trace()
    pushes = trace.delta[1][:, 0] * trace.a[0][:, 1]
    return ".formula tr[data-ref^='row/']", f"row {np.abs(pushes).argmax()}"


def loss_with(quantity: str, by: float) -> Answer:
    def answer(session: Session) -> tuple[str, str]:
        start = problem("xor").start()
        at = start.params["W1"][0, 0]
        return ".nudge .moved", format_number(SetParameter(quantity, at + by)(start).loss())

    return answer


def zero_slope(session: Session) -> tuple[str, str]:
    trace = session._trace()
    assert (trace.slope[1][:, 0] == 0).all() and (trace.dL_dW[1][0] == 0).all()
    return '.formula mn[data-ref^="slope/1/0@"]', "0"


def before_the_jump(session: Session) -> tuple[str, str]:
    lane = session._timeline
    steps, losses = lane.curve()
    rises = np.array(losses[1:]) / np.array(losses[:-1])
    assert lane.now.step == steps[int(rises.argmax())]
    return '[data-ref="loss"]', format_number(lane.now.loss())


def worst_row(session: Session) -> tuple[str, str]:
    moment = session._timeline.now
    errors = (engine.predict(moment.spec, moment.params, moment.X) - moment.y)[:, 0]
    return "tr.chosen th", str(np.abs(errors).argmax())


def is_healed(session: Session) -> tuple[str, str]:
    moment = session._timeline.now
    assert moment.step > 0 and moment.trace().layers and len(moment.spec.layer_sizes) == 5
    return "aside.card", "The same run with the remedy."


def loss_after(n_steps: int, rate: float = 0.1) -> Answer:
    def answer(session: Session) -> tuple[str, str]:
        run = Session()
        training = {"kind": "training", "settings": {"learning_rate": rate}}
        run.handle({"type": "edit", "change": training})
        run.handle({"type": "advance", "steps": n_steps})
        return '[data-ref="loss"]', format_number(run._timeline.now.loss())

    return answer


def new_weight(session: Session) -> tuple[str, str]:
    after = problem("xor").start().after(1)
    return '.formula [data-ref="new_w/2/0/0"]', format_number(after.params["W2"][0, 0])


def strongest_way(session: Session) -> tuple[str, str]:
    trace = problem("mazur").start().trace()
    x, s = trace.a[0][0, 0], trace.slope[1][0, 0]
    ways = [trace.delta[2][0, k] * trace.W[2][k, 0] * s * x for k in range(2)]
    return ".ways tr:first-child", format_number(max(ways, key=abs))


def loss_with_half(session: Session) -> tuple[str, str]:
    changed = SetParameter("W1[0,0]", 0.5)(problem("xor").start())
    return '[data-ref="loss"]', format_number(changed.loss())


def answer_for_row_1(session: Session) -> tuple[str, str]:
    start = problem("xor").start()
    return '[data-ref="a2[0]"]', format_number(
        engine.predict(start.spec, start.params, start.X)[1, 0]
    )


def a_code_that_leads_here(session: Session) -> tuple[str, str]:
    code = session.handle({"type": "share"})[0]["code"]
    assert Session.opened(code)._timeline.now.loss() == session._timeline.now.loss()
    return ".notice", code


def right_answer(session: Session) -> tuple[str, str]:
    trace = problem("and").start().trace()
    return ".guide .right", f"z1[0] = {format_number(trace.z[1][3, 0])}"


Z_OF_AND = format_number(problem("and").start().trace().z[1][3, 0])

TASKS = (
    Task(
        "which input row pushes W1[0,1] most?",
        ("press ]",),
        ('click [data-edge="W1[0,1]"]',),
        row_that_pushes_most,
    ),
    Task(
        "what would happen to the loss if this weight were 0.1 larger?",
        ("press +",),
        (button("nudge"), button("larger")),
        loss_with("W1[0,0]", 0.1),
    ),
    Task(
        "why is this unit's gradient zero?",
        ("press l", *times(2, "press Tab"), "press Enter"),
        (button("lab"), 'click [data-trouble="dead-units"]', 'click [data-unit="1/0"]'),
        zero_slope,
    ),
    Task(
        "verify this gradient",
        ("press v",),
        (button("verify"),),
        lambda session: (".verdict", "ok"),
    ),
    Task(
        "go back to before the loss jumped",
        ("press l", *times(4, "press Tab"), "press Enter", "press j"),
        (button("lab"), 'click [data-trouble="rate-too-high"]', button("before-jump")),
        before_the_jump,
    ),
    Task(
        "load my CSV and find the worst predicted row",
        ("file o", "press b"),
        (button("setup"), "file .file", button("worst")),
        worst_row,
    ),
    Task(
        "make a vanishing gradient and heal it",
        ("press l", "press Enter", "press d", "see .findings vanishing", "press h", "wait"),
        (
            button("lab"),
            'click [data-trouble="vanishing"]',
            button("lab-diagnose"),
            "see .findings vanishing",
            button("heal"),
            "wait",
        ),
        is_healed,
    ),
    Task(
        "how large is the loss after one step?",
        times(7, "press ."),
        times(7, button("step")),
        loss_after(1),
    ),
    Task(
        "what will W2[0,0] be after this step?",
        ("press ArrowRight",),
        ('click [data-edge="W2[0,0]"]',),
        new_weight,
    ),
    Task(
        "over which way does W1[0,0] of Mazur's network act most?",
        ("press k", "press ArrowDown", "press Enter", "press p"),
        ('choose [data-do="problem"] mazur', button("path")),
        strongest_way,
    ),
    Task(
        "how large is the loss with W1[0,0] at 0.5?",
        ("press e", "type 0.5", "press Enter"),
        ("click #edit", "type 0.5", "click h1"),
        loss_with_half,
    ),
    Task(
        "what does the network answer for row 1?",
        ("press r", "type 1", "press Enter", "press 1"),
        ('click [data-row="1"]', "click .station.forward"),
        answer_for_row_1,
    ),
    Task(
        "how large is the loss after one step at rate 1?",
        ("press u", "type 1", "press Enter", *times(7, "press .")),
        (button("setup"), button("rate"), "type 1", *times(7, button("step"))),
        loss_after(1, 1.0),
    ),
    Task(
        "send somebody what I see",
        ("press 3", "press s"),
        ("click .station.backward", button("share")),
        a_code_that_leads_here,
    ),
    Task(
        "answer the first question of the tour",
        ("press t", f"type {Z_OF_AND}", "press Enter"),
        (button("tour"), "click #answer", f"type {Z_OF_AND}", "click .guide form button"),
        right_answer,
    ),
)


def table() -> dict[str, Any]:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(60, 2))
    y = x[:, 0] - 2 * x[:, 1] + draw.normal(size=60)
    rows = [f"{p:.3f},{q:.3f},{r:.3f}" for (p, q), r in zip(x, y, strict=True)]
    content = "\n".join(["width,height,price", *rows]).encode()
    return {"name": "mine.csv", "mimeType": "text/csv", "buffer": content}


def caught(page: Any) -> None:
    """From now on, a file chooser is told of and does not open.

    A chooser that is asked for before the browser heard this would stay open, unseen, and the page
    could ask for no other.
    """
    page.on("filechooser", lambda _: None)
    settle(page)


def file_chooser(page: Any, what: str) -> Any:
    """What a click or a key opens."""
    with page.expect_file_chooser() as chooser:
        page.click(what) if what.startswith(".") else page.keyboard.press(what)
    return chooser.value


def acted(page: Any, action: str) -> int:
    """Do it; how many actions it was."""
    verb, _, what = action.partition(" ")
    count = 1
    if verb == "press":
        page.keyboard.press(what)
    elif verb == "type":
        page.keyboard.press("Control+a") if page.evaluate(_HAS_TEXT) else None
        page.keyboard.type(what)
    elif verb == "click":
        page.click(what, force=what.startswith("[data-edge"))
    elif verb == "choose":
        where, value = what.split()
        page.select_option(where, value)
    elif verb == "file":
        file_chooser(page, what).set_files(table())
        count = 2
    elif verb == "see":
        where, text = what.split(" ", 1)
        assert text in page.text_content(where)
        count = 0
    elif verb == "wait":
        page.wait_for_selector('[data-do="play"][aria-pressed="false"]')
        count = 0
    page.wait_for_timeout(20)  # a field that was left takes its change in then
    settle(page)
    return count


_HAS_TEXT = "!!document.activeElement.value && document.activeElement.selectionStart !== 0"


@pytest.mark.parametrize("by", ["keys", "mouse"])
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.question)
def test_the_answer_is_a_few_actions_away(browser, task, by):
    session = Session()
    with opened(browser, session) as page:
        caught(page)
        count = sum(acted(page, action) for action in getattr(task, by))
        where, text = task.answer(session)
        shown = [one.text_content() for one in page.query_selector_all(where) if one.is_visible()]
        assert any(text in one for one in shown), f"{task.question} {text}: {shown}"
        assert count <= MOST
