"""What other tools call an option or a command of ours: suggestions by meaning, not by spelling."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

# Option -> what others call it.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "--target": (
        "label", "labels", "y", "response", "outcome", "dependent", "target-column", "label-column",
        "class-column",
    ),
    "--ignore": (
        "drop", "drop-columns", "exclude", "skip", "ignore-columns", "ignored-features", "remove",
    ),
    "--learning-rate": ("lr", "eta", "step-size", "learning-rate-init", "rate"),
    "--epochs": (
        "epoch", "n-epochs", "num-epochs", "max-epochs", "iterations", "max-iter", "n-estimators",
    ),
    "--hidden": (
        "layers", "hidden-layers", "hidden-layer-sizes", "hidden-sizes", "units", "neurons",
    ),
    "--batch-size": ("batch", "bs", "minibatch", "mini-batch-size"),
    "--dropout": ("drop-rate", "dropout-rate", "p-dropout"),
    "--seed": ("random-state", "random-seed", "rng"),
    "--model": ("output", "out", "save", "save-to", "model-file", "model-path", "output-model"),
    "--output": ("out", "save", "save-to", "predictions", "result"),
    "--task": ("problem-type", "problem", "type", "mode"),
    "--loss": ("objective", "criterion", "loss-function"),
    "--metric": ("eval-metric", "scoring", "scorer", "score", "monitor"),
    "--quantiles": ("quantile", "quantile-levels", "percentiles"),
    "--validation": ("val", "valid", "eval", "eval-set", "validation-data", "dev", "test"),
    "--validation-fraction": (
        "val-split", "validation-split", "val-size", "val-fraction", "validation-size",
    ),
    "--holdout": ("test-size", "test-split", "test-fraction", "hold-out", "split", "test-share"),
    "--groups": ("group", "group-column", "group-by", "cluster"),
    "--time": ("date", "time-column", "date-column", "timestamp", "datetime", "order"),
    "--weights": ("weight", "sample-weight", "sample-weights", "weight-column", "case-weights"),
    "--class-weight": ("class-weights", "scale-pos-weight", "pos-weight"),
    "--balanced": ("balance", "auto-class-weights", "is-unbalance", "oversample"),
    "--categorical": ("cat", "cats", "cat-features", "categories", "cat-columns", "nominal"),
    "--patience": (
        "early-stopping", "early-stopping-rounds", "n-iter-no-change", "early-stop",
    ),
    "--time-limit": ("timeout", "time-budget", "max-time", "budget", "max-seconds"),
    "--threads": ("n-jobs", "jobs", "cores", "num-threads", "n-threads", "nthreads", "workers"),
    "--folds": ("cv", "k", "n-splits", "kfold", "k-folds", "n-folds"),
    "--delimiter": ("sep", "separator", "delim"),
    "--missing": ("na", "na-values", "null", "nan", "missing-values", "null-values"),
    "--table": ("sheet", "sheet-name"),
    "--sql": ("query", "select", "where", "filter"),
    "--id": ("ids", "id-column", "key", "index", "index-col"),
    "--keep": ("columns", "with", "passthrough", "keep-columns"),
    "--trials": ("n-trials", "evaluations"),
    "--study": ("storage", "resume-from"),
    "--config": ("config-file", "settings", "cfg", "conf"),
    "--weight-decay": ("wd", "decay", "l2"),
    "--interval": ("intervals", "confidence", "coverage", "prediction-interval"),
    "--threshold": ("cutoff", "decision-threshold"),
    "--importance": ("feature-importance", "importances", "permutation-importance"),
    "--force": ("overwrite", "yes", "replace"),
    "--quiet": ("silent", "no-progress"),
}  # fmt: skip

# What is asked for -> a sentence that answers where no option does.
ANSWERS: Mapping[str, str] = {
    **dict.fromkeys(
        ("features", "feature-columns", "columns", "inputs", "x", "input-columns"),
        "Every column but the target is an input; leave some out with --ignore COLUMN.",
    ),
    **dict.fromkeys(
        ("cv", "folds", "cross-validation", "kfold", "k-folds", "n-splits"),
        "See: chainrule cv --help",
    ),
    **dict.fromkeys(
        ("proba", "probabilities", "probability", "predict-proba", "output-proba"),
        "Probabilities are always written, in columns such as p(yes).",
    ),
    **dict.fromkeys(
        ("gpu", "device", "cuda", "accelerator"),
        "Training runs on the processor; leave it out.",
    ),
    **dict.fromkeys(
        ("standardize", "standardise", "scale", "normalize", "normalise", "scaler", "impute"),
        "Columns are always scaled, and gaps filled; leave it out.",
    ),
    **dict.fromkeys(
        ("calibrate", "calibration"), "Probabilities are always calibrated; leave it out."
    ),
    **dict.fromkeys(
        ("format", "output-format"),
        "The ending of the file says the format: -o answers.parquet, .jsonl or .csv",
    ),
    **dict.fromkeys(("verbose", "v"), "Progress is shown unless --quiet is said; leave it out."),
}

# Command -> what others call it.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "train": ("fit", "learn", "build", "run"),
    "predict": ("infer", "inference", "apply", "classify", "forecast"),
    "evaluate": ("test", "score", "eval", "validate", "importance", "metrics"),
    "cv": ("cross-validate", "crossval", "cross-validation", "kfold", "cross_validate"),
    "compare": ("benchmark", "baseline", "baselines", "leaderboard", "automl", "models"),
    "info": ("show", "describe", "summary", "inspect", "card"),
    "attribute": ("shap", "attributions", "contributions", "shapley"),
    "tune": ("search", "optimize", "hpo", "optuna", "hyperparameters", "sweep"),
    "dependence": ("pdp", "ale", "ice", "partial-dependence", "effects", "curve"),
    "explain": ("why", "gradient", "backprop"),
    "diagnose": ("doctor", "debug", "troubleshoot"),
    "play": ("gui", "ui", "playground", "serve"),
    "lesson": ("tutorial", "teach", "course"),
}


def option_hint(
    option: str, known: Collection[str], elsewhere: Mapping[str, Collection[str]]
) -> str:
    """What to say instead of an option that a command does not have.

    Parameters
    ----------
    option : str
        As it was typed, "--lr".
    known : collection of str
        Options of the command.
    elsewhere : mapping of str to collection of str
        Options of each other command, by its name.

    Returns
    -------
    str
        Empty where nothing is near.
    """
    name = option.lstrip("-").replace("_", "-").lower()
    for ours, theirs in OPTIONS.items():
        if ours in known and (name in theirs or f"--{name}" == ours):
            return f"Say {ours}."
    if name in ANSWERS:
        return ANSWERS[name]
    others = [command for command, options in elsewhere.items() if option in options]
    if others:
        return f"It is an option of: chainrule {', '.join(others)}"
    near = get_close_matches(option, list(known), n=2, cutoff=0.7)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def command_hint(command: str, known: Collection[str]) -> str:
    """The command to type instead of one that there is not; empty where none is near."""
    for ours, theirs in COMMANDS.items():
        if command.lower() in theirs:
            return f"Say: chainrule {ours}"
    near = get_close_matches(command, list(known), n=1)
    return f"Did you mean: chainrule {near[0]}?" if near else ""
