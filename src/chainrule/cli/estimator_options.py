"""The estimator that a command makes: options that all such commands share, listed once.

A command says `chosen: EstimatorOptions` and is decorated with `makes_estimators`; the command line
then has every option of `OPTIONS` in that place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import Balanced, Preset
from chainrule.cli.row_columns import check_categorical, check_counts, class_weights_of
from chainrule.cli.spread import Command, spread
from chainrule.cli.task import Task
from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.cli.problem import Problem
    from chainrule.table.read import FileTable

_FOR_CLASSES = "--balanced and --class-weight are for classification."

OPTIONS: dict[str, tuple[Any, Any]] = {
    "task": (
        Annotated[
            Task | None, typer.Option(help="What to learn; the target's values tell if left out.")
        ],
        None,
    ),
    "loss": (
        Annotated[
            str | None,
            typer.Option(
                metavar="NAME",
                help="Loss of a regression: squared_error, absolute_error, huber, poisson, "
                "pinball.",
            ),
        ],
        None,
    ),
    "quantiles": (
        Annotated[
            str | None,
            typer.Option(
                metavar="Q,Q,...", help="Quantiles that pinball predicts; default 0.1,0.5,0.9."
            ),
        ],
        None,
    ),
    "preset": (
        Annotated[
            Preset,
            typer.Option(
                help="default averages 4 networks, fast trains one, best averages 8 that train "
                "longer."
            ),
        ],
        Preset.default,
    ),
    "epochs": (
        Annotated[int | None, typer.Option(min=1, help="Number of passes over the rows.")],
        None,
    ),
    "hidden": (
        Annotated[
            str | None,
            typer.Option(metavar="N,N,...", help="Numbers of units in the hidden layers."),
        ],
        None,
    ),
    "seed": (
        Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same model.")],
        0,
    ),
    "learning_rate": (Annotated[float | None, typer.Option(help="Learning rate.")], None),
    "batch_size": (
        Annotated[int | None, typer.Option(min=1, help="Number of rows in a batch.")],
        None,
    ),
    "dropout": (
        Annotated[float | None, typer.Option(help="Share of units that a step leaves out.")],
        None,
    ),
    "weight_decay": (
        Annotated[float | None, typer.Option(help="Share of a weight that a step takes off.")],
        None,
    ),
    "embedded_numbers": (
        Annotated[
            int | None, typer.Option(min=0, help="Units of the embedding of a number; 0 has none.")
        ],
        None,
    ),
    "metric": (
        Annotated[
            str | None,
            typer.Option(
                metavar="NAME", help="What chooses the epoch, such as accuracy, auc or mae."
            ),
        ],
        None,
    ),
    "validation_fraction": (
        Annotated[
            float | None, typer.Option(help="Share of the rows that choose a network's epoch.")
        ],
        None,
    ),
    "patience": (
        Annotated[
            int | None,
            typer.Option(min=1, help="Stop after this many epochs without a better one."),
        ],
        None,
    ),
    "balanced": (Balanced, False),
    "class_weight": (
        Annotated[
            list[str] | None,
            typer.Option(metavar="LABEL=FACTOR", help="Weight of a class; repeatable."),
        ],
        None,
    ),
    "categorical": (
        Annotated[
            list[str] | None,
            typer.Option(
                metavar="COLUMN", help="Numbers of this column name categories; repeatable."
            ),
        ],
        None,
    ),
    "keep_id": (
        Annotated[
            bool,
            typer.Option(
                "--keep-id", help="Learn from columns with a value of its own in every row, too."
            ),
        ],
        False,
    ),
    "private": (
        Annotated[
            bool,
            typer.Option(
                "--private", help="Keep keyed hashes of categories in the model, not their names."
            ),
        ],
        False,
    ),
}


@dataclass(frozen=True)
class EstimatorOptions:
    """What was typed, by the names of `OPTIONS`."""

    task: Task | None = None
    loss: str | None = None
    quantiles: str | None = None
    preset: Preset = Preset.default
    epochs: int | None = None
    hidden: str | None = None
    seed: int = 0
    learning_rate: float | None = None
    batch_size: int | None = None
    dropout: float | None = None
    weight_decay: float | None = None
    embedded_numbers: int | None = None
    metric: str | None = None
    validation_fraction: float | None = None
    patience: int | None = None
    balanced: bool = False
    class_weight: list[str] | None = None
    categorical: list[str] | None = None
    keep_id: bool = False
    private: bool = False

    def estimator(self, table: FileTable, problem: Problem, target: str, **others: Any) -> Any:
        """The estimator of a problem, its arguments checked before anything is printed.

        Parameters
        ----------
        table : FileTable
            With the target and all columns.
        target : str
            Its name there.
        **others
            More arguments of the estimator.

        Raises
        ------
        DataError, SpecError, typer.BadParameter
            Naming the option.
        """
        hidden, quantiles = self.hidden, self.quantiles
        sizes = None if hidden is None else _numbers(hidden, int, "--hidden", "whole", "256,256")
        levels = None
        if quantiles is not None:
            levels = _numbers(quantiles, float, "--quantiles", "", "0.1,0.9")
        settings: dict[str, Any] = {
            "preset": self.preset.value,
            "hidden_layer_sizes": sizes,
            "epochs": self.epochs,
            "learning_rate": self.learning_rate,
            "batch_size": "auto" if self.batch_size is None else self.batch_size,
            "dropout": self.dropout,
            "weight_decay": self.weight_decay,
            "embedded_numbers": self.embedded_numbers,
            "metric": self.metric,
            "validation_fraction": self.validation_fraction,
            "categorical_features": (
                check_categorical(table, problem.X, self.categorical or (), target) or None
            ),
            "patience": self.patience,
            "drop_identifiers": not self.keep_id,
            "hash_categories": self.private,
            "random_state": self.seed,
            **others,
        }
        estimator = _estimator(problem.task, self._factors(problem), self.loss, levels, settings)
        if self.loss == "poisson":
            check_counts(table, target, problem.y)
        return estimator

    def _factors(self, problem: Problem) -> Any:
        """What classes weigh."""
        if not self.class_weight:
            return "balanced" if self.balanced else None
        if self.balanced:
            raise DataError(
                "--balanced and --class-weight cannot both weigh the classes.",
                "Leave one of them out.",
            )
        if problem.task is not Task.classification:
            raise DataError(_FOR_CLASSES, "Leave them out.")
        return class_weights_of(self.class_weight, sorted(set(problem.y.tolist())))


CHOSEN = EstimatorOptions()  # stands in a command's signature for what is typed


def makes_estimators(command: Command) -> Command:
    """Give a command every option of `OPTIONS` in the place of its parameter `chosen`."""
    return spread(command, "chosen", OPTIONS, lambda typed: EstimatorOptions(**typed))


def _numbers(text: str, kind: type, option: str, noun: str, example: str) -> tuple[Any, ...]:
    try:
        numbers = tuple(kind(part) for part in text.removesuffix(",").split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) <= 0:
        what = f"{noun} numbers".strip()
        raise typer.BadParameter(f"{option} takes {what} such as {example}, found {text!r}.")
    return numbers


def _estimator(
    task: Task,
    class_weight: Any,
    loss: str | None,
    quantiles: tuple[float, ...] | None,
    settings: dict[str, Any],
) -> Any:
    """The estimator, its settings checked before anything is printed."""
    import chainrule
    from chainrule.estimators.tabular.arguments import check_tabular
    from chainrule.estimators.tabular.epoch_metric import (
        CLASSIFIER_METRICS,
        QUANTILE_LOSS,
        REGRESSOR_METRICS,
    )
    from chainrule.estimators.tabular.number_target import regression_loss
    from chainrule.estimators.tabular.recipe import resolve

    if task is Task.classification:
        if loss or quantiles:
            raise DataError("--loss and --quantiles are for regression.", "Leave them out.")
        estimator: Any = chainrule.TabularClassifier(class_weight=class_weight, **settings)
    elif class_weight is not None:
        raise DataError(_FOR_CLASSES, "Leave them out.")
    else:
        if quantiles and loss not in (None, QUANTILE_LOSS):
            raise DataError(
                f"--quantiles are those of --loss {QUANTILE_LOSS}, found --loss {loss}.",
                "Leave one of them out.",
            )
        if quantiles:
            loss, settings = loss or QUANTILE_LOSS, {**settings, "quantiles": quantiles}
        estimator = chainrule.TabularRegressor(loss=loss, **settings)
    arguments = estimator.get_params(deep=False)
    check_tabular(arguments)
    checked = regression_loss(loss, arguments.get("quantiles"))
    names = CLASSIFIER_METRICS
    if task is not Task.classification:
        names = REGRESSOR_METRICS[checked.name]
    metric = settings["metric"]
    if metric is not None and metric not in names:
        raise DataError(
            f"--metric {metric} is none of those that choose an epoch of a {task.value}.",
            f"They are: {', '.join(names)}.",
        )
    recipe = resolve(arguments, task.value)
    spec = recipe.network(1, len(checked.quantiles) or 1, checked)
    named = ("random_state", "n_threads", "patience")
    recipe.training(spec, 1, *(settings[name] for name in named))
    return estimator
