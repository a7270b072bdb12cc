"""Whether fit follows its rules: a whole training of a small network, beside `reference/fit.py`.

Steps of the network itself cannot show what lies between steps: the order of rows, short batches,
weights in batches, the schedules. These know nothing of the network, so a small smooth one stands
in, on which last bits stay last bits whatever the kinks of the other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule import engine
from chainrule.reference.fit import fit
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

EPOCHS = 30
TOLERANCE = 1e-9  # of a tensor's largest number

SPEC = NetworkSpec(2, (Dense(3, "tanh"), Dense(1)), Loss("squared_error"))
X = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, -1.0], [-1.0, 0.25], [-0.5, -0.75]])
Y = np.array([0.0, 1.0, 0.5, -1.0, 0.25])
WEIGHTS = np.array([1.0, 3.0, 0.5, 2.0, 0.25])


def follows_its_rules(training: TrainingSpec, weighted: bool) -> bool:
    """Whether engine and reference end a training alike: one with this optimizer, these schedules
    and these kinds of penalty, in batches of two rows where this one has batches."""
    small = replace(
        training,
        learning_rate=0.01,
        l1=0.01 if training.l1 else 0.0,
        l2=0.1 if training.l2 else 0.0,
        weight_decay=0.1 if training.weight_decay else 0.0,
        clip_norm=None if training.clip_norm is None else 0.5,
        epochs=max(1, min(training.epochs, EPOCHS)),
        batch_size=None if training.batch_size is None else 2,
        patience=None,
        tol=0.0,
        time_limit=None,
        n_threads=1,
        learning_rate_factors={},
        weight_decay_factors={},
    )
    start = engine.initialize(SPEC, seed=0, dtype="float64")
    weights = WEIGHTS if weighted else None
    found = engine.fit(SPEC, start, X, Y, small, sample_weight=weights).params
    expected, _, _ = fit(SPEC, start, X, Y, small, sample_weight=weights)
    return all(
        np.abs(found[name] - w).max() <= TOLERANCE * np.abs(w).max() for name, w in expected.items()
    )
