"""Time to a stated validation loss, from arrays in a fresh process, compilation included."""

from __future__ import annotations

from typing import Any

from benchmarks.cases import Case
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, table
from benchmarks.workers import peer_worker
from chainrule import engine

TITLE = "Time to a stated validation loss"
# Case -> mean cross-entropy on its validation rows.
_TARGETS = (
    (Case((64, 64, 10), 32, 1408, source="digits"), 0.15),
    (Case((20, 128, 64, 2), 32, 8192), 0.27),
)
_MOST_EPOCHS = 300
_SYSTEMS = (
    "chainrule",
    "PyTorch eager, fused Adam",
    "PyTorch, DataLoader",
    "torch.compile, step",
    "JAX, epoch scan",
    "JAX, whole-fit scan",
    "scikit-learn",
    "skorch",
)


def measure_part(run: Run) -> list[dict[str, Any]]:
    """Every system trains for the epochs that chainrule needs: their losses agree."""
    figures = []
    for case, target in _TARGETS:
        epochs = epochs_needed(case, target)
        seconds: dict[str, dict[str, float]] = {}
        for system in _SYSTEMS:
            if system not in run.systems():
                continue
            say(f"target: {case.name}, {system}")
            module = run.pool.module_of[system]
            for threads in run.thread_counts:
                with peer_worker(module, threads) as worker:
                    reply = worker.ask(do="cold", system=system, case=case.to_json(), epochs=epochs)
                if "error" in reply:
                    print(f"{case.name}: {system} on {threads}: {reply['error']}")
                else:
                    known = seconds.get(system)
                    if known is None or reply["again_seconds"] < known["again_seconds"]:
                        seconds[system] = {**reply, "threads": threads}
        figures.append(
            {
                "name": case.name,
                "source": case.source,
                "target": target,
                "epochs": epochs,
                "seconds": seconds,
            }
        )
    say("")
    return figures


def epochs_needed(case: Case, target: float) -> int:
    """Epochs until the validation loss is at most the target; `_MOST_EPOCHS` if it never is."""
    X, y = case.data()
    training = case.training(_MOST_EPOCHS)
    reached = engine.fit(
        case.spec,
        case.params,
        X,
        y,
        training,
        eval_set=case.validation(),
        callback=lambda epoch, history: history.validation_loss[-1] <= target,
    )
    return reached.history.n_epochs


def show(figures: list[dict[str, Any]]) -> str:
    blocks = []
    for item in figures:
        rows = [
            [
                f"{system} ({found['threads']}T)",
                number(found["import_seconds"]),
                number(found["first_seconds"]),
                number(found["again_seconds"]),
            ]
            for system, found in item["seconds"].items()
        ]
        head = [
            f"{item['name']} ({item['source']}): {item['target']} after {item['epochs']} epochs",
            "import, s",
            "first fit, s",
            "again, s",
        ]
        blocks.append(table(head, rows))
    return "\n\n".join(blocks)
