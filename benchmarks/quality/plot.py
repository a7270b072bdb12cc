"""Quality against time: reduction of the error over the total of the fit seconds."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.comparison import BASE, SCORES, Comparison, is_ours
from benchmarks.quality.figures import error_reduction

_PANELS = ("error", "log_loss", "rmse")
# A colour and a sign a peer; readable without colour.
_SIGNS = {
    "MLP": ("#777777", "o"),
    "HistGradientBoosting": ("#edae49", "s"),
    "LightGBM": ("#66a182", "^"),
    "XGBoost": ("#30638e", "v"),
    "CatBoost": ("#9b5de5", "D"),
    "RealMLP-TD": ("#d1495b", "P"),
}
_OURS = ("#0b6e4f", "*")


def plot_quality(comparison: Comparison, machine_line: str, folder: Path) -> list[Path]:
    """Write quality.png and quality.svg; returns their paths."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "chainrule"  # equal figures, equal bytes
    import matplotlib.pyplot as plt

    panels = [score for score in _PANELS if comparison.columns(score)[BASE]]
    figure, row = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 4.6), squeeze=False)
    for axes, score in zip(row[0], panels, strict=True):
        columns, seconds = comparison.columns(score), comparison.seconds(score)
        for model in comparison.models:
            reduction = 100 * error_reduction(columns[model], columns[BASE])
            total = sum(seconds[model].values())
            color, marker = _SIGNS.get(model, _OURS)
            size = 130 if is_ours(model) else 50
            axes.scatter(total, reduction, s=size, color=color, marker=marker, zorder=3)
            axes.annotate(model, (total, reduction), (6, 4), textcoords="offset points", fontsize=8)
        axes.axhline(0, color="#000000", linewidth=0.6)
        axes.set(xscale="log", title=SCORES[score], xlabel="fit seconds in total, one thread")
        axes.margins(x=0.35, y=0.12)  # room for the names
        axes.grid(True, which="major", linewidth=0.4)
    row[0][0].set_ylabel("error reduction against scikit-learn's MLP, %")
    figure.text(0.01, 0.005, machine_line, fontsize=5)
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    paths = [folder / "quality.png", folder / "quality.svg"]
    for path in paths:
        metadata = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(path, dpi=150, metadata=metadata)
    plt.close(figure)
    return paths
