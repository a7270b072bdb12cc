"""Random models and their exports, for the tests of `chainrule.export`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from chainrule import engine, spec
from chainrule.estimators.tabular.calibration import Temperature
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.exported import description_of, expected
from chainrule.estimators.tabular.intervals import HeldOutErrors
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.targets import Labels
from chainrule.export.agreement import agreement
from chainrule.export.c.file import to_c
from chainrule.export.feed import feed, trial_table
from chainrule.export.numpy_file import run_numpy, to_numpy_source
from chainrule.export.onnx import to_onnx
from chainrule.export.runtime import compiler_name, run_c, run_onnx
from chainrule.spec import (
    ACTIVATIONS,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
)
from chainrule.table.encode.column_encoder import FLAGS
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.target import TargetScale
from chainrule.table.frame import as_table

WRITERS = ("numpy", "onnx", "c")
WARNED = ("-Wall", "-Wextra", "-Werror", "-pedantic")
SANITIZED = ("-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
ROWS = 60  # of the tables that encoders are fitted on


@dataclass
class Model:
    """An encoder, networks and a target that no training has seen."""

    encoder: Encoder
    spec: NetworkSpec
    members: list[dict[str, np.ndarray]]
    target: ClassTarget | NumberTarget
    coverage: float | None = None

    def answers(self, table):
        """The model's own answers, and the inputs of an export, of a table."""
        inputs, _ = self.encoder.transform(table, self.members[0]["W1"].dtype)
        logits = self.target.reads_logits
        outputs = [engine.predict(self.spec, p, inputs, logits=logits) for p in self.members]
        return expected(self.target, outputs, self.coverage), feed(self.encoder, table)

    def in_double(self):
        """The same with networks in float64."""
        members = [{name: a.astype(np.float64) for name, a in p.items()} for p in self.members]
        return replace(self, members=members)

    def compared(self, writer, n_rows):
        """The agreement of an export with the model on odd rows; raises where there is none."""
        described = description_of(
            self.encoder, self.spec, self.members, self.target, self.coverage
        )
        right, rows = self.answers(trial_table(self.encoder, n_rows))
        found = exported(described, writer, rows)
        return agreement(found, right, described.scale, writer)


def exported(described, writer, rows):
    """The answers of an export that one of the writers makes."""
    if writer == "numpy":
        return run_numpy(to_numpy_source(described), rows)
    if writer == "c":
        if compiler_name() is None:
            pytest.skip("needs a C compiler")
        return run_c(to_c(described), described, rows, [*WARNED, *SANITIZED])
    pytest.importorskip("onnx", reason="needs the package onnx")
    pytest.importorskip("onnxruntime", reason="needs the package onnxruntime")
    return run_onnx(to_onnx(described), rows)


def random_model(seed, *, can_hash=False):
    """Any columns, layers, members and target."""
    rng = np.random.default_rng([7, seed])
    frame, named = random_frame(rng)
    limit = [None, 2, 9][rng.integers(3)]
    hash_seed = 3 if can_hash and rng.random() < 0.3 else None
    encoder, _ = Encoder.fit(
        as_table(frame), None, named, limit, drop_identifiers=False, hash_seed=hash_seed
    )
    target = random_target(rng)
    network = random_network(rng, encoder, target)
    dtype = ["float32", "float64"][int(rng.random() < 0.3)]
    n_members = int(rng.integers(1, 4))
    members = [random_params(rng, network, dtype) for _ in range(n_members)]
    if isinstance(target, ClassTarget) and rng.random() < 0.7:
        betas = tuple(Temperature(float(b)) for b in rng.uniform(0.3, 2.0, n_members))
        target = ClassTarget(target.labels, None, betas)
    coverage = None
    if isinstance(target, NumberTarget) and rng.random() < 0.6:
        target, coverage = with_errors(rng, target, n_members), float(rng.uniform(0.3, 0.9))
    return Model(encoder, network, members, target, coverage)


def with_errors(rng, target, n_members):
    """A target that knows held-out errors, of each member or of all together."""
    count = int(rng.choice([1, n_members]))
    errors = [np.sort(rng.normal(size=(40, target.n_outputs)), axis=0) for _ in range(count)]
    return replace(target, errors=HeldOutErrors(tuple(errors)))


