"""The page in a real browser: what it shows is what the engine says."""

from __future__ import annotations

import random
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.explain.notation.numbers import format_number
from chainrule.playground import Session, problem
from chainrule.playground.frame import place_of

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as run:
        one = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()


@contextmanager
def opened(browser: Any, session: Session, **options: Any) -> Iterator[Any]:
    """A page on a session of our own; it must ask nobody else and report no error."""
    from chainrule.playground.server import Server

    server = Server(lambda: session)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    options = {"viewport": {"width": 1280, "height": 800}, **options}
    page = browser.new_page(**options)
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = f"http://127.0.0.1:{server.port}/"
    page.on("request", lambda r: None if r.url.startswith((own, "data:")) else faults.append(r.url))
    try:
        page.goto(server.address)
        page.wait_for_selector(".network")
        settle(page)
        yield page
        assert faults == []
    finally:
        page.close()
        server.stop()
        thread.join(10)


def settle(page: Any) -> None:
    """Wait until no question is open."""
    page.wait_for_selector("html[data-waiting='0']", state="attached", timeout=10_000)


def do(page: Any, name: str) -> None:
    page.click(f'[data-do="{name}"]')
    settle(page)


def expected(session: Session, ref: str) -> str | None:
    """The engine's number behind a reference, as text; None for what is text already."""
    moment, trace = session._timeline.now, session._trace()
    row = place_of(trace, session._row)
    if ref == "loss":
        return format_number(moment.loss())
    if ref == "row_loss":
        return format_number(trace.losses[row])
    if found := re.fullmatch(r"output\[(\d+)\]", ref):
        from chainrule import engine

        values = engine.predict(moment.spec, moment.params, moment.X)[int(found[1])]
        return " ".join(format_number(v) for v in values) if moment.y.ndim == 2 else None
    if found := re.fullmatch(r"target\[(\d+)\]", ref):
        return format_number(trace.targets[row][int(found[1])])
    if found := re.fullmatch(r"(z|a|delta)(\d+)\[(\d+)\]", ref):
        return format_number(trace[f"{found[1]}{found[2]}"][row][int(found[3])])
    if found := re.fullmatch(r"((?:dL_d)?[Wb]\d+)\[([\d,]+)\]", ref):
        at = tuple(int(k) for k in found[2].split(","))
        return format_number(trace[found[1]][at])
    return None


def compare(page: Any, session: Session) -> int:
    """How many numbers on the screen were compared with the engine's; all must agree."""
    shown = page.eval_on_selector_all(
        "svg.network [data-ref], .curve [data-ref], .table [data-ref]",
        "all => all.map(one => [one.dataset.ref, one.textContent.trim()])",
    )
    count = 0
    for ref, text in shown:
        value = expected(session, ref)
        if value is None or text == "—":
            continue
        assert text == value, ref
        count += 1
    return count


def test_the_first_screen(browser):
    session = Session()
    with opened(browser, session) as page:
        said = page.inner_text(".said")
        assert said.startswith("Row 3: the network answers 0.7033, wanted is 0.")
        assert page.inner_text('[data-ref="loss"]') == "0.5759"
        assert compare(page, session) >= 15
        for station in ("Forward", "Forward", "Loss", "Backward", "Backward", "Update"):
            do(page, "step")
            assert page.inner_text(".station[aria-current]").endswith(station)
        do(page, "step")
        assert session._timeline.now.step == 1
        assert page.inner_text('[data-ref="loss"]') == "0.5704"


def problems() -> dict[str, Any]:
    from dataclasses import replace

    from sklearn.datasets import load_iris

    from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

    iris = load_iris()
    wide = replace(
        problem("moons"),
        name="iris",
        X=(iris.data - iris.data.mean(0)) / iris.data.std(0),
        y=iris.target.astype(np.int64),
        inputs=tuple(iris.feature_names),
        outputs=tuple(iris.target_names),
        spec=NetworkSpec(
            4,
            (Dense(16, "relu"), Dense(8, "tanh"), Dense(3, "softmax")),
            Loss("cross_entropy"),
        ),
        training=TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=32, l2=1e-3),
    )
    return {"xor": problem("xor"), "mazur": problem("mazur"), "iris": wide}


@pytest.mark.parametrize("name", ["xor", "mazur", "iris"])
def test_every_number_on_the_screen_is_the_engines(browser, name):
    session = Session(problems()[name])
    walk, count = random.Random(name), 0
    with opened(browser, session) as page:
        for _ in range(10):
            for _ in range(6):
                action = walk.choice(
                    ["step", "step", "back", "unit", "edge", "row", "edit", "grain"]
                )
                if action == "step" or (action == "back" and page.is_enabled('[data-do="back"]')):
                    do(page, action)
                elif action == "grain":
                    grain = walk.choice(["unit", "layer", "step"])
                    page.select_option(".controls select >> nth=0", grain)
                elif action in ("unit", "edge"):
                    places = page.query_selector_all(f"[data-{action}]")
                    walk.choice(places).dispatch_event("click")
                elif action == "row":
                    walk.choice(page.query_selector_all("tbody tr")).dispatch_event("click")
                elif action == "edit" and page.query_selector("#edit"):
                    page.fill("#edit", str(round(walk.uniform(-1, 1), 3)))
                    page.press("#edit", "Enter")
                settle(page)
            count += compare(page, session)
    assert count >= 150


