"""Bad trainings of every kind and healthy ones, in two halves of which one is held back.

Both halves have every kind at every strength; their tables, seeds and starting weights differ. The
limits of the detectors were chosen on the first half alone.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np

from benchmarks.diagnosis import bad_rows, bad_settings
from benchmarks.diagnosis.case import Case
from benchmarks.diagnosis.faults import RECIPES
from benchmarks.diagnosis.kinds import BENDS, KINDS, Kind, drop_in, network, tabular
from benchmarks.diagnosis.tables import Table, tables
from chainrule.explain.diagnosis.attainable import attainable
from chainrule.explain.diagnosis.findings import Diagnosis

# They put their kinds into the list.
KINDS_FROM = (bad_rows, bad_settings)
HALVES = ("first", "held back")
STRENGTHS = ("mild", "usual", "strong")
HEALTHY = 50  # in each half
# Share of what there is to gain that a mended training must have.
WORKS = 0.1


def tables_of(half: int, seed: int = 0) -> list[Table]:
    """Those at even places for the first half, at odd places for the other."""
    return tables(seed)[half::2]


@cache
def _predictable(name: str, seed: int) -> float:
    """Share of y's variance that simple rules explain."""
    table = next(table for table in tables(seed) if table.name == name)
    y = np.eye(table.n_classes)[table.y] if table.n_classes else table.y[:, None]
    return attainable(table.X[:1000], y[:1000]).skill


def fits(kind: Kind, table: Table, seed: int = 0) -> bool:
    """Whether this can happen to that table, and be seen there."""
    known = _predictable(table.name, seed)
    return (
        known > 0.3
        and {
            "": True,
            "numbers": not table.n_classes,
            "classes": table.n_classes > 0,
            "two classes": table.n_classes == 2 and len(table.X) > 800,
            "many classes": table.n_classes > 2,
            "unclear classes": table.n_classes > 0 and known < 0.75 and len(table.X) >= 300,
            "clear classes": table.n_classes > 0 and known > 0.7,
            "predictable": known > 0.5,
            "bends": table.name in BENDS,
        }[kind.needs]
    )


def bad(half: int, seed: int = 0) -> Iterator[tuple[Kind, int, Table, Case]]:
    """Every kind at every strength, on a table drawn for it."""
    for kind in KINDS:
        chosen = [table for table in tables_of(half, seed) if fits(kind, table, seed)]
        for strength in range(len(STRENGTHS)):
            rng = np.random.default_rng([seed, half, crc32(kind.name.encode()), strength])
            table = chosen[rng.integers(len(chosen))]
            yield kind, strength, table, kind.make(table, strength, rng)


def healthy(half: int, seed: int = 0) -> Iterator[tuple[Table, Case]]:
    """Good trainings: `Network` by five recipes, the drop-in, the Tabular estimators."""
    chosen = tables_of(half, seed)
    for place in range(HEALTHY):
        rng = np.random.default_rng([seed, half, 1000 + place])
        table = chosen[place % len(chosen)]
        which = place // len(chosen)
        if which == 0:
            hidden, activation, fit = RECIPES[place % len(RECIPES)]
            made = {"hidden": hidden, "activation": activation, "fit": {**fit, "epochs": 100}}
            yield table, network(table, rng, **made)
        elif which == 1:
            yield table, drop_in(table, rng, hidden_layer_sizes=(100,), max_iter=200)
        else:
            yield table, tabular(table, rng, epochs=None, hidden_layer_sizes=None)


def tried(kind: Kind, strength: int, table: Table, case: Case) -> dict[str, Any]:
    """Train, diagnose, apply the first finding's fix as it is printed, train again."""
    model = case.trained()
    before = case.diagnosed(model)
    result: dict[str, Any] = {
        "kind": kind.name,
        "strength": STRENGTHS[strength],
        "table": table.name,
        "object": case.maker,
        "codes": list(before.codes),
        "named": bool(before) and before[0].code in kind.codes,
        "sentence": before[0].sentence if before else "",
        "fix": before[0].fix if before else "",
        "learned": learned(before),
    }
    if not before or not before[0].steps:
        return result | {"works": None if before else False}
    try:
        mended = case.mended(before[0].steps, model)
        again = mended.trained()
        after = mended.diagnosed(again)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return result | {"works": False, "error": f"{error!r} at {where.filename}:{where.lineno}"}
    result |= {"learned_after": learned(after), "codes_after": list(after.codes)}
    gone = before[0].code not in after.codes
    # Of what was missing a third is learned now; from where a constant is, that is most of it.
    better = learned(after) > learned(before) + (1.0 - max(learned(before), 0.0)) / 3.0
    return result | {"works": bool(learned(after) > WORKS and (gone or better))}


def learned(found: Diagnosis) -> float:
    """Share of the constant prediction's loss that the network has taken away."""
    share = 1.0 - found.loss / found.baseline if found.baseline > 0 else 0.0
    return round(float(share), 3) if np.isfinite(share) else float("-inf")


def looked(table: Table, case: Case) -> dict[str, Any]:
    """What is said of a healthy training."""
    found = case.diagnosed(case.trained())
    return {
        "table": table.name,
        "object": case.maker,
        "codes": list(found.codes),
        "sentence": found[0].sentence if found else "",
        "learned": learned(found),
    }
