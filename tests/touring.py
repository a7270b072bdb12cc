"""The guided tour, taken from its first scene to its last, whatever shows the page."""

from __future__ import annotations

from typing import Any

from benchmarks.playground.driving import do, settle

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.trace import StepTrace
from chainrule.playground import problem


def take_tour(page: Any) -> int:
    """How many questions were answered; each must be called right in the end."""
    do(page, "tour")
    count = 0
    while page.query_selector(".guide") is not None:
        form = page.wait_for_selector(".guide form")
        if form.query_selector("#answer"):
            page.fill("#answer", asked_for(page, form.get_attribute("data-of")))
            page.press("#answer", "Enter")
        else:
            for option in form.query_selector_all("[data-answer]"):
                option.click()
                settle(page)
                if page.query_selector(".guide .right"):
                    break
        settle(page)
        assert page.inner_text(".guide .right").startswith("✓")
        count += 1
        do(page, "onward")
    return count


def asked_for(page: Any, name: str) -> str:
    """The engine's number, for the problem and the row on the screen."""
    moment = problem(page.input_value('[data-do="problem"]')).start()
    return format_number(of(moment.trace(), name, int(page.input_value('[data-do="row"]'))))


def of(trace: StepTrace, name: str, row: int) -> float:
    kind, _, place = name.rstrip("]").partition("[")
    at = tuple(int(k) for k in place.split(","))
    values = trace[kind]
    return float(values[at] if "W" in kind or "b" in kind else values[row][at])
