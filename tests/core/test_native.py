"""The core's own C++ programs under sanitizers, and under valgrind where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from fuzz.core import CORPUS, build, fuzzed, lacking

ROOT = Path(__file__).parents[2]
UNDEFINED = "address,undefined,float-cast-overflow"


def run(*command: object, **options: str) -> str:
    """The output of a command that must end well and say nothing of a runtime error."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=os.environ | options
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert "runtime error" not in done.stderr, done.stderr[-4000:]
    return done.stdout


def made(folder: Path, targets: Sequence[str], *options: str) -> Path:
    """The folder with these programs."""
    if shutil.which("cmake") is None or shutil.which(os.environ.get("CXX", "c++")) is None:
        pytest.skip("needs cmake and a C++ compiler")
    run("cmake", "-S", ROOT, "-B", folder, "-DCHAINRULE_BINDINGS=OFF", *options)
    run("cmake", "--build", folder, "--target", *targets, "--parallel", "2")
    return folder


@pytest.mark.slow
def test_no_sanitizer_reports_anything(tmp_path: Path) -> None:
    """Of every network on every instruction set, of failing allocations and of hostile inputs."""
    programs = ("native_tests", "native_allocations", "fuzz_replay")
    folder = made(tmp_path, programs, f"-DCHAINRULE_SANITIZE={UNDEFINED}")
    assert run(folder / "native_tests").endswith("0 failures\n")
    failed = run(folder / "native_allocations").splitlines()
    assert failed[-1] == "0 failures" and int(failed[0].split()[0]) > 1000
    inputs = sorted(CORPUS.iterdir())
    told = run(folder / "fuzz_replay", *inputs, ASAN_OPTIONS="allocator_may_return_null=1")
    assert told == f"{len(inputs)} inputs\n"


@pytest.mark.slow
def test_no_thread_races_with_another(tmp_path: Path) -> None:
    """The team, the step and the trainer, on the portable kernels."""
    folder = made(
        tmp_path, ["native_tests"], "-DCHAINRULE_SANITIZE=thread", "-DCHAINRULE_ARCH=OTHER"
    )
    assert run(folder / "native_tests", "portable", "few").endswith("0 failures\n")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_valgrind_finds_nothing(tmp_path: Path) -> None:
    """Nothing read before it is written, nothing lost, on the portable kernels."""
    folder = made(tmp_path, ["native_tests"], "-DCHAINRULE_ARCH=OTHER")
    options = ("--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite", "-q")
    assert run("valgrind", *options, folder / "native_tests", "portable", "few").endswith(
        "0 failures\n"
    )


@pytest.mark.slow
@pytest.mark.skipif(lacking() is not None, reason=f"needs {lacking()}")
def test_the_core_under_guided_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = build(tmp_path / "build", portable=True)
    assert fuzzed(program, 5, tmp_path / "grown") == 0
