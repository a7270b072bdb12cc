"""`python -m benchmarks quality`: fit what is missing, print the tables, write the page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.quality.comparison import Comparison
from benchmarks.quality.data import SETS
from benchmarks.quality.page import render
from benchmarks.quality.peers import MODELS
from benchmarks.quality.protocol import SPLITS
from benchmarks.quality.report import coverage, sections
from benchmarks.quality.results import KEPT, Results
from benchmarks.quality.runner import missing_packages, run, wanted

_EPILOG = """\
A result that is kept is not computed again; --again names what is. A variant of ours, compared
with the kept results and kept in a file of its own:

  python -m benchmarks quality --models chainrule-fast,chainrule-fast-accuracy \\
      --arguments '{"epochs": 32}' --name short --results short.json --quick
"""
QUICK = tuple(name for name, source in SETS.items() if source.n_rows < 5000)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks quality",
        description="Scores and fit seconds on seventeen tables, one thread. Installs nothing.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"{_EPILOG}\nmodels: {', '.join(MODELS)}\nsets: {', '.join(SETS)}",
    )
    parser.add_argument("--models", help="comma-separated, or 'ours', or 'peers'; all without it")
    parser.add_argument("--sets", help="comma-separated; all without it")
    parser.add_argument("--quick", action="store_true", help="the sets under 5,000 rows")
    parser.add_argument("--splits", help="comma-separated seeds (0,1,2)")
    parser.add_argument("--again", help="comma-separated models whose kept results are replaced")
    parser.add_argument("--results", type=Path, default=KEPT, help="file that results are added to")
    parser.add_argument("--arguments", type=json.loads, default={}, help="JSON, for the estimators")
    parser.add_argument("--name", help="name of the variant that these arguments make")
    parser.add_argument("--show", help="comma-separated models in the tables; all without it")
    parser.add_argument("--take", type=Path, help="only move a file's results into --results")
    parser.add_argument("--render", action="store_true", help="only write docs/quality.md anew")
    given = parser.parse_args(arguments)
    if bool(given.arguments) != bool(given.name):
        parser.error("--arguments and --name come together: a variant has a name of its own")
    if given.take or given.render:
        if given.take:
            Results.read(given.take).add_to(given.results)
        return _render(Results.read(given.results)) if given.render else 0

    again = _models(parser, given.again) if given.again else []
    models = _models(parser, given.models or ",".join(MODELS))
    few = ",".join(QUICK if given.quick else SETS)
    sets = _chosen(parser, "set", given.sets or few, tuple(SETS))
    every = ",".join(map(str, SPLITS))
    splits = _chosen(parser, "split", given.splits or every, tuple(every.split(",")))
    if absent := missing_packages(models):
        print(f"not installed, so not fitted: {', '.join(absent)}")
        models = [model for model in models if MODELS[model].package not in absent]
    kept = Results.read(KEPT)
    found = run(
        given.results,
        wanted(models, sets, map(int, splits)),
        again=again,
        arguments=given.arguments,
        named=given.name,
        kept_yardstick=kept.yardstick,
    )
    kept.take(found)
    comparison = Comparison.of(kept, given.show.split(",") if given.show else None)
    print(f"\n{coverage(comparison)}")
    for title, text in sections(comparison).items():
        print(f"\n{title}\n\n{text}")
    return 0


def _models(parser: argparse.ArgumentParser, given: str) -> list[str]:
    """Names of models, with "ours" and "peers" written out."""
    ours = [name for name, model in MODELS.items() if model.ours]
    groups = {"ours": ours, "peers": [name for name in MODELS if name not in ours]}
    names = [name for part in given.split(",") for name in groups.get(part, [part])]
    return _chosen(parser, "model", ",".join(names), tuple(MODELS))


def _chosen(
    parser: argparse.ArgumentParser, what: str, given: str, known: tuple[str, ...]
) -> list[str]:
    names = given.split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"no {what} '{unknown[0]}'; there are {', '.join(known)}")
    return names


def _render(results: Results) -> int:
    for path in render(results):
        print(f"wrote {path}")
    return 0
