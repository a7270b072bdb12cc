"""docs/benchmarks/: a page and a plot from the kept JSON, so that no figure is typed by hand."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from benchmarks.machine import instruction_set
from benchmarks.parts import PARTS
from benchmarks.run import RESULTS

DOCS = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"

_INTRODUCTION = """\
# Speed

Made by `python -m benchmarks speed` after `pip install 'chainrule[bench]'`; the figures below are
read from `benchmarks/results/`. Every system trains the same network from the same weights on the
same batches in the same order, in float32 with Adam, in processes of its own, in interleaved
rounds, with one thread and with all; the better counts. A timing counts only where the loss curve
agrees with chainrule's to 1e-4 over 16 steps. Compilation and imports are not in the time of a
step. The peak is measured beside it: independent multiply-adds in registers. Operations are
those of the products, `2 B (3 sum(n_in n_out) - n_in n_out of layer 1)`; the optimizer's time is
in, its operations are not. With `CHAINRULE_ISA=avx2` the libraries that can be held to AVX2 are;
"avx2-amx" is such a run on a processor that has AMX.

How far the cores are apart decides what a second thread gives: on a virtual machine they may share
an L3 (about 50 ns for a cache line there and back) in one minute and not in the next (500 ns).
"""


def kept() -> list[dict[str, Any]]:
    """The kept parts in the order of the command; quick runs are not kept here."""
    files = [
        path
        for part in PARTS
        for path in sorted(RESULTS.glob(f"{part}-*.json"))
        if not path.stem.endswith("-quick")
    ]
    return [json.loads(path.read_text()) for path in files]


#: Commands of their own whose figures stand on the page too: file -> module with `show`.
_COMMANDS = {"many": "benchmarks.many.command", "prediction": "benchmarks.prediction.command"}


def _of_commands() -> list[str]:
    """Their sections."""
    found = []
    for name, module_name in _COMMANDS.items():
        for path in sorted(RESULTS.glob(f"{name}-*.json")):
            content, module = json.loads(path.read_text()), importlib.import_module(module_name)
            head = f"## {module.TITLE} ({instruction_set(content['machine'])})"
            found.append(
                "\n".join([head, "", module.show(content["figures"]), "", _made(content), ""])
            )
    return found


def render() -> list[Path]:
    """Write the page and the plots; returns their paths."""
    DOCS.mkdir(parents=True, exist_ok=True)
    parts = kept()
    page = DOCS / "speed.md"
    sections = [_INTRODUCTION]
    written = [page]
    for content in parts:
        module = importlib.import_module(f"benchmarks.parts.{content['part']}")
        lines = [f"## {module.TITLE} ({instruction_set(content['machine'])})", ""]
        if content["part"] == "table_1":
            from benchmarks.plot import plot_steps

            images = plot_steps(content, DOCS)
            written += images
            lines += [f"![Time of a step by the size of the network]({images[-1].name})", ""]
        lines += [module.show(content["figures"]), "", _source(content), ""]
        sections.append("\n".join(lines))
    page.write_text("\n".join([*sections, *_of_commands()]))
    return written


def _source(content: dict[str, Any]) -> str:
    """The machine line under a table."""
    from benchmarks.peak import Peak

    form = content["peak"]
    peak = Peak(**{**form, "flops": {int(t): rate for t, rate in form["flops"].items()}})
    more = f"Peak: {peak.line()}."
    if content["drifted"]:
        more += f" **The peak moved by {content['peak_drift']:.0%} during this run.**"
    return _made(content, more)


def _made(content: dict[str, Any], more: str = "") -> str:
    """By which command, when, where and in what circumstances."""
    made = f"`{content['command']}`, {content['finished'][:10]}. {content['machine_line']}."
    doubts = f"{'; '.join(content['warnings'])}." if content["warnings"] else ""
    return " ".join(filter(None, [made, more, doubts]))
