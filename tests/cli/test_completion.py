"""Completion of commands and options in shells."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def completed(line: str) -> set[str]:
    """What bash is told for a line whose last word is being typed."""
    words = {
        "_CHAINRULE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    command = [
        sys.executable,
        "-c",
        "import sys; sys.argv[0] = 'chainrule'\n"
        "from chainrule.cli.app import main; sys.exit(main())",
    ]
    run = subprocess.run(command, env={**os.environ, **words}, capture_output=True, text=True)
    assert run.stderr == ""
    return set(run.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chainrule ev", {"evaluate"}),
        ("chainrule train --hold", {"--holdout"}),
        ("chainrule train --preset be", {"best"}),
    ],
)
def test_commands_options_and_words_are_completed(line: str, expected: set[str]) -> None:
    assert completed(line) == expected
