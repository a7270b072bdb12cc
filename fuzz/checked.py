"""`python -m fuzz steps`: the checker of `proofs/` on recorded and falsified steps."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

from fuzz.steps import KINDS, falsifications, recorded

PROOFS = Path(__file__).resolve().parents[1] / "proofs"


def checker() -> ModuleType:
    """`proofs/checker.py`, which is no part of any package."""
    spec = importlib.util.spec_from_file_location("checker", PROOFS / "checker.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refusal(module: ModuleType, form: dict[str, Any]) -> str | None:
    """What the checker says against a step that went through a file; None where it accepts it."""
    try:
        module.check_step(json.loads(json.dumps(form)))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def survey(count: int, every: int, seed: int = 0) -> tuple[list[str], Counter[str], list[str]]:
    """(refused steps, falsified steps by kind, falsified steps that were accepted).

    Of every so many steps one is falsified in all ways.
    """
    module = checker()
    refused, kinds, accepted = [], Counter[str](), []
    for number in range(seed, seed + count):
        form = recorded(number)
        if said := refusal(module, form):
            refused.append(f"step {number}: {said}")
        if number % every == 0:
            for kind, changed in falsifications(form, number):
                kinds[kind] += 1
                if refusal(module, changed) is None:
                    accepted.append(f"step {number}: {kind}")
    return refused, kinds, accepted


def main(count: int, seed: int) -> int:
    refused, kinds, accepted = survey(count, 4, seed)
    print(f"{count - len(refused):,} of {count:,} recorded steps accepted")
    print(f"{kinds.total():,} steps falsified in {len(kinds)} of {len(KINDS)} kinds, ", end="")
    print(f"{kinds.total() - len(accepted):,} refused")
    for line in (*refused, *accepted):
        print(f"  {line}")
    return 1 if refused or accepted or len(kinds) < len(KINDS) else 0
