"""`python -m docs build` makes the documentation site; `python -m docs serve` shows it.

Needs the docs extra. Warnings are errors: a link or an anchor that leads nowhere ends the build.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS = {"build": ("build", "--strict"), "serve": ("serve",)}


def main(arguments: list[str]) -> int:
    """Run MkDocs; build/site/index.html opens from disk."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: python -m docs {' | '.join(COMMANDS)}", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "mkdocs", *COMMANDS[arguments[0]]]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=quiet, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
