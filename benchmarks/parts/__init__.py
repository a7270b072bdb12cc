"""The parts of the benchmark, one file each: measure(run) -> figures, show(figures) -> text."""

from __future__ import annotations

# part -> what it measures, in the order of the command.
PARTS = {
    "table_1": "a training step against every installed library",
    "grid": "widths, batches, activations, optimizers and threads against the peak; cliffs",
    "overheads": "what a fit, a step and a prediction cost beside their arithmetic",
    "scaling": "rows, features, width and threads",
    "short_fits": "fits of 8 to 64 steps, set-up included, against every peer that can",
    "tiny": "networks of a few units against the latency of their operations",
    "published": "networks that others have published times of, their figures beside ours",
    "bfloat16": "a step in bfloat16 against one in float32",
    "target": "time to a stated validation loss, compilation included",
    "drop_in": "a full fit of MLPClassifier against scikit-learn's, with the same parameters",
    "real": "a full fit against scikit-learn on its own tables",
    "complaint": "the 4-500-1 network that skorch users found slow",
    "memory": "what training adds to a process",
}
