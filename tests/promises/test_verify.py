"""Every promise is kept here, and `chainrule verify` says so where one is broken on purpose."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule
from breaking import FAULTS
from chainrule.cli.exit_codes import CHECK_FAILED
from chainrule.promises import PROMISES, verify
from chainrule.promises.keeping import interrupt

TESTS = Path(__file__).parents[1]


@pytest.mark.slow
def test_all_are_kept():
    outcomes = list(verify())
    assert [outcome.promise for outcome in outcomes] == list(PROMISES)
    assert [outcome for outcome in outcomes if not outcome.kept] == []


@pytest.mark.skipif(sys.platform == "win32", reason="no interrupt is sent there")
def test_an_interrupt_is_tried_where_a_shell_runs_it_in_the_background():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which children inherit
    try:
        assert interrupt().startswith("stopped")
    finally:
        signal.signal(signal.SIGINT, before)


def test_each_promise_has_a_fault():
    assert {promises[0] for promises, _ in FAULTS.values()} == set(PROMISES)


def said_where_broken(fault):
    """(exit code, promises that `chainrule verify` finds broken) in a process with this fault."""
    folders = [TESTS / "promises/broken", TESTS, Path(chainrule.__file__).parents[1]]
    environment = {
        **os.environ,
        "BROKEN_PROMISE": fault,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
    }
    command = [sys.executable, "-m", "chainrule.cli", "verify", "--json"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    found = json.loads(done.stdout)["promises"]
    return done.returncode, {one["promise"] for one in found if not one["kept"]}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_promise_is_noticed(fault):
    assert said_where_broken(fault) == (CHECK_FAILED, set(FAULTS[fault][0]))


def test_a_quick_one_is_noticed():
    assert said_where_broken("no_checksum") == (CHECK_FAILED, {"a damaged file harms nobody"})
