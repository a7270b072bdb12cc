"""The core's own C++ program under the address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SANITIZERS = "address,undefined,float-cast-overflow"


@pytest.mark.slow
def test_no_sanitizer_reports_anything(tmp_path: Path) -> None:
    cmake = shutil.which("cmake")
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if cmake is None or compiler is None:
        pytest.skip("needs cmake and a C++ compiler")
    options = ["-DCHAINRULE_BINDINGS=OFF", f"-DCHAINRULE_SANITIZE={SANITIZERS}"]
    configured = subprocess.run(
        [cmake, "-S", ROOT, "-B", tmp_path, *options], capture_output=True, text=True
    )
    assert configured.returncode == 0, configured.stderr
    built = subprocess.run(
        [cmake, "--build", tmp_path, "--target", "native_tests", "--parallel", "2"],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, (built.stdout + built.stderr)[-4000:]
    done = subprocess.run([tmp_path / "native_tests"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "runtime error" not in done.stderr, done.stderr[-4000:]
    assert done.stdout.endswith("0 failures\n")
