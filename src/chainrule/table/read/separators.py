"""Files of one column that look like tables of several, separated by something unusual."""

from __future__ import annotations

import re
import shlex
from itertools import islice

from chainrule.errors import TableFileError
from chainrule.table.read.text_file import TextFile, copy_path, fields_of

SPACES = "spaces"  # how `--delimiter` names runs of blanks
_UNUSUAL = ":^~!#*@&\x01\x02\x1e\x1f§¦¬"
_USUAL = ",;\t|"
_N_RECORDS = 200  # enough to tell; a record of another width ends the suspicion


def refuse_other_separators(file: TextFile) -> None:
    """Raise `TableFileError` where every record of a file splits alike at some other sign."""
    records = [text for _, text in islice(file.records(), _N_RECORDS) if text.strip()]
    if len(records) < 2:
        return
    inner = [fields_of(record, ",") for record in records]
    if all(len(fields) == 1 for fields in inner) and file.n_quotes:
        for mark in _USUAL:
            if _is_constant([fields[0].count(mark) for fields in inner]):
                raise TableFileError(
                    f"{file.name}, line {file.first_line}: every line is quoted as a whole, with "
                    f"'{mark}' inside the quotes.",
                    "Write the file again without the quotes around the lines.",
                )
    for mark in _UNUSUAL:
        if _is_constant([record.count(mark) for record in records]):
            shown = mark if mark.isprintable() else repr(mark)[1:-1]
            option = shlex.quote(mark) if mark.isprintable() else f"$'{shown}'"
            raise TableFileError(
                f"{file.name}, line {file.first_line}: the file has one column, and '{shown}' "
                f"stands {records[0].count(mark)} times in every line.",
                f"Say --delimiter {option} if it separates the fields, else --delimiter ,",
            )
    if _is_constant([len(record.split()) - 1 for record in records]):
        raise TableFileError(
            f"{file.name}, line {file.first_line}: the file has one column, and every line has "
            f"{len(records[0].split())} words.",
            "Say --delimiter spaces if blanks separate the fields, else --delimiter ,",
        )


def split_at_spaces(file_path: str, folder: str) -> str:
    """A copy of a file in which tabs stand for runs of blanks."""
    copy = copy_path(folder)
    with (
        open(file_path, encoding="utf-8-sig", newline="") as source,
        open(copy, "w", encoding="utf-8", newline="") as target,
    ):
        for line in source:
            end = line[len(line.rstrip("\r\n")) :]
            target.write(re.sub(r"[ \t\u00a0]+", "\t", line.strip(" \t\u00a0\r\n")) + end)
    return copy


def _is_constant(counts: list[int]) -> bool:
    return counts[0] > 0 and len(set(counts)) == 1
