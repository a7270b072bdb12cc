"""Python without its lock: nothing switches the lock on, and threads make what one thread makes.

The scenes of other files run there, too; these need an interpreter that has no lock.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from chainrule import Network
from chainrule.errors import SpecError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="needs free-threaded Python"
    ),
]
N_THREADS = 8
X = np.random.default_rng(0).standard_normal((300, 5)).astype(np.float32)
Y = X[:, :1] - X[:, 1:2]


def run(code: str) -> None:
    """In an interpreter of its own, where a module that needs the lock raises."""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)


@pytest.mark.parametrize(
    "module", ["chainrule._core", "chainrule.engine", "chainrule", "chainrule.estimators"]
)
def test_an_import_leaves_the_lock_off(module: str) -> None:
    run(
        f"import sys, {module}\n"
        "from chainrule import Network, TabularClassifier\n"
        "Network([2, 2, 1]).fit([[0.0, 1.0]] * 4, [1.0] * 4, epochs=1)\n"
        "assert not sys._is_gil_enabled()"
    )


def test_threads_that_import_at_once() -> None:
    run(
        "import threading\n"
        "names = ['Network', 'TabularClassifier', 'MLPRegressor', 'load', 'from_torch'] * 2\n"
        "start, failed = threading.Barrier(len(names)), []\n"
        "def take(name):\n"
        "    start.wait()\n"
        "    try: getattr(__import__('chainrule'), name)\n"
        "    except BaseException as error: failed.append(error)\n"
        "threads = [threading.Thread(target=take, args=(name,)) for name in names]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "assert not failed, failed"
    )


def test_calls_of_every_kind_on_one_network() -> None:
    """What several threads read while one replaces the parameters is always some whole of them."""
    nets = [Network([5, 7, 1], random_state=seed) for seed in range(3)]
    allowed = {net.predict(X).tobytes() for net in nets}
    shared, done = Network([5, 7, 1], random_state=0), threading.Event()

    def read(k: int) -> set[bytes]:
        found = set()
        while not done.is_set():
            found.add(shared.predict(X).tobytes())
            if k % 2:
                shared.explain("W1[0, 0]", X[:2], Y[:2])
                shared.gradients(X, Y)
        return found

    with ThreadPoolExecutor(N_THREADS) as pool:
        reads = [pool.submit(read, k) for k in range(N_THREADS)]
        for turn in range(300):
            shared.params = nets[turn % 3].params
        done.set()
        for one in reads:
            assert one.result(60) <= allowed
    assert shared.predict(X).tobytes() == nets[299 % 3].predict(X).tobytes()


def fits_at_once(net: Network) -> int:
    """How many of several threads fitted it; the first holds on until all others are refused."""
    start, refused, all_refused = threading.Barrier(N_THREADS), [], threading.Event()

    def hold(*_: object) -> None:
        assert all_refused.wait(30)

    def fit() -> bool:
        start.wait()
        try:
            net.fit(X, Y, epochs=30, callback=hold)
        except SpecError as error:
            refused.append(str(error))
            if len(refused) == N_THREADS - 1:
                all_refused.set()
            return False
        return True

    with ThreadPoolExecutor(N_THREADS) as pool:
        made = [one.result(60) for one in [pool.submit(fit) for _ in range(N_THREADS)]]
    assert all("is being fitted already" in text for text in refused)
    return sum(made)


def test_of_fits_of_one_network_at_once_one_is_made() -> None:
    alone = Network([5, 7, 1])
    alone.fit(X, Y, epochs=30)
    for _ in range(20):
        net = Network([5, 7, 1])
        assert fits_at_once(net) == 1
        for name, array in alone.params.items():
            np.testing.assert_array_equal(net.params[name], array)
