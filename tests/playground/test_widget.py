"""The playground in a notebook: the same answers, and the same tour under JupyterLab."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from benchmarks.playground.driving import do, settle

import chainrule.playground
from chainrule.errors import ChainruleError
from chainrule.playground import Session
from chainrule.playground.pages import widget_module, widget_style
from driven import BROWSER
from touring import take_tour

needs_anywidget = pytest.mark.skipif(
    find_spec("anywidget") is None, reason="anywidget is not installed: the extra `notebook`"
)


@pytest.mark.skipif(find_spec("anywidget") is not None, reason="anywidget is installed")
def test_without_anywidget_the_extra_is_named():
    with pytest.raises(ChainruleError, match=r"chainrule\[notebook\]"):
        _ = chainrule.playground.Playground


def test_the_style_of_a_widget_reaches_nothing_around_it():
    style = widget_style()
    assert ":root" not in style and "body{" not in style.replace(" ", "")
    assert "@media (max-width" not in style and "@container" in style
    assert style.count("{") == style.count("}")


def test_the_module_of_a_widget_is_the_pages_own_script():
    from chainrule.playground.pages import page_file

    assert widget_module().startswith(page_file("app.js").decode())
    assert "export default { render:" in widget_module()


@needs_anywidget
def test_a_widget_answers_as_its_session_does():
    play = chainrule.playground.Playground("mazur")
    sent = []
    play.send = lambda content, buffers: sent.append((content, buffers))
    messages = ({"type": "hello", "id": 1}, {"type": "advance", "id": 2}, {"type": "no"})
    for message in messages:
        play._heard(play, message, [])
    other = Session.opened("mazur")
    for message, (content, buffers) in zip(messages, sent, strict=True):
        answer, arrays = other.handle(message)
        assert json.loads(json.dumps(content, allow_nan=False)) == json.loads(json.dumps(answer))
        assert buffers == arrays
    assert play.session._timeline.now.step == 1


@needs_anywidget
def test_a_widget_begins_where_it_is_told(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("x,y\n" + "\n".join(f"{k},{k % 2}" for k in range(20)))
    make = chainrule.playground.Playground
    assert make(str(table)).session._problem.inputs == ("x",)
    shared = Session()
    assert make(shared).session is shared
    with pytest.raises(ChainruleError, match="there is no problem"):
        make("nothing")


CELLS = (
    "from chainrule.playground import Playground\nplay = Playground()\nplay",
    "print('step', play.session.handle({'type': 'hello'})[0]['frame']['step'])",
)


@pytest.fixture
def lab(tmp_path) -> Iterator[str]:
    """Address of a notebook in a JupyterLab of its own."""
    cells = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "outputs": [], "source": source,
         "execution_count": None}
        for k, source in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "play.ipynb").write_text(json.dumps(book))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    folders = {"JUPYTER_CONFIG_DIR": "conf", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipy"}
    homes = {name: str(tmp_path / ".j" / folder) for name, folder in folders.items()}
    paths = os.pathsep.join(p for p in sys.path if p)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", f"--IdentityProvider.token={token}", f"--notebook-dir={tmp_path}"),
    ]
    with subprocess.Popen(
        command,
        env={**os.environ, **homes, "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            for _ in range(200):
                with socket.socket() as door:
                    if door.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/lab/tree/play.ipynb?token={token}&reset"
        finally:
            process.terminate()
            process.wait(20)


class TestJupyterLab:
    """Needs jupyterlab beside anywidget."""

    pytestmark = [  # noqa: RUF012  pytest takes a list alone
        *BROWSER,
        needs_anywidget,
        pytest.mark.skipif(find_spec("jupyterlab") is None, reason="jupyterlab is not installed"),
    ]

    def test_the_widget_passes_the_same_tour(self, browser, lab):
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(lab)
        run(page, 0)
        page.wait_for_selector("svg.network", timeout=60_000)
        settle(page)
        assert page.inner_text('[data-ref="loss"]') == "0.5759"
        for _ in range(7):
            do(page, "step")
        assert page.inner_text('[data-ref="loss"]') == "0.5704"
        run(page, 1)
        page.wait_for_selector(".jp-OutputArea-output:has-text('step 1')")  # one session for both
        cells = len(page.query_selector_all(".jp-Cell"))
        page.click(".network .caption >> nth=0")
        page.keyboard.press("b")  # in JupyterLab another cell, here the worst row
        settle(page)
        assert len(page.query_selector_all(".jp-Cell")) == cells
        assert take_tour(page) == 16
        assert faults == []
        page.close()


def run(page: Any, cell: int) -> None:
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)
    page.click(f".jp-Notebook .jp-Cell >> nth={cell}", position={"x": 400, "y": 12}, timeout=60_000)
    page.keyboard.press("Shift+Enter")
