"""`python -m fuzz`: hostile input by the million, and what it found.

python -m fuzz forged                       every entry of a model file x every hostile value
python -m fuzz mutants --count 1000000      damaged model files
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from fuzz import checked
from fuzz.campaign import campaign, child
from fuzz.forgeries import forgeries
from fuzz.models import MODELS, saved


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["child"]:
        return child(arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (("forged", "forged model files"), ("mutants", "damaged model files")):
        command = commands.add_parser(name, help=what)
        command.add_argument("--count", type=int, default=0, help="files; 0 is all")
        command.add_argument("--seed", type=int, default=0)
        command.add_argument("--seconds", type=float, default=1e9, help="end after so many")
        command.add_argument("--workers", type=int, default=1)
    steps = commands.add_parser("steps", help="recorded and falsified steps")
    steps.add_argument("--count", type=int, default=2000, help="steps")
    steps.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    if given.command == "steps":
        return checked.main(given.count, given.seed)
    count = given.count or (1_000_000 if given.command == "mutants" else _all_forgeries())
    with tempfile.TemporaryDirectory() as folder:
        outcome = campaign(
            given.command, count, given.seed, Path(folder), given.seconds, given.workers
        )
    print(outcome)
    alike = Counter((name, said[:80]) for name, _, said in outcome.findings)
    first = {(name, said[:80]): what for name, what, said in reversed(outcome.findings)}
    for (name, said), number in alike.most_common(40):
        print(f"  {number} x {name}: {said}\n      first: {first[name, said][:160]}")
    return 1 if outcome.findings else 0


def _all_forgeries() -> int:
    files = {name: saved(name) for name in MODELS}
    return sum(1 for data in files.values() for _ in forgeries(data))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
