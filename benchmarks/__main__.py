"""`python -m benchmarks`: what there is to measure, and the way to it."""

from __future__ import annotations

import importlib
import sys

# Command -> (module with main(arguments), what it does).
COMMANDS = {
    "attributions": (
        "benchmarks.attributions",
        "seconds and errors of attributions; Shapley values against brute force",
    ),
    "columns": (
        "benchmarks.columns",
        "held-out scores with and without free text and columns that name rows",
    ),
    "dates": ("benchmarks.dates", "dates against calendar columns made by hand, in five forms"),
    "diagnosis": (
        "benchmarks.diagnosis.command",
        "bad trainings that diagnose names and mends, false alarms",
    ),
    "grouped": (
        "benchmarks.grouped",
        "printed scores of grouped and of timed rows against new groups and the future",
    ),
    "healthy": ("benchmarks.healthy", "how often check_gradients calls a healthy network wrong"),
    "honesty": ("benchmarks.honesty", "printed scores against rows that no model saw"),
    "large": ("benchmarks.large", "seconds and memory of 1,000,000 rows, and of 10,000 columns"),
    "many": (
        "benchmarks.many.command",
        "64 unlike networks as one call, against PyTorch and JAX programs that batch them",
    ),
    "mutants": (
        "benchmarks.mutants.command",
        "seeded faults of the core that check_gradients calls wrong",
    ),
    "mutation": (
        "benchmarks.mutation.command",
        "the mutation score of the compiled core: small faults that the tests notice",
    ),
    "playground": (
        "benchmarks.playground.command",
        "frames, steps and explanations a second of the page; `truth`: every number on it",
    ),
    "prediction": (
        "benchmarks.prediction.command",
        "one row's latency and many rows a second, against libraries that serve models",
    ),
    "quality": (
        "benchmarks.quality.command",
        "scores and fit seconds on seventeen tables, against networks and boosted trees",
    ),
    "reading": ("benchmarks.reading", "seconds of reading a file, predicting and importing"),
    "speed": ("benchmarks.speed", "time against other libraries and against the machine's peak"),
}


def main(arguments: list[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if name in COMMANDS:
        status: int = importlib.import_module(COMMANDS[name][0]).main(rest)
        return status
    known = "\n".join(f"  {command:14}{what}" for command, (_, what) in COMMANDS.items())
    text = f"usage: python -m benchmarks COMMAND [options]\n\n{known}\n\n--help after a command."
    if name in ("-h", "--help"):
        print(text)
        return 0
    print(f"no command '{name}'.\n{text}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
