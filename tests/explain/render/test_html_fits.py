"""A browser shows every explanation inside the page: 400 pixels wide or more, light and dark."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape, unescape

import pytest

from chainrule.explain.render.html import html_document
from rendered import all_kinds

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

# The page in a frame of its own width, and what stands out of it. Only the test has a script.
FRAME = """<!DOCTYPE html><html><head><meta charset="utf-8">
<meta name="color-scheme" content="light dark"></head><body><pre></pre>
<iframe srcdoc="PAGE" style="border: 0; width: WIDTHpx; height: 800px"></iframe><script>
onload = () => {
  const page = document.querySelector("iframe").contentDocument, frame = page.documentElement;
  const out = [], squeezed = [];
  for (const each of page.querySelectorAll(".chainrule-explanation *")) {
    const box = each.getBoundingClientRect();
    const runs = box.right > frame.clientWidth + 0.5 || box.left < -0.5;
    if (runs) out.push([each.outerHTML, box.right]);
    const least = {math: 1, th: 60}[each.localName] || 0;
    if (box.width < least) squeezed.push(each.outerHTML);
  }
  const colour = (selector, name) => getComputedStyle(page.querySelector(selector))[name];
  document.querySelector("pre").textContent = JSON.stringify({
    frame: frame.clientWidth, scroll: frame.scrollWidth, out: out.slice(0, 20), squeezed,
    maths: page.querySelectorAll("math").length,
    paper: colour(".chainrule-explanation", "backgroundColor"),
    symbol: colour("mrow[class]", "color"),
  });
};
</script></body></html>"""


def report(page, width, folder, *options):
    """What the browser measured, in a frame of this width: its own windows are never narrow."""
    page = page.replace("<details>", "<details open>")
    file = folder / "frame.html"
    file.write_text(FRAME.replace("WIDTH", str(width)).replace("PAGE", escape(page)), "utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--hide-scrollbars", *options,
               f"--user-data-dir={folder / 'profile'}", "--window-size=1400,900",
               "--dump-dom", file.as_uri()]  # fmt: skip
    run = subprocess.run(command, capture_output=True, timeout=300, check=True)
    found = re.search(r"<pre>(.+?)</pre>", run.stdout.decode(), re.DOTALL)
    return json.loads(unescape(found[1]))


@pytest.fixture(scope="module")
def page():
    return html_document([each for _, each in all_kinds(False)])


@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_runs_out(page, width, tmp_path):
    found = report(page, width, tmp_path)
    assert found["frame"] == width
    assert found["scroll"] <= width
    assert found["out"] == [] and found["squeezed"] == []
    assert found["maths"] > 5000


def test_what_runs_out_is_seen(tmp_path):
    page = html_document([next(iter(all_kinds(False)))[1]])
    wide = page.replace('<mn data-ref="constant">', f'<mn data-ref="constant">{"9" * 90}', 1)
    assert report(wide, 400, tmp_path)["out"]


def test_colours_follow_the_scheme(tmp_path):
    page = html_document([next(iter(all_kinds(False)))[1]])
    light = report(page, 400, tmp_path)
    dark = report(page, 400, tmp_path, "--blink-settings=preferredColorScheme=0")
    assert light["paper"] == "rgb(255, 255, 255)" and dark["paper"] == "rgb(22, 24, 29)"
    assert light["symbol"] != dark["symbol"]
