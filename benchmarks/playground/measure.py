"""How fast the playground answers: in its session, and on the screen of a headless browser."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.playground import Session, problem
from chainrule.playground.setup import configured

SECONDS = 5.0


def timed(work: Callable[[], object], repeats: int = 5) -> float:
    """Best of some calls, in seconds."""
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return float(best)


def dense(units: int, n_layers: int) -> list[dict[str, Any]]:
    return [{"kind": "dense", "units": units, "activation": "tanh"}] * n_layers


def in_session() -> dict[str, float]:
    """Figures that need no browser."""
    small = Session(problem("circles"))
    start, steps = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        steps += small.handle({"type": "advance", "budget_ms": 20})[0]["taken"]
    rate = steps / (time.perf_counter() - start)
    wide = Session(configured(problem("circles"), dense(256, 3)))
    explain = {"type": "explain", "quantity": "W2[5,7]"}
    return {
        "steps a second, 2-8-8-1, batch 32": rate,
        "explanation of a 3x256 weight, ms": 1e3 * timed(lambda: wide.handle(explain)),
        "frame of 3x256, ms": 1e3 * timed(lambda: wide.handle({"type": "advance"})),
    }


def memory_over(minutes: float) -> dict[str, float]:
    """Growth of the process over as many requests as a page makes in that time, without waiting.

    The session keeps a bounded number of states and losses to go back to; they are full after the
    first minutes, whose growth is a figure of its own.
    """
    session = Session(problem("circles"))
    frames = int(minutes * 60 * 10)  # ten frames a second

    def requests(n: int) -> float:
        for _ in range(n):
            session.handle({"type": "advance", "budget_ms": 1})
            session.handle({"type": "explain", "quantity": "W1[0,0]"})
            session.handle({"type": "map"})
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

    start, full = requests(1), requests(frames // 4)
    after = requests(frames - frames // 4)
    first, last = minutes / 4, minutes * 3 / 4
    return {
        f"growth over the first {first:g} minutes of frames, MiB": full - start,
        f"growth over the {last:g} minutes after them, MiB": after - full,
    }


def on_the_screen() -> dict[str, float]:
    """Figures of a headless chromium."""
    from playwright.sync_api import sync_playwright

    from chainrule.playground.server import Server

    sessions = iter(
        [Session(problem("circles")), Session(configured(problem("circles"), dense(256, 3)))]
    )
    server = Server(lambda: next(sessions))
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.address)
        page.wait_for_selector(".network")
        page.select_option(".controls select >> nth=1", "max")
        page.click('[data-do="play"]')
        page.wait_for_timeout(500)
        frames = page.evaluate(
            """seconds => new Promise(done => {
                let count = 0;
                const watch = new MutationObserver(() => count++);
                const all = {subtree: true, characterData: true, childList: true};
                watch.observe(document.querySelector('.where'), all);
                setTimeout(() => { watch.disconnect(); done(count / seconds); }, 1000 * seconds);
            })""",
            SECONDS,
        )
        page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.address)
        page.wait_for_selector("math >> visible=true")
        click = page.evaluate(
            """() => new Promise(done => {
                const start = performance.now();
                const watch = new MutationObserver(() => {
                    watch.disconnect();
                    requestAnimationFrame(() => done(performance.now() - start));
                });
                watch.observe(document.querySelector('.formula'), {childList: true});
                const unit = document.querySelectorAll('[data-unit^="2/"]')[3];
                unit.dispatchEvent(new Event('click', {bubbles: true}));
            })"""
        )
        browser.close()
    server.stop()
    return {
        "frames a second while 2-8-8-1 trains": frames,
        "click to explanation, 3x256, ms": click,
    }


def first_screen() -> dict[str, float]:
    """Seconds from the command to a page that answers."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        start = time.perf_counter()
        command = [sys.executable, "-m", "chainrule.cli", "play", "--no-browser"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ
        ) as process:
            assert process.stdout is not None
            try:
                page.goto(process.stdout.readline().strip())
                page.wait_for_selector(".network")
                seconds = time.perf_counter() - start
            finally:
                process.terminate()
        browser.close()
    return {"command to first screen, seconds": seconds}
