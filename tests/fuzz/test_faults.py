"""Schedules of failures: nothing is lost, and what would lose something is found."""

from __future__ import annotations

import dataclasses
import os

import pytest
from fuzz.__main__ import main
from fuzz.faults import run

from chainrule.files import checkpoint, write


def test_some_schedules(capsys):
    assert main(["faults", "--schedules", "60", "--seed", "0"]) == 0
    assert "0 findings" in capsys.readouterr().out


@pytest.mark.slow
def test_many_schedules():
    counts, findings = run(400, 1_000_000)
    assert findings == []
    assert min(counts["saves"], counts["training"]) > 80


def test_a_schedule_goes_the_same_way_again():
    assert [run(1, seed) for seed in range(8)] == [run(1, seed) for seed in range(8)]


def without(name):
    """A writer that leaves out one of its calls."""
    real = write.write_atomically

    def wrong(path, data):
        calls = write.CALLS
        write.CALLS = dataclasses.replace(calls, **{name: lambda *_: None})
        try:
            real(path, data)
        finally:
            write.CALLS = calls

    return wrong


def in_place(path, data):
    descriptor = write.CALLS.open(os.fspath(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        write.CALLS.write(descriptor, memoryview(data))
        write.CALLS.fsync(descriptor)
    finally:
        os.close(descriptor)


def no_generation(self, name, kept):
    self._kept[name] = kept
    write.CALLS.replace(os.fspath(self.path), os.fspath(self.previous)) if self.path.exists() else 0
    self.previous.unlink(missing_ok=True)
    write.write_atomically(self.path, checkpoint.pack(self.command, self.plan, self._kept))


WRONG = {
    "no fsync": ("chainrule.files.model.write_atomically", without("fsync")),
    "no fsync of the folder": ("chainrule.files.model.write_atomically", without("fsync_folder")),
    "in place": ("chainrule.files.model.write_atomically", in_place),
    "remains are left": ("chainrule.files.write.clear", lambda target: None),
    "one generation": ("chainrule.files.checkpoint.Checkpoint._keep", no_generation),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_what_loses_something_is_found(monkeypatch, name):
    monkeypatch.setattr(*WRONG[name])
    assert any(run(1, seed)[1] for seed in range(400))
