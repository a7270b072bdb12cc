"""What a search varies."""

from __future__ import annotations

import pytest

from chainrule import TabularRegressor
from chainrule.errors import SpecError
from chainrule.estimators.tabular.recipe import resolve
from chainrule.estimators.tabular.tuning.space import (
    Choices,
    Interval,
    own_values,
    read_space,
    usual_space,
)

ARGUMENTS = TabularRegressor().get_params(deep=False)


def test_the_usual_space_holds_the_recipe_itself() -> None:
    recipe = resolve(ARGUMENTS, "regression")
    space = usual_space(recipe)
    found = own_values(recipe, space)
    assert found is not None and found["learning_rate"] == 0.2
    assert (found["depth"], found["width"]) == (3, 2)  # 256 is the third width
    assert set(space) <= set(ARGUMENTS)


def test_intervals_and_lists_of_the_caller() -> None:
    given = {"learning_rate": (0.01, 0.5), "dropout": (0.1, 0.4), "hidden_layer_sizes": [(8,), 16]}
    space = read_space(given, ARGUMENTS)
    assert space["learning_rate"] == Interval(0.01, 0.5, log=True)
    assert space["dropout"] == Interval(0.1, 0.4)
    assert space["hidden_layer_sizes"] == Choices(((8,), 16))
    assert own_values(resolve(ARGUMENTS, "regression"), space) is None


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"rate": (0.1, 0.2)}, "'rate', which is no argument"),
        ({"dropout": (0.5, 0.1)}, "low < high"),
        ({"dropout": (0.5, 2.0)}, "dropout must be"),
        ({"dropout": 0.5}, "pair of bounds"),
        ({"dropout": ("a", "b")}, "'a', which is no number"),
        ({"epochs": [0.5]}, "epochs must be"),
        ({"hidden_layer_sizes": [(0,)]}, "hidden_layer_sizes must be > 0"),
    ],
)
def test_what_cannot_be_varied_is_named(space: dict, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        read_space(space, ARGUMENTS)