def test_back_shows_what_forward_showed(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        page.select_option(".controls select >> nth=0", "unit")
        seen = []
        for _ in range(26):
            seen.append(page.text_content("svg.network"))
            do(page, "step")
        for shown in reversed(seen):
            do(page, "back")
            assert page.text_content("svg.network") == shown


def test_by_keyboard_alone(browser):
    session = Session()
    with opened(browser, session) as page:
        for key in ("3", "v"):
            page.keyboard.press(key)
            settle(page)
        assert "ok" in page.inner_text(".verdict")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("]")
        settle(page)
        page.keyboard.press("n")
        settle(page)
        assert page.query_selector(".nudge .tangent")
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        settle(page)
        assert 0.5 in np.concatenate([w.ravel() for w in session._timeline.now.params.values()])
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Space")
        page.wait_for_timeout(800)
        page.keyboard.press("Space")
        settle(page)
        assert page.get_attribute('[data-do="play"]', "aria-pressed") == "false"


def test_names_stay_text(browser):
    hostile = [
        "<img src=x onerror=alert(1)>", "<script>document.title='x'</script>", "a&amp;b", "'\"><b>",
        "{{7*7}}", "javascript:alert(1)", "</svg><svg onload=alert(1)>", "${alert(1)}", "a\u202eb",
    ]  # fmt: skip
    rows = "\n".join(f"{k % 7},{k % 5}," + hostile[k % 3].replace('"', "") for k in range(60))
    header = ",".join('"' + name.replace('"', '""') + '"' for name in [*hostile[3:5], "class"])
    session = Session()
    session.handle({"type": "data", "csv": header + "\n" + rows, "target": "class"})
    with opened(browser, session) as page:
        page.on("dialog", lambda dialog: pytest.fail("a name was run"))
        do(page, "step")
        do(page, "step")
        assert page.title() == "chainrule play"
        assert page.query_selector("#app img, #app script, #app b > script") is None
        assert hostile[0] in page.inner_text("#app")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anybody(browser, scheme):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in web/")
    session = Session()
    with opened(browser, session, color_scheme=scheme) as page:
        for name in ("step", "step", "tour", "tour", "diagnose", "help"):
            do(page, name)
            page.evaluate(AXE.read_text())
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            serious = [
                (one["id"], one["nodes"][0]["html"][:120])
                for one in found["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            assert serious == []


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_runs_out_of_the_page(browser, width):
    session = Session()
    with opened(browser, session, viewport={"width": width, "height": 844}) as page:
        for _ in range(4):
            do(page, "step")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_recorded_run_opens_from_disk(browser, tmp_path):
    path = tmp_path / "run.html"
    path.write_text(Session().to_html(40), encoding="utf-8")
    faults = []
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else faults.append(r.url)
    )
    page.goto(path.as_uri())
    page.wait_for_selector(".network")
    page.select_option(".controls select >> nth=0", "step")
    live = Session()
    live.handle({"type": "show", "row": 3})  # the recording keeps to its first row
    for step in range(1, 41):
        do(page, "step")
        live.handle({"type": "advance"})
        assert page.inner_text('[data-ref="loss"]') == expected(live, "loss"), step
    compare(page, live)
    for _ in range(40):
        do(page, "back")
    assert page.inner_text('[data-ref="loss"]') == "0.5759"
    page.keyboard.press("3")
    settle(page)
    assert page.query_selector(".formula math")
    do(page, "verify")
    assert "recording" in page.inner_text(".notice")
    assert faults == []
    context.close()


def test_numbers_are_written_as_python_writes_them(browser):
    draw = np.random.default_rng(0)
    values = np.concatenate(
        [
            draw.normal(size=4000) * 10.0 ** draw.integers(-12, 12, 4000),
            draw.integers(-(10**7), 10**7, 3000) / 2.0 ** draw.integers(0, 12, 3000),
            np.frombuffer(draw.bytes(8 * 3000), np.float64),
            [0.0, -0.0, np.inf, -np.inf, np.nan, 9.9996, 99995.0, 999999.5, 1e-5, 0.00099995],
        ]
    )
    with opened(browser, Session()) as page:
        for digits in (1, 3, 4, 6):
            written = page.evaluate(
                "([numbers, digits]) => numbers.map(v => chainrule.format(Number(v), digits))",
                [[repr(float(v)).replace("inf", "Infinity") for v in values], digits],
            )
            assert written == [format_number(float(v), digits) for v in values]


def test_two_runs_side_by_side(browser):
    session = Session()
    with opened(browser, session) as page:
        do(page, "compare")
        page.select_option('[data-do="rival"]', "0")
        settle(page)
        assert "learning_rate 1" in page.inner_text(".rival")
        assert "first number that differs: update_W1[0,0]" in page.inner_text(".rival")
        page.select_option(".controls select >> nth=0", "step")
        for _ in range(3):
            do(page, "step")
        other = Session()
        change = {"kind": "training", "settings": {"learning_rate": 1.0}}
        other.handle({"type": "edit", "change": change})
        other.handle({"type": "advance", "steps": 3})
        assert page.inner_text(".rival .other") == format_number(other._timeline.now.loss())
        assert page.query_selector(".curve polyline.other")
        page.select_option('[data-do="problem"]', "and")
        settle(page)
        assert page.query_selector(".rival") is None
