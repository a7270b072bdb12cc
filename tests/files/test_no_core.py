"""Reading and writing model files needs no compiled code of ours."""

from __future__ import annotations

import subprocess
import sys


def test_the_files_load_without_the_core():
    program = "import sys, chainrule.files; print('chainrule._core' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
