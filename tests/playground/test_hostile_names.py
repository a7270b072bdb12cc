"""Fifty names that want to be more than text: as columns, and as classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.playground.driving import do, opened, settle

from chainrule.playground import Session
from driven import BROWSER

pytestmark = BROWSER

NAMES = (
    "<img src=x onerror=alert(1)>", "<script>document.title='x'</script>", "a&amp;b", "'\"><b>",
    "{{7*7}}", "javascript:alert(1)", "</svg><svg onload=alert(1)>", "${alert(1)}", "a\u202eb",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<math><mtext><img src=x onerror=alert(1)>",
    "</mtext></math><img src=x onerror=alert(1)>", "<style>body{display:none}</style>",
    "</title><script>alert(1)</script>", "<!--", "-->", "<![CDATA[", "]]>", "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>go</a>", "<base href='http://evil.example/'>", "&lt;b&gt;",
    "<form action='http://evil.example'><input></form>", "<object data='x.swf'>", "&#x3c;script>",
    "<link rel=stylesheet href='http://evil.example/x.css'>", "\" onmouseover=\"alert(1)", "`id`",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>", "\\u003cscript\\u003e",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>", "constructor", "__proto__",
    "toString", "hasOwnProperty", "<%= 7*7 %>", "#{7*7}", "$(touch x)", "; rm -rf /", "../../etc",
    "=1+1", "@SUM(1)", "%00", "%3Cscript%3E", "\u2028line", "e\u0301\u0302\u0303", "𝕏" * 40,
    "W1[0,0]", "delta/1/0@0",
)  # fmt: skip


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def of_columns() -> Session:
    """Every name a column, and two classes."""
    draw = np.random.default_rng(0)
    rows = [
        ",".join([*(f"{v:.3f}" for v in draw.normal(size=len(NAMES))), "yes" if k % 2 else "no"])
        for k in range(80)
    ]
    return asked("\n".join([",".join([*map(quoted, NAMES), "class"]), *rows]))


def of_classes() -> Session:
    """Every name a class, four rows each."""
    rows = [f"{k % 9},{k % 7},{quoted(NAMES[k % len(NAMES)])}" for k in range(4 * len(NAMES))]
    return asked("\n".join(["p,q,class", *rows]))


def asked(csv: str) -> Session:
    session = Session()
    answer, _ = session.handle({"type": "data", "csv": csv, "target": "class"})
    assert answer["type"] == "data", answer
    return session


def stays_text(page: Any, name: str, quantity: str) -> None:
    page.evaluate("quantity => chainrule.select(quantity)", quantity)
    settle(page)
    assert name in page.text_content(".formula"), name


def test_there_are_fifty():
    assert len(set(NAMES)) == len(NAMES) == 50


@pytest.mark.parametrize("made", [of_columns, of_classes], ids=["columns", "classes"])
def test_hostile_names_stay_text(browser, made):
    session = made()
    spec = session._timeline.now.spec
    with opened(browser, session) as page:  # which fails for whatever the page's policy refused
        page.on("dialog", lambda dialog: pytest.fail("a name was run"))
        elements = page.evaluate(_ELEMENTS)
        do(page, "step")
        do(page, "step")
        is_columns = made is of_columns
        names = session._timeline.now.names
        given = names.inputs if is_columns else names.outputs
        assert set(given) >= set(NAMES)
        for k, name in enumerate(given):
            if name in NAMES:
                stays_text(page, name, f"a0[{k}]" if is_columns else f"delta{spec.n_layers}[{k}]")
        do(page, "diagnose")
        assert page.title() == "chainrule play" and page.url.startswith("http://127.0.0.1:")
        assert page.evaluate(_ELEMENTS) == elements == 0


# Elements that the page itself never makes below its root.
_ELEMENTS = (
    "document.querySelectorAll('#app :is(img, script, iframe, object, embed, video, a, base, link, "
    "meta, style, form:not(.guide form))').length"
)
