"""Settings of a run in a TOML file: written by `--write-config`, read by `--config`.

    [train]
    data = ["customers.csv"]
    target = "churn"
    preset = "fast"
    learning-rate = 0.02

A table for each command, a key for each of its options, under its long name; DATA is `data`. Paths
are relative to the file. What is typed wins.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, Any

import typer

from chainrule.cli.output import Output
from chainrule.cli.settings import Setting, near, settings_of
from chainrule.cli.spread import Command
from chainrule.cli.toml import in_toml, read_toml
from chainrule.errors import DataError

# The settings of the command that runs, as its table of a file.
SETTINGS: ContextVar[Mapping[str, Any]] = ContextVar("SETTINGS", default={})  # noqa: B039

# Settings whose values are paths; a model file keeps none of them.
PATHS = ("data", "model", "validation", "checkpoint", "study")
_ALWAYS = ("preset", "seed")  # written where they are the defaults, too
# Without a table of its own a command takes what it has of this one's, but for the model's place.
_SHARED = "train"

_KNOWN: dict[str, dict[str, Setting]] = {}  # of each command that is configured


def configured(command: Command) -> Command:
    """Give a command `--config` and `--write-config`; it may return tables of other commands to
    write beside its own."""
    own, name = inspect.signature(command, eval_str=True), command.__name__
    known = _KNOWN[name] = settings_of(command)
    kind = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter("config", kind, default=None, annotation=_CONFIG),
        inspect.Parameter("write_config", kind, default=None, annotation=_WRITE),
        inspect.Parameter("context", kind, annotation=typer.Context),
    ]
    parameters = [p.replace(kind=kind) for p in own.parameters.values()] + added

    @wraps(command)
    def run(
        *, context: typer.Context, config: str | None, write_config: str | None, **given: Any
    ) -> None:
        from chainrule.cli.model import refuse_existing

        settings = {
            key: _plain(given[setting.name])
            for key, setting in known.items()
            if key in _ALWAYS or setting.is_said(given[setting.name])
        }
        out = Output(as_json=given["as_json"], quiet=given["quiet"])
        if config is not None:
            _tell(out, context, config, known, settings)
        if write_config is not None:
            refuse_existing(write_config, given.get("force", False), "--write-config")
        SETTINGS.set(settings)
        more = command(**given)
        if write_config is not None:
            tables = {name: settings, **(more or {})}
            text = in_toml({name: _beside(of, write_config) for name, of in tables.items()})
            with open(write_config, "w", encoding="utf-8") as file:
                file.write(text)
            out.say(f"settings written to {write_config}")

    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def arguments_of(settings: Mapping[str, Any]) -> list[str]:
    """The settings as they are typed."""
    found = list(settings.get("data", ()))
    for key, value in settings.items():
        if key == "data":
            continue
        if isinstance(value, bool):
            found.append(f"--{key}" if value else f"--no-{key}")
            continue
        for part in value if isinstance(value, list) else [value]:
            found += [f"--{key}", str(part)]
    return found


def train_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those that `train` has, too."""
    return {key: value for key, value in settings.items() if key in _KNOWN[_SHARED]}


def _read(context: typer.Context, path: str | None) -> str | None:
    """Takes what the file says in place of the defaults, before anything else is looked at."""
    if path is None or context.resilient_parsing:
        return path
    tables, folder, own = read_toml(path), os.path.dirname(path), str(context.info_name)
    for name, table in tables.items():
        if name not in _KNOWN or not isinstance(table, dict):
            raise DataError(
                f"{path}: {name!r} is no command that reads settings.",
                f"Its tables are: {', '.join(f'[{command}]' for command in _KNOWN)}.",
            )
    source = own if own in tables else _SHARED
    found: dict[str, Any] = {}
    for name, table in tables.items():
        for key, value in table.items():
            setting = _KNOWN[name].get(key)
            if setting is None:
                raise DataError(
                    f"{path}: [{name}] has no setting {key!r}.", near(key, _KNOWN[name])
                )
            said = setting.read(value, f"{path}: [{name}] {key}")
            if name == source and key in _KNOWN[own] and (name == own or key != "model"):
                found[_KNOWN[own][key].name] = _from(said, folder) if key in PATHS else said
    context.default_map = found
    return path


_CONFIG = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Take settings from this TOML file; what is typed wins.",
        is_eager=True,
        callback=_read,
    ),
]
_WRITE = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Write the settings of this run to a TOML file."),
]


def _from(value: Any, folder: str) -> Any:
    """A path of a file in `folder`, from here."""
    if isinstance(value, list):
        return [_from(one, folder) for one in value]
    if value == "-" or os.path.isabs(value):
        return value
    return os.path.normpath(os.path.join(folder, value))


def _beside(settings: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The settings with paths as they are from the folder of a file."""
    folder = os.path.dirname(path) or "."

    def moved(value: Any) -> Any:
        if isinstance(value, list):
            return [moved(one) for one in value]
        return value if value == "-" or os.path.isabs(value) else os.path.relpath(value, folder)

    return {key: moved(value) if key in PATHS else value for key, value in settings.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return getattr(value, "value", value)


def _tell(
    out: Output, context: typer.Context, path: str, known: Mapping[str, Setting], settings: Any
) -> None:
    """Which file, and what was typed in place of what it says."""
    out.say(f"settings of {path}")
    said = context.default_map or {}
    for key, setting in known.items():
        source = context.get_parameter_source(setting.name)
        if setting.name in said and source is not None and source.name == "COMMANDLINE":
            before, now = _shown(said[setting.name]), _shown(settings.get(key, setting.default))
            if before != now:
                out.say(f"  {key} {now}, as typed; {before} there")


def _shown(value: Any) -> str:
    plain = _plain(value)
    return ", ".join(map(str, plain)) if isinstance(plain, list) else str(plain)
