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


# Lines of the thread pool, and what makes each of them wrong.
POOL_FAULTS = {
    "sleepers are left": ("      round_.notify_all();\n", ""),
    "a job that nobody hears of": ("    job_.notify_all();\n", ""),
    "the next round counts too early": (
        "      arrived_.store(0, std::memory_order_relaxed);\n"
        "      round_.store(round + 1, std::memory_order_release);\n",
        "      round_.store(round + 1, std::memory_order_release);\n"
        "      arrived_.store(0, std::memory_order_relaxed);\n",
    ),
    "a job is taken twice": ("      seen = job_.load(std::memory_order_acquire);\n", ""),
    "a job is over too early": ("    work(0);\n    barrier();\n", "    barrier();\n    work(0);\n"),
    "the end is seen too early": (
        "    work_ = nullptr;\n    announce();\n",
        "    announce();\n    work_ = nullptr;\n",
    ),
    "a thread that was refused is waited for": ("        size_ = t;\n", ""),
}


@pytest.mark.slow
def test_the_pool_holds_under_simulated_schedules(tmp_path: Path) -> None:
    """No seed ends in threads that all sleep, or in a job that is done other than once."""
    program = made(tmp_path, ["native_schedules"]) / "native_schedules"
    assert run(program, 10_000) == "10000 schedules, 0 failures\n"


@pytest.mark.slow
@pytest.mark.parametrize("fault", POOL_FAULTS)
def test_simulated_schedules_notice_a_fault_of_the_pool(tmp_path: Path, fault: str) -> None:
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if compiler is None:
        pytest.skip("needs a C++ compiler")
    shutil.copytree(ROOT / "core" / "base", tmp_path / "base")
    header = tmp_path / "base" / "thread_pool.h"
    right, wrong = POOL_FAULTS[fault]
    text = header.read_text(encoding="utf-8")
    assert text.count(right) == 1
    header.write_text(text.replace(right, wrong), encoding="utf-8")
    program = tmp_path / "schedules"
    source = ROOT / "tests" / "native" / "schedules.cpp"
    run(
        compiler,
        "-std=c++20",
        "-I",
        tmp_path,
        "-I",
        source.parent,
        source,
        "-o",
        program,
        "-pthread",
    )
    done = subprocess.run([str(program), "3000"], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0  # it tells a seed, or crashes


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
