"""docs/diagnosis.md: what can be diagnosed, and how well, from the kept results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.diagnosis.corpus import STRENGTHS
from chainrule.explain.diagnosis.table import TABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"

_INTRODUCTION = """\
# What `diagnose` finds, and what it misses

`model.diagnose(X, y)` and `chainrule diagnose MODEL DATA` read the losses of the epochs, the rows,
and one recorded step over at most 1,024 of them. They name the likeliest cause first, with its
numbers and a fix in arguments that the object at hand takes; `...` in a fix stands for what was
there before. `found[0].steps` holds the fix as lines of code, `found.summary` the answer in one
line. Pass the validation rows as `eval_set=(X_val, y_val)` to have both compared.

The figures below are made by `python -m benchmarks diagnosis --keep` and read from
`benchmarks/results/diagnosis.json`. Every kind of bad training is seeded at three strengths on
tables drawn for it, as a `Network`, a drop-in `MLP*` or a `Tabular*` estimator. The fix of the
first finding is applied literally, line by line, and the training is repeated. It works when the
loss is then at least a tenth below that of the best constant prediction, and either the finding is
gone or a third of what was missing has been learned.

Two halves have tables, seeds and starting weights of their own. The limits of the detectors, and
the kinds themselves, were chosen on the first half; the held-back half was looked at only when
they stood. It was drawn twice, with no detector changed in between: 142 of 144 causes named and 129
of 132 fixes working in the first draw, and the figures below in the second. One limit was changed
after that, for a network outside both halves, and no figure moved. Both halves have the same kinds:
what a kind that nobody thought of would do, they do not tell.
"""


def write(results: list[dict[str, Any]]) -> Path:
    """Render the page; returns its path."""
    PAGE.write_text(text(results))
    return PAGE


def text(results: list[dict[str, Any]]) -> str:
    """The page of these results."""
    from benchmarks.diagnosis.command import figures

    lines = [
        _INTRODUCTION,
        "| half | bad trainings | kinds | cause named | fix works | false alarms |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        f = figures(result)
        lines.append(
            f"| {result['half']} | {f['bad']} | {f['kinds']} | {f['named']} = "
            f"{f['named'] / f['bad']:.1%} | {f['mended']} of {f['with_code']} = "
            f"{f['mended'] / f['with_code']:.1%} | {f['false_alarms']} of {f['healthy']} |"
        )
    lines += [
        "",
        "Where only advice can be given (labels shuffled, a constant target), nothing is applied,",
        "and the case does not count among the fixes.",
        "",
    ]
    lines += [
        "## Kinds",
        "",
        "Named and mended, of three strengths in each half; a dash where the fix is advice.",
        "",
        "| kind | first half | held-back half |",
        "|---|---|---|",
    ]
    for kind in dict.fromkeys(case["kind"] for case in results[0]["bad"]):
        cells = [_cell([c for c in result["bad"] if c["kind"] == kind]) for result in results]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    lines += ["", "## Misses", ""]
    lines += [_miss(result["half"], case) for result in results for case in result["bad"]
              if not case["named"] or case["works"] is False] or ["None."]  # fmt: skip
    lines += ["", "## False alarms", ""]
    lines += [
        f"- {result['half']}: {case['object']} on {case['table']}: {case['sentence']}"
        for result in results
        for case in result["healthy"]
        if case["codes"]
    ] or ["None."]
    lines += ["", "## Questions", "", "In the order in which findings are told.", "",
              "| code | looks for |", "|---|---|"]  # fmt: skip
    lines += [f"| {code} | {row.looks_for} |" for code, row in TABLE.items()]
    return "\n".join(lines) + "\n"


def _cell(cases: list[dict[str, Any]]) -> str:
    named = sum(case["named"] for case in cases)
    code = [case["works"] for case in cases if case["works"] is not None]
    return f"{named}, {sum(code) if code else '–'}"


def _miss(half: str, case: dict[str, Any]) -> str:
    codes = ", ".join(case["codes"]) or "nothing"
    strength = f"{case['strength']}" if case["strength"] in STRENGTHS else ""
    what = "not named" if not case["named"] else "named, not mended"
    return f"- {half}: {case['kind']} ({strength}), {case['object']} on {case['table']}: {what}; " \
           f"found {codes}"  # fmt: skip
