"""libFuzzer over the compiled core's entry points: builds `fuzz/native`, grows inputs, keeps finds.

    python -m fuzz core --seconds 600

It needs cmake and clang with its fuzzer. Without them, tests/core/test_native.py replays the seed
corpus under the sanitizers of any compiler.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "fuzz" / "corpus" / "core"
SANITIZERS = "fuzzer-no-link,address,undefined,float-cast-overflow"


def lacking() -> str | None:
    """What is missing here, or None."""
    for program in ("cmake", "clang++"):
        if shutil.which(program) is None:
            return program
    asked = subprocess.run(["clang++", "-print-resource-dir"], capture_output=True, text=True)
    found = list(Path(asked.stdout.strip()).rglob("libclang_rt.fuzzer*"))
    return None if found else "libFuzzer, which comes with clang's runtime"


def build(folder: Path, *, portable: bool = False) -> Path:
    """The fuzzer, built in a folder that may hold an earlier build; with `portable`, in a minute.

    Raises
    ------
    RuntimeError
        With the compiler's last words.
    """
    options = ["-DCHAINRULE_BINDINGS=OFF", f"-DCHAINRULE_SANITIZE={SANITIZERS}"]
    options += ["-DCMAKE_CXX_COMPILER=clang++", f"-DCHAINRULE_ARCH={'OTHER' if portable else ''}"]
    _run("cmake", "-S", ROOT, "-B", folder, *options)
    _run("cmake", "--build", folder, "--target", "fuzz_core", "--parallel", str(os.cpu_count()))
    return folder / "fuzz_core"


def main(seconds: int, grown: Path, folder: Path) -> int:
    """libFuzzer's exit code; what it found lies in the current folder."""
    if missing := lacking():
        print(f"this fuzzer needs {missing}.")
        return 2
    return fuzzed(build(folder), seconds, grown)


def fuzzed(program: Path, seconds: int, grown: Path) -> int:
    """Grow the corpus for so many seconds."""
    grown.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={seconds}", "-timeout=300", "-rss_limit_mb=3000"]
    # What is refused for its size is asked for all the same.
    limits += ["-malloc_limit_mb=1000000000", "-max_len=300", "-len_control=0"]
    sanitizers = {
        "ASAN_OPTIONS": "allocator_may_return_null=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }
    return subprocess.run(
        [program, grown, CORPUS, *limits], env={**os.environ, **sanitizers}
    ).returncode


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}")
