"""Add to `bits.json` what it lacks: only for networks that could not be described before.

A hash that is there stays, whatever becomes of the code behind it; this never replaces one.
"""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from threadpoolctl import threadpool_info

sys.path.insert(0, str(Path(__file__).parents[1]))

from chainrule import _core
from comparing import instruction_set

PATH = Path(__file__).with_name("bits.json")
ON_X86 = platform.machine().lower() in ("x86_64", "amd64")
# One hash each. NEON has a fused multiply-add, too, but promises no equal bits.
SETS = {
    "fma": [name for name in ("avx512", "avx2") if name in _core.instruction_sets()],
    "portable": ["portable"] if ON_X86 else [],
}


def made_with() -> dict[str, Any]:
    """What beside the engine has a part in the numbers of estimators."""
    return {
        "numpy": ".".join(np.__version__.split(".")[:2]),
        "scikit-learn": ".".join(sklearn.__version__.split(".")[:2]),
        "numpy's instruction sets": np.show_config(mode="dicts")["SIMD Extensions"]["found"],
        "mathematics": " ".join(platform.libc_ver()),
        "linear algebra": sorted(
            {lib["architecture"] for lib in threadpool_info() if "architecture" in lib}
        ),
    }


def read() -> dict[str, Any]:
    """The hashes by case and arithmetic, and what those of estimators were made with."""
    if not PATH.exists():
        return {"made with": made_with(), "cases": {}}
    record: dict[str, Any] = json.loads(PATH.read_text())
    return record


def main() -> None:
    """Every instruction set with each number of threads must give the one hash."""
    from bits.cases import CASES

    record = read()
    added = 0
    for name, case in CASES.items():
        hashes = record["cases"].setdefault(name, {})
        for kind in case.kinds:
            if kind in hashes:
                continue
            if case.libraries and record["made with"] != made_with():
                sys.exit(f"{name} goes with the libraries of the others: {record['made with']}")
            found = set()
            for isa in SETS[kind]:
                with instruction_set(isa):
                    found |= {case.digest(n_threads) for n_threads in case.threads}
            if len(found) != 1:
                sys.exit(f"{name} has {len(found)} hashes on {SETS[kind]}")
            hashes[kind] = found.pop()
            added += 1
    PATH.write_text(json.dumps(record, indent=1) + "\n")
    print(f"{len(CASES)} cases, {added} hashes added")


if __name__ == "__main__":
    main()
