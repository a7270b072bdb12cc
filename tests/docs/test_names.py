"""The page of names against the program: what it calls existing exists, and lists are whole."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import chainrule
from chainrule.files.form import MOMENTS
from chainrule.spec import (
    ACTIVATIONS,
    INITIALIZATIONS,
    LOSSES,
    OPTIMIZERS,
    OUTPUT_ACTIVATIONS,
    SCHEDULES,
    TrainingSpec,
)

TEXT = (Path(__file__).parents[2] / "docs" / "names.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`(chainrule(?:\.\w+)+)`", TEXT)))
TICKED = re.compile(r"`([^`]+)`")


def section(title):
    return re.search(rf"^## {title}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def rows(title):
    """Cells of the table of a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def listed(name):
    """The names in the list of a closed set."""
    item = re.search(rf"^- {name}: (.*?)(?=^- |^$)", TEXT, re.MULTILINE | re.DOTALL)[1]
    return TICKED.findall(item)


def resolved(path):
    """The object at a dotted path, through modules as far as they go."""
    names = path.split(".")
    found = chainrule
    for depth, name in enumerate(names[1:], start=2):
        found = (
            getattr(found, name) if hasattr(found, name) else import_module(".".join(names[:depth]))
        )
    return found


@pytest.mark.parametrize("path", PATHS)
def test_paths_lead_to_something(path):
    assert resolved(path) is not None


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("activations", OUTPUT_ACTIVATIONS),
        ("losses", LOSSES),
        ("optimizers", OPTIMIZERS),
        ("schedules", SCHEDULES),
        ("initializations", INITIALIZATIONS),
    ],
)
def test_closed_sets_are_whole(name, members):
    assert listed(name) == list(members)
    assert list(OUTPUT_ACTIVATIONS[: len(ACTIVATIONS)]) == list(ACTIVATIONS)


def test_moments_of_every_optimizer():
    (row,) = [row for row in rows("Training") if row[0] == "moments of an optimizer"]
    assert set(TICKED.findall(row[2])) == {name for names in MOMENTS.values() for name in names}


def test_settings_of_training_are_fields():
    fields = set(inspect.signature(TrainingSpec).parameters)
    for concept in ("rows of a step", "learning rate, its course", "constants of Adam", "momentum"):
        (row,) = [row for row in rows("Training") if row[0] == concept]
        assert set(TICKED.findall(row[2])) - {"batch"} <= fields, concept


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("estimator", [chainrule.MLPClassifier, chainrule.MLPRegressor])
def test_the_drop_in_has_every_name(estimator):
    X = np.arange(40.0).reshape(20, 2)
    model = estimator(max_iter=1, early_stopping=True).fit(X, np.arange(20) % 2)
    fitted = {name for name in vars(model) if name.endswith("_")}
    named = set()
    for cells in rows("The drop-in for scikit-learn"):
        for name in TICKED.findall(cells[0]):
            named.add(name)
            assert name in fitted if name.endswith("_") else name in model.get_params(), name
    # Scikit-learn's own attributes that have another name in the rest of the program.
    assert {"coefs_", "intercepts_", "n_iter_", "n_layers_", "out_activation_"} <= named
    assert {"alpha", "solver", "max_iter", "learning_rate_init", "beta_1", "beta_2"} <= named


def test_no_name_is_also_one_to_avoid():
    """In one table a word is not both the identifier of a concept and a word to avoid for it."""
    for title in ("Data", "Network and its numbers", "Training"):
        for cells in rows(title):
            assert not set(TICKED.findall(cells[2])) & set(TICKED.findall(cells[4])), cells[0]
