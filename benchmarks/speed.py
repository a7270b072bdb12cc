"""`python -m benchmarks speed`: measure the parts asked for, print, keep, plot."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from benchmarks.parts import PARTS
from benchmarks.run import Run


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks speed",
        description="Time chainrule against what is installed. Installs nothing.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="parts:\n" + "\n".join(f"  {name:12}{what}" for name, what in PARTS.items()),
    )
    parser.add_argument("--quick", action="store_true", help="table 1 only, with few systems")
    parser.add_argument("--parts", help="comma-separated; all without it")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (7)")
    parser.add_argument("--seconds", type=float, help="of one run in a round (0.3; quick 0.1)")
    parser.add_argument("--only", help="comma-separated beginnings of systems' names")
    parser.add_argument("--no-pages", action="store_true", help="leave docs/benchmarks as it is")
    parser.add_argument("--render", action="store_true", help="only redraw docs/benchmarks")
    given = parser.parse_args(arguments)
    if given.render:
        return _render()
    parts = ["table_1"] if given.quick else list(PARTS)
    if given.parts:
        parts = given.parts.split(",")
        unknown = [part for part in parts if part not in PARTS]
        if unknown:
            parser.error(f"no part '{unknown[0]}'; there are {', '.join(PARTS)}")
    run = Run(
        rounds=given.rounds,
        seconds=given.seconds or (0.1 if given.quick else 0.3),
        quick=given.quick,
        only=tuple(given.only.split(",")) if given.only else (),
    )
    try:
        print("\n".join(run.header()), flush=True)
        for part in parts:
            run_part(run, part)
    finally:
        run.pool.close()
    return 0 if given.quick or given.no_pages else _render()


def run_part(run: Run, name: str) -> Any:
    """Measure, keep as JSON and print one part; returns its figures."""
    module = importlib.import_module(f"benchmarks.parts.{name}")
    print(f"\n{module.TITLE}\n", flush=True)
    figures = module.measure_part(run)
    path = run.write(name, figures)
    print(f"\n{module.show(figures)}\n\nkept in {path.name}", flush=True)
    return figures


def _render() -> int:
    from benchmarks.pages import render

    for path in render():
        print(f"wrote {path}")
    return 0
