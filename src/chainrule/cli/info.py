"""`chainrule info MODEL`."""

from __future__ import annotations

import textwrap
from typing import Any

from chainrule.cli.options import AsJson, Model, Quiet, Signed
from chainrule.cli.output import Output
from chainrule.visible import visible


def info(
    model: Model, signed_by: Signed = None, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Print what a model file holds, without building the model."""
    from chainrule.cli.model import TABLE_KEY, named
    from chainrule.cli.training_words import training_words
    from chainrule.errors import ModelFileError
    from chainrule.estimators.contents import check_contents
    from chainrule.files import read_info
    from chainrule.network.description import network_text
    from chainrule.spec import NetworkSpec, TrainingSpec

    out = Output(as_json=as_json, quiet=quiet)
    try:
        found = read_info(model, require_signature=signed_by)
        spec, others = NetworkSpec.from_json(found["network"]), found.get("others", [])
        check_contents(found["kind"], spec, 1 + len(others), found["extra"])
    except ModelFileError as error:
        raise named(model, error) from error
    note = found.get(TABLE_KEY) or {}
    target = note.get("target") if isinstance(note, dict) else None
    out.result(
        f"{model}: {found['kind'].replace('_', ' ')}, format {found['format']}, "
        f"{found['bytes']:,} bytes"
    )
    out.result(network_text(spec, found["dtype"]).replace("Network", "network", 1))
    training = found["training"]
    if training:
        out.result(training_words(TrainingSpec.from_json(training)))
    history = found["history"]
    if history:
        out.result(_trained([history, *(found.get("others") or ())]))
    if target:
        out.result(f"target: {target}")
    _show_card(out, found, note if isinstance(note, dict) else {})
    columns = found["extra"].get("encoder", {}).get("columns", [])
    if columns:
        from chainrule.cli.columns import first_columns
        from chainrule.cli.output import aligned
        from chainrule.table.encode.words import column_words

        rows = [(column["name"], column["kind"], column_words(column)) for column in columns]
        shown, more = first_columns(rows)
        out.result("columns:", *aligned(shown), *more)
    if columns:
        from chainrule.cli.kept import kept_of_data

        note = note if isinstance(note, dict) else {}
        out.result("of the data the file holds:")
        out.result(*(f"  {line}" for line in kept_of_data(found, note)))
        if isinstance(note.get("sql"), str):
            out.result(visible(f"query of training: {note['sql']}"))
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    out.result(f"written by: {versions}", f"sha256: {found['sha256']}")
    if columns:
        out.next("chainrule", "predict", model, "DATA")
    out.document(found)


def _show_card(out: Output, found: dict[str, Any], note: dict[str, Any]) -> None:
    """Rows, classes, networks and the scores of rows that training had not seen."""
    from chainrule.cli.output import aligned
    from chainrule.cli.scores import baseline_words, say_wrapped, score_rows
    from chainrule.estimators.tabular.evaluation import Score, shown_place

    extra = found["extra"]
    labels = extra.get("target", {}).get("labels", {})
    classes = labels.get("values", []) if isinstance(labels, dict) else []
    if classes:
        shown = ", ".join(map(str, classes[:8])) + (", ..." if len(classes) > 8 else "")
        out.result(f"classes: {shown}")
    n_rows, date = note.get("n_rows"), note.get("date")
    if isinstance(n_rows, int):
        when = f", on {date}" if isinstance(date, str) else ""
        out.result(f"rows: {n_rows:,} given to training{when}")
    if isinstance(note.get("fingerprint"), str):
        out.result(f"fingerprint of the table: {note['fingerprint']}")
    if isinstance(note.get("settings"), dict):
        from chainrule.cli.config import arguments_of
        from chainrule.cli.output import shell

        given = {key: value for key, value in note["settings"].items() if key != "data"}
        command = shell("chainrule", "train", "DATA", *arguments_of(given))
        said = textwrap.wrap(visible(f"made by: {command}"), 78, break_on_hyphens=False)
        out.result(said[0], *(f"  {line}" for line in said[1:]))
    scores, baseline = extra.get("scores"), extra.get("baseline")
    if not scores or baseline is None:
        return
    words = baseline_words(classes, baseline)
    table = {name: Score.from_json(form) for name, form in scores["of"].items()}
    table = {name: table[name] for name in sorted(table, key=shown_place)}
    rows = score_rows("scores", table, words, classes)
    out.result(*aligned(rows, right=(1, 2, 3)))
    say_wrapped(out, f"scored: {scores['how']}.")


def _trained(histories: list[dict[str, Any]]) -> str:
    """How long the networks trained, and what is kept of them."""
    first, several = histories[0], len(histories)
    epochs, kept = first["lengths"].get("loss", 0), [history["best_epoch"] for history in histories]
    text = f"trained: {epochs} epochs, {first['n_steps']:,} steps"
    if several > 1:
        text = f"networks: {several}, whose answers are averaged; each {text}"
    if None in kept:
        return text
    which = "epoch" if several == 1 else "epochs"
    known = f"{which} {', '.join(map(str, kept))} {'is' if several == 1 else 'are'} kept"
    return f"{text}\n{known}" if several > 1 else f"{text}, {known}"
