"""`python -m fuzz`: hostile input by the million, and what it found.

python -m fuzz forged                       every entry of a model file x every hostile value
python -m fuzz mutants --count 1000000      damaged model files
python -m fuzz guided csv --seconds 600     inputs grown by coverage: model, csv, quantity
python -m fuzz core --seconds 600           any network and training, in the compiled core
python -m fuzz gradients --seconds 600      gradients of the engine beside those of the reference
python -m fuzz steps --count 2000           recorded and falsified steps, for the checker
python -m fuzz faults --schedules 10000     failures of the system around saving and resuming
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from fuzz import checked, core
from fuzz.campaign import campaign, child
from fuzz.forgeries import forgeries
from fuzz.models import MODELS, saved


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["child"]:
        return child(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
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
    pairs = commands.add_parser("gradients", help="engine beside reference")
    pairs.add_argument("--seconds", type=float, default=600)
    pairs.add_argument("--seed", type=int, default=0)
    guided = commands.add_parser("guided", help="inputs grown by coverage; needs atheris")
    guided.add_argument("target", choices=["model", "csv", "quantity"])
    guided.add_argument("--seconds", type=int, default=600)
    guided.add_argument("--grown", type=Path, help="folder that keeps what was grown")
    native = commands.add_parser("core", help="the compiled core under libFuzzer; needs clang")
    native.add_argument("--seconds", type=int, default=600)
    native.add_argument("--grown", type=Path, help="folder that keeps what was grown")
    native.add_argument("--build", type=Path, help="folder that keeps the build, minutes of work")
    failing = commands.add_parser("faults", help="schedules of failures of the system")
    failing.add_argument("--schedules", type=int, default=10_000)
    failing.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    if given.command == "faults":
        from fuzz import faults

        return faults.main(given.schedules, given.seed)
    if given.command == "core":
        with tempfile.TemporaryDirectory() as scratch:
            return core.main(
                given.seconds,
                given.grown or Path(scratch) / "grown",
                given.build or Path(scratch) / "build",
            )
    if given.command == "gradients":
        from fuzz import gradients  # needs the tests beside it

        return gradients.main(given.seconds, given.seed)
    if given.command == "guided":
        return _guided(given.target, given.seconds, given.grown)
    if given.command == "steps":
        return checked.main(given.count, given.seed)
    count, step = given.count or 1_000_000, 1
    if given.command == "forged":  # those that are asked for, from all over
        every = _all_forgeries()
        count = min(given.count or every, every)
        step = every // count
    with tempfile.TemporaryDirectory() as folder:
        outcome = campaign(
            given.command, count, given.seed, Path(folder), given.seconds, given.workers, step
        )
    print(outcome)
    alike = Counter((name, said[:80]) for name, _, said in outcome.findings)
    first = {(name, said[:80]): what for name, what, said in reversed(outcome.findings)}
    for (name, said), number in alike.most_common(40):
        print(f"  {number} x {name}: {said}\n      first: {first[name, said][:160]}")
    return 1 if outcome.findings else 0


def _guided(target: str, seconds: int, grown: Path | None) -> int:
    """libFuzzer's exit code; what it found lies in the current folder."""
    seeds = Path(__file__).parent / "corpus" / target
    with tempfile.TemporaryDirectory() as scratch:
        if target == "model":  # of the present format, whatever it is
            seeds = Path(scratch) / "seeds"
            seeds.mkdir()
            for number, name in enumerate(MODELS):
                (seeds / f"{number}.safetensors").write_bytes(saved(name))
        folder = grown or Path(scratch) / "grown"
        folder.mkdir(parents=True, exist_ok=True)
        limits = [f"-max_total_time={seconds}", "-timeout=30", "-rss_limit_mb=2000"]
        command = [sys.executable, "-m", "fuzz.guided", target, str(folder), str(seeds), *limits]
        return subprocess.run(command).returncode


def _all_forgeries() -> int:
    files = {name: saved(name) for name in MODELS}
    return sum(1 for data in files.values() for _ in forgeries(data))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
