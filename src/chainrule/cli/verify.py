"""`chainrule verify`: the promises, tried on this machine."""

from __future__ import annotations

from dataclasses import asdict

import typer

from chainrule.cli.options import AsJson, Quiet
from chainrule.cli.output import Output


def verify(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Try on this machine what chainrule promises; exit code 1 if anything does not hold.

    Takes about half a minute, writes to a temporary folder only.
    """
    from chainrule.cli.exit_codes import CHECK_FAILED
    from chainrule.promises import verify as tried

    out = Output(as_json=as_json, quiet=quiet)
    outcomes = []
    for outcome in tried():
        outcomes.append(outcome)
        verdict = "kept  " if outcome.kept else "BROKEN"
        out.result(f"{verdict}  {outcome.promise}", f"        {outcome.seen}")
    broken = sum(not outcome.kept for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    kept = f"{len(outcomes) - broken} of {len(outcomes)} promises kept, in {seconds:.0f} s"
    out.result("", kept)
    out.document({"ok": not broken, "promises": [asdict(outcome) for outcome in outcomes]})
    if broken:
        raise typer.Exit(CHECK_FAILED)
