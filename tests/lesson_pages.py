"""Runs the pages of docs/learn: what stands below a block of code, a command or a mark is what it
prints now.

    ```python   followed by ```text, which is what the code prints
    ```console  "$ chainrule ..." and what the command prints
    <!-- exercises --> and <!-- key -->, each followed by ```text: the worksheet of the lesson
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "learn"
LESSONS = sorted(FOLDER.glob("[1-9]-*.md"))
PAGES = [*LESSONS, FOLDER / "your-program.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- (exercises|key) -->\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(path: Path) -> tuple[str, str]:
    """(text of the page with what is printed now, all of what was printed)."""
    text = path.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    printed: list[str] = []
    parts: list[str] = []
    end = 0
    found = list(BLOCK.finditer(text))
    before = os.getcwd()
    os.chdir(ROOT)  # the lessons name files as from there
    try:
        for place, block in enumerate(found):
            if block[1] == "python":
                shown = found[place + 1] if place + 1 < len(found) else None
                assert shown is not None and shown[1] == "text", f"no output below:\n{block[2]}"
                out = _printed(lambda code=block[2]: exec(compile(code, path.name, "exec"), names))
                assert out, f"this block prints nothing:\n{block[2]}"
            elif block[1] == "console":
                shown, command = block, block[2].splitlines()[0]
                assert command.startswith("$ chainrule ")
                out = f"{command}\n{_command(shlex.split(command)[2:])}"
            else:
                continue
            printed.append(out)
            parts += [text[end : shown.start(2)], out]
            end = shown.end(2)
    finally:
        os.chdir(before)
    now = "".join([*parts, text[end:]])
    if path in LESSONS:
        sheet = _worksheet(int(path.name[0]))
        printed += sheet.values()
        now = MARK.sub(lambda m: f"<!-- {m[1]} -->\n```text\n{sheet[m[1]]}```", now)
    return now, "".join(printed)


def _printed(act) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    with contextlib.redirect_stdout(out):
        act()
    out.flush()
    return out.buffer.getvalue().decode()


def _command(arguments: list[str]) -> str:
    from chainrule.cli.app import main

    codes: list[int] = []
    out = _printed(lambda: codes.append(main(arguments)))
    assert codes == [0], arguments
    return out


def _worksheet(number: int) -> dict[str, str]:
    from chainrule.explain.lessons import lesson
    from chainrule.explain.quiz import worksheet

    sheet, key = worksheet(lesson(number).exercises(None))
    return {"exercises": "\n".join(sheet).rstrip() + "\n", "key": "\n".join(key) + "\n"}


if __name__ == "__main__":
    for page in [Path(name).resolve() for name in sys.argv[1:]] or PAGES:
        page.write_text(run(page)[0], encoding="utf-8")
        print("wrote", page.relative_to(ROOT))
