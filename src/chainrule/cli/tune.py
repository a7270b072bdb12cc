"""`chainrule tune DATA --target COLUMN`."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.config import SETTINGS, arguments_of, configured, train_settings
from chainrule.cli.ending import Ended, Ending
from chainrule.cli.estimator_options import CHOSEN, EstimatorOptions, makes_estimators
from chainrule.cli.options import (
    AsJson,
    DropMissingTarget,
    Force,
    HeldTogether,
    Ignore,
    Learned,
    ModelFile,
    Quiet,
    RowWeights,
    Tables,
    Text,
    Threads,
)
from chainrule.cli.output import Output, aligned
from chainrule.cli.problem import problem_of, questions
from chainrule.cli.reading import TYPED, Reading, reads_tables

if TYPE_CHECKING:
    from chainrule.estimators.tabular.tuning import Trial, Tuning

_SHOWN = 6
# Settings that mean another thing to `train`, or nothing for its model.
_OF_THE_SEARCH = ("holdout", "time-limit", "model", "threads")


def _layers(sizes: Sequence[int]) -> str:
    return f"{len(sizes)}x{sizes[0]}" if len(set(sizes)) == 1 else ",".join(map(str, sizes))


# Argument -> option, heading of a table, and how a value is written.
_VARIED: dict[str, tuple[str, str, Callable[[Any], str]]] = {
    "learning_rate": ("learning-rate", "rate", lambda value: f"{value:g}"),
    "hidden_layer_sizes": ("hidden", "hidden", _layers),
    "dropout": ("dropout", "dropout", lambda value: f"{value:g}"),
    "weight_decay": ("weight-decay", "decay", lambda value: f"{value:g}"),
    "embedded_numbers": ("embedded-numbers", "embed", str),
}


@configured
@makes_estimators
@reads_tables
def tune(
    target: Learned,
    data: Tables = None,
    trials: Annotated[
        int, typer.Option(min=1, help="Settings to try in all, those of --study included.")
    ] = 30,
    time_limit: Annotated[
        float | None, typer.Option(help="Try nothing new after this many seconds.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Score to compare trials by; log_loss or rmse if left out."
        ),
    ] = None,
    holdout: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="Share of the rows that no trial sees, to check what was found."
        ),
    ] = 0.2,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Keeps the trials, and goes on with those it has; default DATA's name with .tune.",
        ),
    ] = None,
    model: ModelFile = None,
    chosen: EstimatorOptions = CHOSEN,
    groups: HeldTogether = None,
    in_time: Annotated[
        str | None,
        typer.Option("--time", metavar="COLUMN", help="The last rows by this column are held out."),
    ] = None,
    weights: RowWeights = None,
    text: Text = None,
    ignore: Ignore = None,
    reading: Reading = TYPED,
    drop_missing_target: DropMissingTarget = False,
    threads: Threads = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> dict[str, Any]:
    """Search for better settings, check them on rows held out, and train a model with them.

    Options that are given stay as they are; the search varies the others among --learning-rate,
    --hidden, --dropout, --weight-decay and --embedded-numbers. Ctrl-C keeps what was tried; the
    same command goes on.
    """
    from chainrule.cli.model import TABLE_KEY, default_path, refuse_existing
    from chainrule.cli.row_columns import found_columns
    from chainrule.cli.task import without_missing
    from chainrule.cli.train import note_of
    from chainrule.estimators.tabular.tuning import tune as search

    out, ending = Output(as_json=as_json, quiet=quiet), Ending()
    path = model or default_path(data or (), reading)
    kept = study or default_path(data or (), reading, ".tune")
    refuse_existing(path, force, "--model")
    reading = replace(reading, text=tuple(text or ()))
    table = reading.read(data, ignore=ignore or (), exact=(target,), keep_index=chosen.keep_id)
    target = found_columns(table, {"--target": target})["--target"]
    if drop_missing_target:
        table = without_missing(table, target, out)
    problem = problem_of(table, target, chosen.task, weights=weights, groups=groups, time=in_time)
    estimator = chosen.estimator(table, problem, target, n_threads=threads)
    for notice in (*table.report.notices, *questions(problem, table)):
        out.notice(notice)
    earlier = [f"going on with the trials of {kept}"] if os.path.exists(kept) else []

    def tell(trial: Trial) -> None:
        while earlier:
            out.say(earlier.pop())
        worth = "" if trial.score is None else _short(trial.score.value)
        said = ", ".join(_words(trial.settings)) or "as given"
        out.say(f"  {trial.number:>3}  {worth or trial.outcome:13}  {said}")

    with ending.heard(), out.catching():
        found = search(
            estimator, problem.X, problem.y, problem.weights, metric=by, n_trials=trials,
            time_limit=time_limit, holdout=holdout, file=kept, groups=problem.groups,
            time=problem.time, random_state=chosen.seed % (1 << 32), told=tell,
        )  # fmt: skip
        if found.interrupted or found.model.interrupted_:
            _end(out, found, ending, kept)
        with ending.waiting():
            said = _of_training(SETTINGS.get(), found)
            note = note_of(table, reading, target, len(problem.y), said)
            found.model.save(path, notes={TABLE_KEY: note})
    _show(out, found)
    out.say("")
    out.result(f"saved to {path}, trained on all {len(problem.y):,} rows")
    out.say(f"trials are kept in {kept}; a larger --trials goes on with them")
    out.next("chainrule", "train", *arguments_of(said))
    out.document(_document(path, kept, found))
    return {"train": said}


def _show(out: Output, found: Tuning) -> None:
    """The best trials, and what rows held out say of the best one."""
    names = list(found.space)
    head = [found.metric, "90 % interval", *(_VARIED[name][1] for name in names), "trial"]
    rows = [head]
    first = [trial for trial in found.ranked if trial.number == 0]
    shown = [*found.ranked[:_SHOWN], *(first if first[0] not in found.ranked[:_SHOWN] else [])]
    for trial in shown:
        assert trial.score is not None
        score = trial.score
        rows.append([
            _short(score.value), f"{_short(score.low)} to {_short(score.high)}",
            *_cells(trial, names), str(trial.number),
        ])  # fmt: skip
    stopped = sum(trial.outcome == "stopped early" for trial in found.trials)
    seconds = sum(trial.seconds for trial in found.trials)
    out.say("")
    out.heading(
        f"{len(found.trials)} trials in {seconds:.0f} s on {found.n_rows:,} rows, "
        f"{stopped} of them stopped early"
    )
    out.result(*aligned(rows, right=range(len(head))))
    out.say("", *_verdict(found))


def _cells(trial: Trial, names: Sequence[str]) -> list[str]:
    if not trial.settings:
        return ["as given", *[""] * (len(names) - 1)]
    return [_VARIED[name][2](trial.settings[name]) for name in names]


def _verdict(found: Tuning) -> list[str]:
    if not found.best.settings:
        return ["Nothing that was tried is better than the settings as given."]
    checked = found.checked
    if checked is None:
        return [
            "No rows were held out: the score of the best is too good by an unknown amount,",
            "since it is the best of many.",
        ]
    gain, low, high = checked.gain
    before = f"In the search it was better by {_short(found.gain_in_search)}"
    worth = "these rows show no sure gain."
    if low > 0 or high < 0:
        worth = "the gain holds." if low > 0 else "what seemed a gain was chance."
    lines = [
        f"Trial {found.best.number} was chosen by its score, which is therefore too good.",
        f"On {checked.n_rows:,} rows that no trial saw, {found.metric} is",
        *aligned([
            ["of it", _short(checked.tuned.value), _interval(checked.tuned)],
            ["as given", _short(checked.given.value), _interval(checked.given)],
        ]),
        f"{before}; there it is by {_short(gain)},",
        f"90 % interval {_short(low)} to {_short(high)}: {worth}" if low == low else
        "on one group, which does not say how sure that is.",
    ]  # fmt: skip
    if gain < 0:
        lines.append("The model is therefore trained with the settings as given.")
    elif not low > 0:
        lines.append("The model is trained with those of the trial all the same.")
    return lines


def _interval(score: Any) -> str:
    return f"({_short(score.low)} to {_short(score.high)})"


def _short(value: float) -> str:
    """Four decimals, or six digits where there are more before the point."""
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.6g}"


def _words(settings: Mapping[str, Any]) -> list[str]:
    return [f"{_VARIED[name][1]} {_VARIED[name][2](value)}" for name, value in settings.items()]


def _of_training(settings: Mapping[str, Any], found: Tuning) -> dict[str, Any]:
    """What `train` is told to make the model again: what was given, and what was found."""
    given = {k: v for k, v in train_settings(settings).items() if k not in _OF_THE_SEARCH}
    options = {
        _VARIED[name][0]: ",".join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in found.settings.items()
    }
    return {**given, **options}


def _end(out: Output, found: Tuning, ending: Ending, kept: str) -> None:
    from chainrule.engine import forget_interrupt
    from chainrule.table.encode.column_encoder import counted

    forget_interrupt()
    ending.number = ending.number or signal.SIGINT
    if found.ranked and found.best.score is not None:
        said = ", ".join(_words(found.best.settings)) or "as given"
        out.say(f"best so far: {found.metric} {_short(found.best.score.value)}, {said}")
    raise Ended(
        ending.code,
        f"ended by {ending.name}; {kept} keeps {counted(len(found.trials), 'trial')}, and the same "
        "command goes on.",
    )


def _document(path: str, kept: str, found: Tuning) -> dict[str, Any]:
    checked = found.checked
    return {
        "model": os.path.abspath(path),
        "study": kept,
        "metric": found.metric,
        "n_rows": found.n_rows,
        "space": found.space,
        "settings": found.settings,
        "gain_in_search": found.gain_in_search,
        "held_out": None if checked is None else {
            "n_rows": checked.n_rows,
            "tuned": checked.tuned.to_json(),
            "given": checked.given.to_json(),
            "gain": list(checked.gain),
        },
        "trials": [
            {
                "number": trial.number, "outcome": trial.outcome, "settings": trial.settings,
                "score": None if trial.score is None else trial.score.to_json(),
                "seconds": trial.seconds,
            }
            for trial in found.trials
        ],
    }  # fmt: skip
