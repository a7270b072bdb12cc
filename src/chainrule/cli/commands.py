"""The commands together, and how a failure of any of them is told."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, Any

import typer

import chainrule
from chainrule.cli.attribute import attribute
from chainrule.cli.check import check
from chainrule.cli.compare import compare
from chainrule.cli.cv import cv
from chainrule.cli.demo import demo
from chainrule.cli.dependence import dependence
from chainrule.cli.diagnose import diagnose
from chainrule.cli.ending import Ended
from chainrule.cli.evaluate import evaluate
from chainrule.cli.exit_codes import BAD_INPUT, INTERRUPTED, OK
from chainrule.cli.explain import explain
from chainrule.cli.export import export
from chainrule.cli.foreign import command_hint, option_hint
from chainrule.cli.given import GIVEN, Again
from chainrule.cli.info import info
from chainrule.cli.lesson import lesson
from chainrule.cli.output import tell_error
from chainrule.cli.play import play
from chainrule.cli.predict import predict
from chainrule.cli.report import report
from chainrule.cli.resume import resume
from chainrule.cli.sign import sign
from chainrule.cli.train import train
from chainrule.cli.tune import tune
from chainrule.cli.verify import verify
from chainrule.errors import ChainruleError

# Plain help without rich: it answers in half the time and reads the same in every terminal.
app = typer.Typer(
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    train, resume, predict, evaluate, report, attribute, dependence, cv, compare, tune, export,
    explain, info, check, diagnose, demo, lesson, play, sign, verify,
):  # fmt: skip
    app.command(command.__name__)(command)

# typer keeps click inside itself from some version on; its errors are known by their common base.
_UsageError: type[Exception] = next(
    base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
)


@app.callback(invoke_without_command=True)
def top(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Train neural networks on tables, use them, and check every gradient.

    Start with: chainrule train DATA --target COLUMN
    """
    if version:
        print(chainrule.__version__)
        raise typer.Exit


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; no failure leaves as a traceback.

    Set CHAINRULE_DEBUG=1 to see the traceback of an unexpected error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    as_json = "--json" in arguments
    GIVEN.set(tuple(arguments))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters is caught where it arises
            result = app(list(arguments), prog_name="chainrule", standalone_mode=False)
        if result == INTERRUPTED:  # typer turns Ctrl-C into this code
            raise KeyboardInterrupt
        return result if isinstance(result, int) else OK
    except ChainruleError as error:
        tell_error(error.message, error.hint, as_json=as_json)
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())  # type: ignore[attr-defined]
            return BAD_INPUT
        if type(error).__name__ == "NoSuchOption":
            name = str(getattr(error, "option_name", ""))
            hint = _option_hint(name, arguments) or _usage_hint(arguments)
            tell_error(f"there is no option {name}.", hint, as_json=as_json)
            return BAD_INPUT
        message, _, hint = str(error.format_message()).partition(" Did you mean")  # type: ignore[attr-defined]
        said = _usage_hint(arguments)  # what others call it comes before what is spelled alike
        hint = f"Did you mean{hint}" if hint and not said.startswith("Say") else said
        tell_error(f"{message.rstrip('.')}.", hint, as_json=as_json)
    except BrokenPipeError:
        raise
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # click makes this of it
            raise end.__context__ from None
        raise
    except Again as again:
        return run(again.arguments)
    except Ended as end:
        if str(end):
            tell_error(str(end), as_json=as_json)
        return end.code
    except (KeyboardInterrupt, typer.Abort):
        tell_error("interrupted.", as_json=as_json)
        return INTERRUPTED
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        tell_error(f"{error.strerror or error}{where}.", as_json=as_json)
    except MemoryError as error:
        tell_error(f"there is not enough memory: {error}.", as_json=as_json)
    except Exception as error:
        if os.environ.get("CHAINRULE_DEBUG"):
            raise
        hint = "Please report this; CHAINRULE_DEBUG=1 shows where it happened."
        text = " ".join(str(error).split()) or type(error).__name__
        tell_error(f"unexpected {type(error).__name__}: {text}", hint, as_json=as_json)
    return BAD_INPUT


def options_of_commands() -> dict[str, list[str]]:
    """The options of every command, by its name."""
    commands: Any = typer.main.get_command(app)
    return {
        name: [option for parameter in command.params for option in parameter.opts]
        + [option for parameter in command.params for option in parameter.secondary_opts]
        for name, command in commands.commands.items()
    }


def _option_hint(option: str, arguments: Sequence[str]) -> str:
    """What to say instead of an option that the command does not have."""
    found = options_of_commands()
    given = next((argument for argument in arguments if argument in found), "")
    return option_hint(option, found.pop(given, []), found)


def _usage_hint(arguments: Sequence[str]) -> str:
    names = [command.name or "" for command in app.registered_commands]
    given = next((argument for argument in arguments if not argument.startswith("-")), "")
    if given in names:
        return f"See: chainrule {given} --help"
    return command_hint(given, names) or "See: chainrule --help"
