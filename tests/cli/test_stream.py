"""Tables in pieces: the same answers, as they come, and errors at their place."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from chainrule.cli import stream

COMMAND = "import sys; from chainrule.cli.app import main; sys.exit(main())"


def test_records_stay_whole_and_know_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_MOST_BYTES", 16)
    rows = ['1,"a\nb"', "2,c", '3,"say ""no"""', '4,"\n\n"', "5,e"]
    path = tmp_path / "t.csv"
    path.write_text("k,text\n" + "\n".join(rows))
    found = [(Path(piece).read_text(), line) for piece, line in stream.pieces(str(path))]
    assert len(found) > 2 and all(text.startswith("k,text\n") for text, _ in found)
    assert "".join(text.removeprefix("k,text\n") for text, _ in found) == "\n".join(rows)
    lines, whole = [line for _, line in found], path.read_text().split("\n")
    for line, (text, _) in zip(lines, found, strict=True):
        assert text.split("\n")[1] == whole[line - 1]


def test_the_answers_are_those_of_the_whole_table(
    cli: Any, trained: Path, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = penguins.read_text().splitlines()
    penguins.write_text("\n".join(f"{line},more" for line in lines))
    whole = cli("predict", trained, penguins, "--keep", "island", "-q").out
    monkeypatch.setattr(stream, "_MOST_BYTES", 2_000)
    run = cli("predict", trained, penguins, "--keep", "island", "--stream")
    assert run.out == whole and run.err.count("not used: 'more'") == 1
    bad = penguins.read_text().splitlines()
    bad[250] = bad[250].replace(",", ",x", 3)
    Path("bad.csv").write_text("\n".join(bad))
    wrong = cli("predict", trained, "bad.csv", "--keep", "island", "--stream")
    assert wrong.code == 2 and "error: bad.csv, line 251, column 'bill_length_mm'" in wrong.err
    assert wrong.out.count("\n") > 100 and whole.startswith(wrong.out)
    refused = cli("predict", trained, penguins, "--stream", "-o", "a.csv")
    assert refused.code == 2 and "Leave -o and --json out" in refused.err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="asks a pipe whether it has more")
def test_rows_are_answered_as_they_come_and_a_closed_pipe_is_no_error(
    trained: Path, penguins: Path
) -> None:
    command = [sys.executable, "-c", COMMAND, "predict", str(trained), "-", "--stream", "-q"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin is not None and run.stdout is not None
        lines = penguins.read_bytes().splitlines(keepends=True)
        run.stdin.write(b"".join(lines[:3]))
        run.stdin.flush()
        assert run.stdout.readline().startswith(b"species,p(Adelie)")
        assert [run.stdout.readline().count(b",") for _ in range(2)] == [3, 3]
        run.stdin.write(lines[3])
        run.stdin.flush()
        assert run.stdout.readline().count(b",") == 3
        run.stdin.close()
        assert run.wait() == 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin is not None and run.stdout is not None
        feeder = threading.Thread(target=_feed, args=(run.stdin, lines))
        feeder.start()
        run.stdout.readline()
        run.stdout.close()
        assert run.wait() == 0
        feeder.join()


def _feed(pipe: Any, lines: list[bytes]) -> None:
    with suppress(OSError):  # nobody reads any more
        pipe.write(b"".join(lines))
        while True:
            pipe.write(b"".join(lines[1:]))
            pipe.flush()
            time.sleep(0.01)


def test_other_formats_are_refused(cli: Any, trained: Path, tmp_path: Path) -> None:
    Path("t.gz").write_bytes(b"\x1f\x8b\0\0")
    run = cli("predict", trained, "t.gz", "--stream")
    assert run.code == 2 and "takes text such as CSV" in run.err
