"""Where the figures come from, and whether anything there would spoil them."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.workers import HELD, environment
from chainrule import engine

_PACKAGES = ("numpy", "torch", "jax", "jaxlib", "scikit-learn", "skorch")
_CPU = Path("/sys/devices/system/cpu/cpu0")


def machine(packages: Iterable[str] = _PACKAGES) -> dict[str, Any]:
    """CPU, caches, instruction set, versions, thread pools and load, as JSON values."""
    return {
        "cpu": _cpu_name(),
        "caches": _caches(),
        "cores": os.cpu_count(),
        "usable_cores": engine.machine()["n_threads"],
        "governor": _read(_CPU / "cpufreq/scaling_governor"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "engine": engine.machine(),
        "packages": {name: version for name in packages if (version := _version(name))},
        "thread_pools": _thread_pools(),
        "load": _load(),
    }


def instruction_set(found: dict[str, Any]) -> str:
    """What ran; behind it what the processor has, where CHAINRULE_ISA held it to less: avx2-amx."""
    ran, has = found["engine"]["isa"], found["engine"]["isas"][0]
    return ran if ran == has else f"{ran}-{has}"


def machine_line(found: dict[str, Any]) -> str:
    """One line for tables and plots."""
    caches = ", ".join(f"{name} {size}" for name, size in found["caches"].items())
    return (
        f"{found['cpu']}, {found['cores']} cores ({caches}); {found['engine']['isa']}, "
        f"{found['engine']['compiler']}; chainrule {found['engine']['version']}, "
        + ", ".join(f"{name} {version}" for name, version in found["packages"].items())
    )


def warnings(found: dict[str, Any]) -> list[str]:
    """What makes figures of this run doubtful."""
    said = []
    if found["load"] is not None and found["load"] > 0.3:
        said.append(f"load average {found['load']:.1f}: something else runs, so figures are noisy")
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        if name in os.environ:
            said.append(f"{name} is set; the measured processes run without it")
    if "CHAINRULE_ISA" in os.environ:
        isa = os.environ["CHAINRULE_ISA"]
        whom = "every system" if isa in HELD else "chainrule"
        said.append(f"CHAINRULE_ISA={isa} holds {whom} to that instruction set")
    if found["governor"] not in (None, "performance"):
        said.append(f"the frequency governor is '{found['governor']}'")
    return said


def _cpu_name() -> str:
    text = _read(Path("/proc/cpuinfo")) or ""
    fields = dict(
        [part.strip() for part in line.split(":", 1)] for line in text.splitlines() if ":" in line
    )
    name = fields.get("model name") or platform.processor() or platform.machine()
    if "cpu family" in fields:
        name += f" (family {fields['cpu family']}, model {fields['model']})"
    return name


def _caches() -> dict[str, str]:
    found = {}
    for folder in sorted(_CPU.glob("cache/index*")):
        level, kind, size = (_read(folder / name) for name in ("level", "type", "size"))
        if size is not None and kind != "Instruction":
            found[f"L{level}{'d' if kind == 'Data' else ''}"] = size
    return found


def _thread_pools() -> list[dict[str, Any]]:
    """threadpoolctl's report of a process like the measured ones; empty without it."""
    program = (
        "import json, numpy, threadpoolctl\n"
        "keys = ('internal_api', 'num_threads', 'version', 'architecture')\n"
        "print(json.dumps([{k: pool.get(k) for k in keys} "
        "for pool in threadpoolctl.threadpool_info()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(os.cpu_count() or 1),
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else []


def _load() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
