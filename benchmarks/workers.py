"""The measuring processes as this one sees them: each with its own thread settings."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).resolve().parent.parent
# Settings of the surroundings that would slow a peer down or steer it.
_REMOVED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "KMP_AFFINITY", "GOMP_CPU_AFFINITY")
#: With CHAINRULE_ISA=avx2 the others are held to AVX2 too, as on a machine that has no more. JAX's
#: newest products (YNNPACK) choose their instructions themselves, so there it has those of Eigen,
#: which reach 83 % of the peak of AVX2 in a product of 512 x 512.
HELD = {
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2 --xla_cpu_experimental_ynn_fusion_type=",
    }
}


def environment(threads: int) -> dict[str, str]:
    """The surroundings of a process that computes with so many threads."""
    env = {key: value for key, value in os.environ.items() if key not in _REMOVED}
    for name in ("OMP", "OPENBLAS", "MKL"):
        env[f"{name}_NUM_THREADS"] = str(threads)
    env["PJRT_NPROC"] = env["NPROC"] = str(threads)
    env |= HELD.get(env.get("CHAINRULE_ISA", ""), {})
    if threads == 1:
        flags = [env.get("XLA_FLAGS", ""), "--xla_cpu_multi_thread_eigen=false"]
        env["XLA_FLAGS"] = " ".join(filter(None, flags))
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), env.get("PYTHONPATH", "")]))
    return env


class Worker:
    """One process of a module that answers requests."""

    def __init__(self, threads: int, *program: str) -> None:
        self.threads = threads
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment(threads),
            cwd=_ROOT,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer; {"error": ...} where there is none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            reply: dict[str, Any] = json.loads(line)
            return reply
        self._log.seek(0)
        last = (self._log.read().strip().splitlines() or ["it ended without a word"])[-1]
        return {"error": last}

    def close(self) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def peer_worker(module: str, threads: int) -> Worker:
    """A process that times one file of peers."""
    return Worker(threads, "benchmarks.peers.worker", module, str(threads))


def answer_requests(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The other side of `Worker.ask`: one JSON request a line, one answer a line."""
    # Answers go to the old standard output; what libraries print goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # one system's failure is one missing figure
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(reply), file=answers, flush=True)
