"""What is printed, where, and how soon."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chainrule.cli.output import aligned, fitted, styled, visible

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str, text: str) -> None:
    """Compare with a kept file; CHAINRULE_UPDATE_GOLDEN=1 writes it."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("CHAINRULE_UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()
    assert max(map(len, text.splitlines())) <= 80


def test_help(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = cli("--help")
    assert run.code == 0
    for command in ("train", "predict", "evaluate", "explain", "info", "check", "demo"):
        assert f"\n  {command} " in run.out
        assert cli(command, "--help").code == 0


def test_no_arguments_show_the_help(cli: Any) -> None:
    assert "Commands:" in cli().out


def test_version(cli: Any) -> None:
    import chainrule

    assert cli("--version").out == f"{chainrule.__version__}\n"


def test_demo_xor(cli: Any) -> None:
    run = cli("demo", "xor")
    assert run.code == 0
    golden("demo-xor", run.out)


def test_errors_at_80_columns(cli: Any, penguins: Path, tmp_path: Path) -> None:
    (tmp_path / "mixed.csv").write_text("a,b\n1,x\n2,y\nthree,x\n")
    commands = [
        ["train", "penguins.csv", "--target", "speices"],
        ["train", "penguin.csv", "--target", "species"],
        ["train", "mixed.csv", "--target", "b"],
        ["predict", "none.safetensors", "penguins.csv"],
        ["trian"],
    ]
    told = []
    for command in commands:
        run = cli(*command)
        assert run.code == 2
        told.append(f"$ chainrule {' '.join(command)}\n{run.err}")
    text = "\n".join(told)
    path = GOLDEN / "errors.txt"
    if os.environ.get("CHAINRULE_UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def test_quiet_prints_the_result_alone(cli: Any, penguins: Path) -> None:
    options = ["--target", "species", "--epochs", "2", "--hidden", "4", "-q"]
    run = cli("train", "penguins.csv", *options)
    assert run.err == ""
    assert run.out.splitlines()[-1] == "saved to penguins.safetensors"
    assert len(run.out.splitlines()) == 8  # the scores and where the model is


def test_colours_only_on_request(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in cli("demo", "xor").out + cli("trian").err
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert styled("x", "1", sys.stdout) == "\x1b[1mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert styled("x", "1", sys.stdout) == "x"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain", "plain"),
        ("Größe", "Größe"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines", "two\\nlines"),
        ("\u202eleft", "\\u202eleft"),
        ("[bold]", "[bold]"),
    ],
)
def test_names_never_act_on_the_terminal(name: str, shown: str) -> None:
    assert visible(name) == shown


def test_hostile_names_reach_the_terminal_as_text(cli: Any, tmp_path: Path) -> None:
    name = "a\x1b[2J\x07"
    rows = "".join(f"{i},{'uv'[i % 2]}\n" for i in range(20))
    (tmp_path / "t.csv").write_text(f"{name},c\n{rows}")
    run = cli("train", "t.csv", "--target", "c", "--epochs", "1", "--hidden", "4")
    assert run.code == 0
    assert "\x1b" not in run.out + run.err
    assert "a\\x1b[2J\\x07" in run.out
    assert "\x1b" not in cli("info", "t.safetensors").out


def test_tables_are_aligned() -> None:
    assert aligned([("a", "bb"), ("ccc", "d")], right=(1,)) == ["  a    bb", "  ccc   d"]
    assert fitted("x" * 500) == "x" * 500


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_help_loads_nothing_heavy() -> None:
    done = run_python(
        "import sys; from chainrule.cli.app import main; main(['--help']); "
        "print([m for m in ('numpy', 'sklearn', 'duckdb', 'rich', 'matplotlib') "
        "if m in sys.modules], file=sys.stderr)"
    )
    assert done.stderr == "[]\n"
    assert "Commands:" in done.stdout


@pytest.mark.parametrize("package", ["typer", "duckdb"])
def test_a_missing_package_is_named(package: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,c\n1,x\n2,y\n")
    done = run_python(
        f"import sys; sys.modules['{package}'] = None; from chainrule.cli.app import main; "
        f"sys.exit(main(['train', r'{tmp_path}/t.csv', '--target', 'c', "
        f"'--model', r'{tmp_path}/m.safetensors']))"
    )
    assert done.returncode == 2
    assert package in done.stderr
    assert 'pip install "chainrule[cli]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error(trained: Path, penguins: Path) -> None:
    command = f"{sys.executable} -m chainrule.cli predict {trained} {penguins} | head -1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.startswith("species,")
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
