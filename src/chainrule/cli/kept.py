"""What of the data lies in a model file, in sentences: for `info`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.table.column import BOOLEAN
from chainrule.table.encode.column_encoder import counted


def kept_of_data(found: Mapping[str, Any], note: Mapping[str, Any]) -> list[str]:
    """One line for everything in a model file that comes from the training table.

    Parameters
    ----------
    found : mapping
        As `read_info` gives it.
    note : mapping
        What `train` noted; empty for models trained in Python.
    """
    extra = found["extra"]
    encoder = extra.get("encoder", {})
    columns = encoder.get("columns", [])
    lines = [f"names of {counted(len(columns), 'column')}"]
    counts = [len(c["levels"]) for c in columns if c.get("levels") and c["kind"] != BOOLEAN]
    if counts:
        what = "keyed hashes of categories" if encoder.get("key") else "categories as they are"
        lines.append(f"{sum(counts):,} {what}, of {counted(len(counts), 'column')}")
    numbers = sum(c["code"] in ("number", "datetime", "time") for c in columns)
    if numbers:
        lines.append(f"median and spread of {counted(numbers, 'column')} of numbers")
    texts = sum(c.get("code") == "text" for c in columns)
    if texts:
        lines.append(f"frequencies of hashed words of {counted(texts, 'column')} of text")
    target = extra.get("target", {})
    classes = target.get("labels", {}).get("values")
    if classes:
        lines.append(f"{counted(len(classes), 'class', 'classes')} of the target as they are")
    if "low" in target:
        lines.append("mean, spread and range of the target")
    if any(target.get("errors", ())):
        lines.append("how far the predictions of validation rows were off")
    if extra.get("ranges") and numbers:
        lines.append(f"least and largest number of {counted(numbers, 'column')}")
    if extra.get("baseline"):
        lines.append("the answer of the baseline: frequencies of classes, or the mean")
    if extra.get("trained_rows"):
        lines.append("hashes of rows, by which evaluate knows those of training again")
    if note.get("fingerprint"):
        lines.append("a fingerprint (SHA-256) of the table")
    if note.get("sql"):
        lines.append("the query of training")
    return [*lines, "weights of networks, which were fitted to the rows"]
