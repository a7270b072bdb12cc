"""XOR and Mazur in every rendering, kept as files.

`python tests/explain/test_golden.py` writes them again after a deliberate change; read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainrule.explain.examples import EXAMPLES, example
from chainrule.explain.explain import explain

GOLDEN = Path(__file__).parent / "golden"
QUANTITIES = {"mazur": ["W1[0,0]", "W2[0,0]", "loss"], "xor": ["W1[0,0]", "b2[0]", "loss"]}
RENDERINGS = {
    "txt": lambda e: e.to_text(),
    "full.txt": lambda e: e.to_text(full=True),
    "ascii.txt": lambda e: e.to_text(unicode=False),
    "tex": lambda e: e.to_latex(),
    "html": lambda e: e.to_html(),
}


def explanations(name):
    trace = example(name).trace()
    return [explain(trace, quantity) for quantity in QUANTITIES[name]]


def rendered(name, kind):
    return "\n\n".join(RENDERINGS[kind](e) for e in explanations(name)) + "\n"


def forms(name):
    return [e.to_json() for e in explanations(name)]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("kind", RENDERINGS)
def test_renderings(name, kind):
    kept = (GOLDEN / f"{name}.{kind}").read_text(encoding="utf-8")
    assert rendered(name, kind) == kept


def assert_same(found, kept, where="", loose=False):
    """Equal, numbers to 1e-12 of themselves; numeric derivatives are noisier."""
    assert type(found) is type(kept), where
    if isinstance(kept, dict):
        assert found.keys() == kept.keys(), where
        for key in kept:
            noisy = loose or key in ("check", "prediction")
            if not (noisy and key == "error"):
                assert_same(found[key], kept[key], f"{where}/{key}", noisy)
    elif isinstance(kept, list):
        assert len(found) == len(kept), where
        for place, pair in enumerate(zip(found, kept, strict=True)):
            assert_same(*pair, f"{where}/{place}", loose)
    elif isinstance(kept, float):
        assert found == pytest.approx(kept, rel=1e-6 if loose else 1e-12, abs=1e-300), where
    else:
        assert found == kept, where


@pytest.mark.parametrize("name", EXAMPLES)
def test_json(name):
    kept = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert_same(json.loads(json.dumps(forms(name))), kept)


def write():
    GOLDEN.mkdir(exist_ok=True)
    for name in EXAMPLES:
        for kind in RENDERINGS:
            (GOLDEN / f"{name}.{kind}").write_text(rendered(name, kind), encoding="utf-8")
        text = json.dumps(forms(name), indent=1, ensure_ascii=False)
        (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
