"""docs/quality.md and its plot from the kept JSON, so that no figure is typed by hand."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.comparison import Comparison
from benchmarks.quality.data import SETS
from benchmarks.quality.plot import plot_quality
from benchmarks.quality.report import coverage, sections
from benchmarks.quality.results import Results
from benchmarks.quality.runner import YARDSTICK
from benchmarks.tables import table

DOCS = Path(__file__).resolve().parents[2] / "docs"

_INTRODUCTION = """\
# Quality on tables

Made by `python -m benchmarks quality` after `pip install 'chainrule[bench]'`; the figures below are
read from `benchmarks/results/quality.json`. Every model gets the raw table, stays at its defaults
and computes with one thread. Each set is split three times, three quarters for training and a
quarter for the test, by class; the number of the split is also the seed of the model. Rows for
validation come out of the three quarters.

- **Error reduction** is `1 - exp(mean ln((e + 0.01) / (e_MLP + 0.01)))` against scikit-learn's
  `MLPClassifier` and `MLPRegressor`: the mean over splits, then over sets. Higher is better.
- **Class error** of chainrule is that of a fit with `metric="accuracy"`; all else is the default
  fit's. **Log-loss** takes probabilities below 1e-7 as 1e-7. **RMSE** is divided by the standard
  deviation of y on the test rows.
- **Fit seconds** are processor seconds of the process: with one thread they are the wall seconds
  of a machine with nothing else to do. Preprocessing is in, imports and compilation are not.
- **± (90 %)** is half of the central 90 % of a paired bootstrap over sets and splits.
- scikit-learn's MLP gets median imputation, standardised and one-hot columns and a standardised
  target; RealMLP-TD (pytabkit) gets medians and a category that says where numbers were missing;
  the trees get categories as categories, CatBoost missing ones as a level of their own.
"""


def render(results: Results, folder: Path = DOCS) -> list[Path]:
    """Write the page and the plots; returns their paths."""
    comparison = Comparison.of(results)
    machine_line = results.runs[max(results.runs)]["machine_line"]
    folder.mkdir(parents=True, exist_ok=True)
    images = plot_quality(comparison, machine_line, folder)
    parts = [_INTRODUCTION, coverage(comparison), f"![Quality over time]({images[-1].name})"]
    parts += [f"## {title}\n\n{text}" for title, text in sections(comparison).items()]
    parts += [f"## The sets\n\n{_sets()}", f"## The runs\n\n{_runs(results)}"]
    page = folder / "quality.md"
    page.write_text("\n\n".join(part.strip() for part in parts) + "\n")
    return [page, *images]


def _sets() -> str:
    rows = [
        [
            name,
            f"{source.package}: {source.object}",
            source.target,
            source.kind,
            str(source.n_rows),
            str(source.n_features),
            str(source.n_categorical),
            ", ".join(source.dropped),
        ]
        for name, source in SETS.items()
    ]
    head = ["set", "source", "target", "kind", "rows", "features", "categorical", "dropped"]
    return table(head, rows)


def _runs(results: Results) -> str:
    """A line a run: what it fitted, on what machine, and how long the yardstick took there."""
    name, model, seed = YARDSTICK
    lines = [f"The yardstick is the fit of {model} on {name}, split {seed}, repeated by every run."]
    lines.append("")
    for start, run in results.runs.items():
        fits = [fit["model"] for fit in results.fits.values() if fit["run"] == start]
        counts = ", ".join(f"{m} {fits.count(m)}" for m in sorted(set(fits)))
        lines.append(f"- {start[:16]}, yardstick {run['yardstick']:.2f} s, fits: {counts}.")
        lines.append(f"  {run['machine_line']}.")
    return "\n".join(lines)
