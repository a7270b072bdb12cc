"""What a run found as numbers, and the page of them: a section for every part of the core."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.mutants.build import ROOT
from benchmarks.mutation.operators import Place
from benchmarks.mutation.suite import IMPOSSIBLE, SURVIVED, UNREACHED

PAGE = ROOT / "docs" / "mutation.md"
RESULTS = ROOT / "benchmarks" / "results"
_EXPLAINED = Path(__file__).with_name("explained.toml")
_INTRODUCTION = """\
# Small faults that the tests notice

`python -m benchmarks mutation` turns every operator, number, condition and statement of the
compiled core into a fault or two: `<` into `<=` and `>=`, `+` into `-`, `8` into `9` and `7`, a
condition into its opposite, a statement into nothing. All of them lie in one build, each behind a
switch. The kernels beside it are this machine's own; where they are mutated themselves they are the
portable ones, with 16-byte vectors, and so they were in the run of core/train that is shown here.
With one switched on, the tests of `tests/core`, `tests/bits` and some of `tests/engine` that reach
it run until one of them fails, which kills that mutant; so does a crash or a computation that does
not end.

Some mutants compute what the right code computes: one more row in a block of rows changes when
things happen, and no result. Those are explained, by the lines of `explained.toml` beside the
command, and left out of the score, the share of the others that is killed. Explanations are given
to survivors alone: what a test kills counts as killed, whatever is said about it. A run gives every
mutant some seconds of tests; with `--keep` the next run goes on with what has survived.
"""


def explained(place: Place) -> str | None:
    """Why no result can tell this mutant from the right code, where that is known."""
    for entry in tomllib.loads(_EXPLAINED.read_text(encoding="utf-8"))["mutants"]:
        if (
            re.fullmatch(entry["file"], place.file)
            and re.search(entry["line"], place.text)
            and re.search(entry.get("what", ""), place.what)
            and place.nth in entry.get("nth", [place.nth])
        ):
            return str(entry["why"])
    return None


def summary(part: str, places: Sequence[Place], verdicts: Mapping[str, str]) -> dict[str, Any]:
    """What became of the mutants of a part, of which some or all have a verdict."""
    places = [place for place in places if verdicts.get(place.key) != IMPOSSIBLE]
    files = {place.file: {"killed": 0, "explained": 0, "open": 0} for place in places}
    reasons: Counter[tuple[str, str]] = Counter()
    left = []
    for place in places:
        verdict = verdicts.get(place.key)
        if verdict is None:
            continue
        why = explained(place) if verdict.startswith(SURVIVED) else None
        if not verdict.startswith(SURVIVED):
            files[place.file]["killed"] += 1
        elif why is not None:
            files[place.file]["explained"] += 1
            reasons[place.file, why] += 1
        else:
            files[place.file]["open"] += 1
            left.append({"file": place.file, "line": place.line, "what": place.what,
                         "text": place.text, "reached": verdict != UNREACHED})  # fmt: skip
    return {
        "part": part,
        "mutants": len(places),
        "files": files,
        "explained": [[file, why, n] for (file, why), n in sorted(reasons.items())],
        "open": left,
    }


def section(found: Mapping[str, Any]) -> str:
    """The score of a part and every survivor that is not explained."""
    counts = {
        kind: sum(row[kind] for row in found["files"].values())
        for kind in ("killed", "explained", "open")
    }
    judged = sum(counts.values())
    counted = counts["killed"] + counts["open"]
    share = counts["killed"] / max(counted, 1)
    chance = ""
    if judged < found["mutants"]:
        width = 1.96 * math.sqrt(share * (1 - share) / max(counted, 1))
        chance = f", 95 % of samples within {100 * width:.1f} points"
    lines = [
        f"## core/{found['part']}",
        "",
        f"**{100 * share:.1f} %**{chance}: {counts['killed']:,} of {counted:,} are killed, "
        f"{counts['explained']:,} more are explained; {judged:,} of {found['mutants']:,} mutants "
        "were judged.",
        "",
        "| file | killed | explained | survive |",
        "|---|---|---|---|",
    ]
    for file, row in found["files"].items():
        lines.append(f"| `{file}` | {row['killed']} | {row['explained']} | {row['open']} |")
    if found["explained"]:
        lines += ["", "| explained | file | why no result can tell |", "|---|---|---|"]
        lines += [f"| {n} | `{file}` | {why} |" for file, why, n in found["explained"]]
    if found["open"]:
        lines += ["", "These survive:", ""]
    for place in found["open"]:
        unreached = "" if place["reached"] else ", which no test reaches"
        lines.append(
            f"- `{place['file']}:{place['line']}` `{place['what']}`{unreached}: `{place['text']}`"
        )
    return "\n".join(lines) + "\n"


def page(parts: Sequence[str]) -> str:
    """The page of all parts whose results are kept."""
    sections = [_INTRODUCTION]
    for part in parts:
        if (path := _kept(part)).exists():
            sections.append(section(json.loads(path.read_text(encoding="utf-8"))))
    return "\n".join(sections)


def keep(found: Mapping[str, Any]) -> None:
    """Write a part's results where the page finds them."""
    _kept(found["part"]).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _kept(part: str) -> Path:
    return RESULTS / f"mutation-{part}.json"
