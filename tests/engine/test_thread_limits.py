"""threadpoolctl's limits hold the core, and nothing imports threadpoolctl for it."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

from chainrule import Network, __version__, _core, engine
from chainrule.engine import thread_limits

TASKS = Path("/proc/self/task")
X = np.random.default_rng(0).standard_normal((512, 64)).astype(np.float32)


def ours() -> list[dict[str, Any]]:
    return [library for library in threadpool_info() if library["user_api"] == "chainrule"]


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of three processors, as far as the core knows."""
    monkeypatch.setenv("CHAINRULE_NUM_THREADS", "3")


def n_tasks(**options: Any) -> int:
    """Threads of the process while a wide network is fitted."""
    seen: list[int] = []
    net = Network([64, 256, 256, 1])
    net.fit(X, X[:, :1], epochs=50, batch_size=None, **options,
            callback=lambda *_: seen.append(len(list(TASKS.iterdir()))))  # fmt: skip
    return max(seen)


@pytest.mark.usefixtures("three")
def test_it_is_listed() -> None:
    (found,) = ours()
    assert found["num_threads"] == 3
    assert found["version"] == __version__
    assert os.path.samefile(found["filepath"], _core.__file__)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("limits", [1, {"chainrule": 1}])
def test_a_limit_holds_as_long_as_it_lasts(limits: Any) -> None:
    with threadpool_limits(limits):
        assert [library["num_threads"] for library in ours()] == [1]
        assert engine.machine()["n_threads"] == 1
        with threadpool_limits(2, user_api="chainrule"):
            assert _core.available_threads() == 2
        assert _core.available_threads() == 1
    assert _core.available_threads() == 3


@pytest.mark.usefixtures("three")
@pytest.mark.skipif(not TASKS.exists(), reason="counts threads as Linux shows them")
def test_a_fit_starts_no_more_threads() -> None:
    n_threads = len(list(TASKS.iterdir()))
    assert n_tasks() == n_threads + 2
    with threadpool_limits(2):
        assert n_tasks() == n_threads + 1
    with threadpool_limits(1):
        assert n_tasks() == n_threads
        assert n_tasks(n_threads=2) == n_threads + 1  # who says a number means it


@pytest.mark.usefixtures("three")
def test_a_limit_is_of_the_thread_that_sets_it() -> None:
    with threadpool_limits(1), ThreadPoolExecutor(1) as pool:
        assert pool.submit(_core.available_threads).result() == 3
    (found,) = ThreadpoolController().select(user_api="chainrule").lib_controllers
    assert found.info(debugging_info=True).get("thread_limit_scope", "current_thread") == (
        "current_thread"
    )


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("limit", [3, 8, 0, -1])
def test_a_limit_above_the_machines_number_is_none(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = ThreadpoolController().select(user_api="chainrule").lib_controllers
    found.set_num_threads(limit)
    assert found.num_threads == 3
    monkeypatch.setenv("CHAINRULE_NUM_THREADS", "4")
    assert found.num_threads == 4


def test_an_older_threadpoolctl_takes_no_controller() -> None:
    thread_limits._introduce(ModuleType("threadpoolctl"))


ORDERS = {
    "before": """
import threadpoolctl
from chainrule import Network
""",
    "after": """
import sys, inspect, importlib.util
from chainrule import Network
assert "threadpoolctl" not in sys.modules
assert importlib.util.find_spec("threadpoolctl").origin.endswith("threadpoolctl.py")
n = len(sys.meta_path)
import threadpoolctl
assert len(sys.meta_path) == n - 1
assert "def threadpool_limits" in inspect.getsource(threadpoolctl) or inspect.getsource(
    threadpoolctl.threadpool_limits)
""",
}


@pytest.mark.parametrize("order", ORDERS)
def test_it_is_registered_in_either_order(order: str) -> None:
    code = ORDERS[order] + (
        "found = [i for i in threadpoolctl.threadpool_info() if i['user_api'] == 'chainrule']\n"
        "assert len(found) == 1, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