def random_frame(rng):
    """(a table of one to seven columns, those whose numbers are categories)."""
    made, named = {"number": rng.normal(size=ROWS)}, []
    for place in range(rng.integers(1, 7)):
        kind = list(COLUMNS)[rng.integers(len(COLUMNS))]
        name = [f"c{place}", f"Größe {place} (m²)", f"class {place}", f"a\"{place}\n'\\"][place % 4]
        values = COLUMNS[kind](rng)
        if kind == "codes":
            named.append(name)
        column = pd.Series(values)
        if rng.random() < 0.5:
            column = column.mask(rng.random(ROWS) < 0.2)
        made[name] = column
    return pd.DataFrame(made), named


def _texts(rng, count):
    levels = np.array([*(f"lévél {k}" for k in range(count - 3)), "True", 'O\'Neill "x"\n', "1"])
    return levels[rng.integers(len(levels), size=ROWS)]


def _times(rng):
    return pd.to_datetime("2019-12-30") + pd.to_timedelta(rng.uniform(0, 9000, ROWS), "h")


COLUMNS = {
    "number": lambda rng: rng.normal(50.0, 3.0, ROWS),
    "large": lambda rng: 10.0 ** rng.uniform(-9, 9, ROWS),
    "whole": lambda rng: rng.integers(0, 9, ROWS),
    "flag": lambda rng: rng.random(ROWS) < 0.3,
    "pair": lambda rng: np.array(["no", "yes"])[rng.integers(2, size=ROWS)],
    "few": lambda rng: _texts(rng, 5),
    "many": lambda rng: _texts(rng, 30),
    "codes": lambda rng: rng.integers(-3, 12, ROWS) / 2,
    "date": _times,
    "zone": lambda rng: _times(rng).tz_localize("UTC").tz_convert("Europe/Rome"),
    "offset": lambda rng: _times(rng).tz_localize("+05:30"),
    "span": lambda rng: pd.to_timedelta(rng.uniform(0, 90, ROWS), "m"),
    "time": lambda rng: pd.to_datetime(rng.uniform(0, 86_400, ROWS), unit="s").time,
}


def random_target(rng):
    """Classes of any type, several labels, or numbers with any loss."""
    kind = rng.integers(7)
    if kind < 3:
        classes = [np.array(["a", "b", "ü"]), np.array([-1, 4]), np.array([False, True])][kind]
        return ClassTarget(Labels(classes))
    if kind == 3:
        return ClassTarget(Labels(np.arange(3), multilabel=True))
    loss = [Loss("pinball", quantiles=(0.1, 0.5, 0.9)), Loss("poisson"), Loss("squared_error")]
    wide = np.array([np.inf])
    low, high = (-wide, wide) if rng.random() < 0.3 else (np.array([3.0]), np.array([9.0]))
    scale = TargetScale(np.array([5.0]), np.array([2.0]))
    return NumberTarget(scale, True, low, high, loss[kind - 4])


def random_network(rng, encoder, target):
    """Columns or none, then a few layers of any kind."""
    layers = []
    levels, numbers = encoder.level_counts, encoder.n_numbers
    flags = sum(column.groups.count(FLAGS) for column in encoder.columns)
    if levels or rng.random() < 0.5:
        embeds = rng.random() < 0.7
        parts = [Part(numbers, PeriodicEmbedding(int(rng.integers(1, 5)), 2) if embeds else None)]
        parts += [Part(flags)] if flags else []
        parts += [Part(len(levels), CategoryEmbedding(levels, 3))] if levels else []
        layers.append(Columns(tuple(parts)))
    layers += [[], [Scale()], [LayerNorm()], [Dropout(0.2)]][rng.integers(4)]
    for _ in range(rng.integers(1, 3)):
        layers.append(Dense(6, _activation(rng), ntk=bool(rng.random() < 0.5)))
        if rng.random() < 0.4:
            layers.append(Residual((LayerNorm(), Dense(9, _activation(rng)), Dense(6))))
    layers.append(Dense(target.n_outputs, target.loss.row.output_activation))
    return NetworkSpec(len(encoder.input_names), tuple(layers), target.loss)


def _activation(rng):
    name = ACTIVATIONS[rng.integers(len(ACTIVATIONS))]
    return Activation(name, parametric=bool(rng.random() < 0.4))


def random_params(rng, network, dtype):
    """Parameters that keep units near 1, by name."""
    made = {}
    for name, parameter in network.parameters.items():
        size = parameter.shape[-1] ** -0.5 if parameter.is_weight else 0.5
        value = rng.normal(size=parameter.shape) * size
        made[name] = (value + (parameter.start == spec.layers.layer.ONES)).astype(dtype)
    return made
