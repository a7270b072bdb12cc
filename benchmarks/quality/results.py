"""The kept results: one JSON file with the runs and, a line each, the scores of every fit."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.run import RESULTS

KEPT = RESULTS / "quality.json"
Key = tuple[str, str, int]  # set, model, split


def key(result: dict[str, Any]) -> Key:
    return result["set"], result["model"], result["split"]


@dataclass
class Results:
    """What a file holds.

    Attributes
    ----------
    runs : dict
        Moment of the start -> machine line and yardstick of a run that added results.
    fits : dict
        (set, model, split) -> scores, seconds and the moment at which its run started.
    """

    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    fits: dict[Key, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Results:
        """Those of a file; none where there is no file."""
        if not path.exists():
            return cls()
        form = json.loads(path.read_text())
        return cls(form["runs"], {key(fit): fit for fit in form["fits"]})

    @property
    def yardstick(self) -> float | None:
        """Processor seconds of the yardstick in the first run; None without a run."""
        return self.runs[min(self.runs)]["yardstick"] if self.runs else None

    def take(self, other: Results) -> None:
        """Take over other results; they replace those of the same fits."""
        self.runs |= other.runs
        self.fits |= other.fits

    def add_to(self, path: Path) -> None:
        """Put these into a file, beside what it holds, in one step: a stop leaves it whole."""
        kept = Results.read(path)
        kept.take(self)
        used = {fit["run"] for fit in kept.fits.values()}
        runs = {start: kept.runs[start] for start in sorted(used)}
        fits = ",\n".join(json.dumps(kept.fits[k]) for k in sorted(kept.fits))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(f'{{"runs": {json.dumps(runs, indent=1)},\n"fits": [\n{fits}\n]}}\n')
        part.replace(path)
