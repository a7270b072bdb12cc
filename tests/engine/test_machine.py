"""What the engine says about the machine that it runs on."""

from __future__ import annotations

import os

from chainrule import __version__, _core, engine


def test_it_names_what_results_may_depend_on() -> None:
    found = engine.machine()
    assert list(found) == ["version", "isa", "isas", "n_threads", "compiler", "system"]
    assert found["version"] == __version__
    assert found["isa"] == _core.instruction_set()
    assert found["isa"] in found["isas"]
    assert "portable" in found["isas"]
    assert 1 <= found["n_threads"] <= (os.cpu_count() or 1)
    assert all(isinstance(found[name], str) for name in ("compiler", "system"))
