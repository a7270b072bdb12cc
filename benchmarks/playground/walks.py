"""Random walks of a driven browser: after each action every number must be the engine's."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.playground.driving import do, opened, settle
from benchmarks.playground.truth import Truth, is_written
from chainrule.playground import Problem, Session, problem
from chainrule.playground.tables import from_trace
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
ACTIONS = (
    *("step", "step", "step", "back", "unit", "edge", "row", "weight", "cell", "grain", "link"),
    *("worst", "larger", "path", "matrix"),
)
# Every text on the page that carries a reference: [where, reference, text].
_SHOWN = """() => {
    for (const fold of document.querySelectorAll('details.whole')) fold.open = true;
    return [...document.querySelectorAll('[data-ref]')].flatMap(one => {
    const formula = one.closest('.formula, .pieces');
    if (formula && !one.matches('mn, data')) return [];
    const closed = one.closest('details:not([open])');
    const text = one.matches('input') ? one.value : one.textContent;
    return closed ? [] : [[formula ? 'formula' : 'page', one.dataset.ref, text]];
    });
}"""

_ASKED = """() => ['.asked b', '.formula strong'].map(
    where => document.querySelector(where)?.textContent ?? '')"""


def problems() -> dict[str, Problem]:
    """XOR, Mazur, 4-16-8-3 on iris with Adam and L2, and a fitted model of penguins."""
    return {
        "xor": problem("xor"),
        "mazur": problem("mazur"),
        "iris": iris(),
        "penguins": penguins(),
    }


def iris() -> Problem:
    """4-16-8-3 with Adam and an L2 penalty."""
    from sklearn.datasets import load_iris

    data = load_iris()
    layers = (Dense(16, "relu"), Dense(8, "tanh"), Dense(3, "softmax"))
    return replace(
        problem("moons"),
        name="iris",
        X=(data.data - data.data.mean(0)) / data.data.std(0),
        y=data.target.astype(np.int64),
        inputs=tuple(data.feature_names),
        outputs=tuple(data.target_names),
        spec=NetworkSpec(4, layers, Loss("cross_entropy")),
        training=TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=32, l2=1e-3),
    )


def penguins() -> Problem:
    """One network of a fitted classifier, as `chainrule play MODEL DATA` shows it."""
    from chainrule import TabularClassifier
    from chainrule.table.read import read_table

    table = read_table(PENGUINS)
    X, y = table.without("species"), table["species"]
    model = TabularClassifier(random_state=0).fit(X, y)
    return from_trace(model.trace(X, y, member=0), "penguins")


def walk(browser: Any, start: Problem, seed: int, n_actions: int) -> Counter[str]:
    """How many numbers were compared, by where they stand; `AssertionError` names one that is not
    the engine's."""
    session, draw, count = Session(start), random.Random(f"{start.name} {seed}"), Counter[str]()
    with opened(browser, session) as page:
        for _ in range(n_actions):
            action = draw.choice(ACTIONS)
            act(page, draw, action)
            settle(page)
            count += compare(page, session, f"{start.name}, walk {seed}, after {action}")
    return count


def act(page: Any, draw: random.Random, action: str) -> None:
    """One thing that a person does; nothing where it cannot be done now."""
    if action == "matrix":
        draw.choice(page.query_selector_all('[data-do^="matrix-"][aria-expanded]')).click()
    elif action in ("step", "back"):
        if page.is_enabled(f'[data-do="{action}"]'):
            do(page, action)
    elif action in ("worst", "path"):
        button = page.query_selector(f'[data-do="{action}"]')
        if button:
            button.click()
    elif action == "larger":
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("+")
    elif action == "grain":
        grain = draw.choice(["product", "unit", "layer", "step", "epoch"])
        page.select_option(".controls select >> nth=0", grain)
    elif action == "weight":
        _write(page, draw, page.query_selector("#edit"))
    elif action == "cell":
        cells = page.query_selector_all("input.cell")
        _write(page, draw, draw.choice(cells) if cells else None)
    else:
        where = {
            "unit": "[data-unit]",
            "edge": "[data-edge]",
            "row": "tr[data-row]",
            "link": ".formula [data-ref]",
        }
        places = page.query_selector_all(where[action])
        if places:
            draw.choice(places).dispatch_event("click")


def _write(page: Any, draw: random.Random, field: Any) -> None:
    if field:
        field.fill(str(round(draw.uniform(-1, 1), 3)))
        field.press("Enter")


def compare(page: Any, session: Session, when: str) -> Counter[str]:
    """Compare every number with a reference on the screen; all must agree."""
    truth, count = Truth(session), Counter[str]()
    asked, explained = page.evaluate(_ASKED)
    assert asked == explained, f"{when}: asked is {asked}, explained {explained}"
    for where, ref, text in page.evaluate(_SHOWN):
        if where == "formula":
            value = truth.in_the_explanation(asked, ref)
            if value is None:
                continue
            agrees = is_written(text, value)
            wanted = repr(value)
        else:
            wanted = truth.on_the_page(ref, asked)
            if wanted is None or text.strip() == "—":
                continue
            agrees = text.strip() == wanted
        assert agrees, f"{when}: {where} shows {text!r} for {ref} of {asked}; the engine: {wanted}"
        count[where] += 1
    return count
