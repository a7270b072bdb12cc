"""What other tools call an option or a command leads to ours."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from chainrule.cli.commands import options_of_commands
from chainrule.cli.foreign import ANSWERS, COMMANDS, OPTIONS


def test_every_suggestion_exists_and_no_foreign_name_is_ours() -> None:
    found = options_of_commands()
    assert set(COMMANDS) <= set(found)
    assert not {name for names in COMMANDS.values() for name in names} & set(found)
    for ours, theirs in OPTIONS.items():
        having = [options for options in found.values() if ours in options]
        assert having, ours
        assert not any(f"--{name}" in options for options in having for name in theirs), ours
    for command, options in found.items():
        names = Counter(name for ours in OPTIONS if ours in options for name in OPTIONS[ours])
        assert not [name for name, count in names.items() if count > 1], command


@pytest.mark.parametrize(
    ("command", "option", "hint"),
    [
        ("train", "--lr", "Say --learning-rate."),
        ("train", "--drop", "Say --ignore."),
        ("train", "--random_state", "Say --seed."),
        ("train", "--features", ANSWERS["features"]),
        ("train", "--learning_rate", "Say --learning-rate."),
        ("train", "--cv", "See: chainrule cv --help"),
        ("cv", "--cv", "Say --folds."),
        ("train", "--out", "Say --model."),
        ("predict", "--out", "Say --output."),
        ("predict", "--proba", ANSWERS["proba"]),
        ("train", "--threshold", "It is an option of: chainrule predict, evaluate"),
        ("train", "--prset", "Did you mean --preset?"),
        ("train", "--zzz", "See: chainrule train --help"),
    ],
)
def test_an_option_that_there_is_not(cli: Any, command: str, option: str, hint: str) -> None:
    run = cli(command, "t.csv", option, "1")
    assert (run.code, run.out) == (2, "")
    assert run.err == f"error: there is no option {option}.\nhint: {hint}\n"


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("fit", "Say: chainrule train"),
        ("score", "Say: chainrule evaluate"),
        ("pedict", "Did you mean 'predict'?"),
        ("xyz", "See: chainrule --help"),
    ],
)
def test_a_command_that_there_is_not(cli: Any, command: str, hint: str) -> None:
    run = cli(command, "t.csv")
    assert run.code == 2
    assert run.err.splitlines()[1] == f"hint: {hint}"
