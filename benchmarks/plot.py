"""Table 1 as a picture: time of a step over its operations, both axes logarithmic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.machine import instruction_set
from benchmarks.peers import KINDS

# One colour a library; a second system of the same library is dashed. Readable without colour.
_LINES = {
    "chainrule": ("#0b6e4f", "-", "o"),
    "PyTorch eager, fused Adam": ("#d1495b", "-", "s"),
    "PyTorch, DataLoader": ("#d1495b", ":", "x"),
    "torch.compile, step": ("#d1495b", "--", "v"),
    "JAX, epoch scan": ("#30638e", "--", "D"),
    "JAX, whole-fit scan": ("#30638e", "-", "d"),
    "scikit-learn": ("#edae49", "-", "^"),
    "skorch": ("#9b5de5", ":", "P"),
    "NumPy reference": ("#777777", ":", "*"),
}


def plot_steps(content: dict[str, Any], folder: Path) -> list[Path]:
    """Write steps-ISA.png and steps-ISA.svg from table 1; returns their paths."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "chainrule"  # equal figures, equal bytes
    import matplotlib.pyplot as plt

    figures = content["figures"]
    figure, axes = plt.subplots(figsize=(9, 6))
    for system, (color, style, marker) in _LINES.items():
        points = [
            (item["flops"], fastest)
            for item in figures
            if (fastest := _fastest(item, system)) is not None
        ]
        if points:
            x, y = zip(*points, strict=True)
            width = 2.5 if KINDS[system] == "ours" else 1.3
            axes.plot(x, y, style, color=color, marker=marker, linewidth=width, label=system)
    peak = max(content["peak"]["flops"].values())
    flops = [item["flops"] for item in figures]
    axes.plot(flops, [f / peak * 1e6 for f in flops], color="#000000", linewidth=0.8)
    middle = len(flops) // 2
    axes.annotate(
        "the machine's multiply-adds",
        (flops[middle], flops[middle] / peak * 1e6),
        (8, -8),
        textcoords="offset points",
        fontsize=8,
    )
    lowest = min(t["minimum"] for item in figures for t in item["timings"] if "minimum" in t)
    axes.set(xscale="log", yscale="log", ylabel="microseconds a training step")
    axes.set_ylim(bottom=lowest / 3)
    names = [item["name"].replace("; ", ", batch ") for item in figures]
    axes.set_xticks(flops, names, rotation=25, ha="right", fontsize=8)
    axes.tick_params(axis="x", which="minor", bottom=False)
    axes.grid(True, axis="y", which="major", linewidth=0.4)
    axes.legend(fontsize=8, frameon=False)
    figure.text(0.01, 0.005, content["machine_line"], fontsize=5)
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    isa = instruction_set(content["machine"])
    paths = [folder / f"steps-{isa}.png", folder / f"steps-{isa}.svg"]
    for path in paths:
        metadata = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(path, dpi=150, metadata=metadata)
    plt.close(figure)
    return paths


def _fastest(item: dict[str, Any], system: str) -> float | None:
    medians = [
        timing["median"]
        for timing in item["timings"]
        if timing["system"] == system and "median" in timing and not timing["error"]
    ]
    return min(medians, default=None)
