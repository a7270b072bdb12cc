"""Processes that fork, spawn, embed and end around a fit: each a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow]
posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

# Every program starts with this, and says "kept" at the end where the promise holds.
_START = """
import asyncio, atexit, hashlib, multiprocessing, os, signal, sys, threading, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from chainrule import Network
X = np.random.default_rng(0).standard_normal((300, 6)).astype("float32")
Y = X[:, :1] * 2
def fitted(seed=0, epochs=5, **options):
    net = Network([6, 16, 1], random_state=seed)
    net.fit(X, Y, epochs=epochs, **options)
    return hashlib.sha256(b"".join(a.tobytes() for a in net.params.values())).hexdigest()
def in_child(work):
    child = os.fork()
    if child == 0:
        os._exit(0 if work() else 1)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False
def main():
{body}
if __name__ == "__main__":
    main()
"""
_FORKS = {
    "a fork after a fit": """
    expected = fitted()
    if in_child(lambda: fitted() == expected) and fitted() == expected:
        print("kept")
""",
    "a fork before anything": """
    if in_child(fitted):
        print("kept")
""",
    "a fork in a callback": """
    expected, kept = fitted(), []
    fitted(callback=lambda *_: kept.append(in_child(lambda: fitted() == expected)) or False)
    if len(kept) == 5 and all(kept):
        print("kept")
""",
    "a fork while another thread trains": """
    expected, begun, ended = fitted(), threading.Event(), threading.Event()
    def told(*_):
        begun.set()
        return ended.is_set()
    thread = threading.Thread(target=lambda: fitted(1, 10**6, callback=told))
    thread.start()
    begun.wait(30)
    kept = [in_child(lambda: fitted() == expected) for _ in range(5)]
    ended.set()
    thread.join(30)
    if all(kept):
        print("kept")
""",
    "a fork whose child ends as programs do": """
    begun, ended = threading.Event(), threading.Event()
    def told(*_):
        begun.set()
        return ended.is_set()
    thread = threading.Thread(target=lambda: fitted(1, 10**6, callback=told))
    thread.start()
    begun.wait(30)
    child = os.fork()
    if child == 0:
        fitted()
        sys.exit(5)
    _, status = os.waitpid(child, 0)
    ended.set()
    thread.join(30)
    if os.waitstatus_to_exitcode(status) == 5:
        print("kept")
""",
    "a fork of a fork": """
    expected = fitted()
    if in_child(lambda: in_child(lambda: fitted() == expected)):
        print("kept")
""",
    "a pool of forks": """
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map(fitted, range(4))
    if found == [fitted(seed) for seed in range(4)]:
        print("kept")
""",
    "processes of a server that forks": """
    with multiprocessing.get_context("forkserver").Pool(2) as pool:
        found = pool.map(fitted, range(4))
    if found == [fitted(seed) for seed in range(4)]:
        print("kept")
""",
    "a killed child": """
    expected = fitted()
    child = os.fork()
    if child == 0:
        fitted(epochs=10**9)
    time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if fitted() == expected:
        print("kept")
""",
}
_OTHERS = {
    "a pool of spawned processes": """
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(fitted, range(4))
    if found == [fitted(seed) for seed in range(4)]:
        print("kept")
""",
    "loky": """
    import joblib
    found = joblib.Parallel(2, backend="loky")(joblib.delayed(fitted)(s) for s in range(4))
    if found == [fitted(seed) for seed in range(4)]:
        print("kept")
""",
    "loky around threads of its own": """
    import joblib
    def inner(seed):
        return joblib.Parallel(2, backend="threading")(joblib.delayed(fitted)(s) for s in (seed, 9))
    found = joblib.Parallel(2, backend="loky")(joblib.delayed(inner)(s) for s in range(2))
    if found == [[fitted(seed), fitted(9)] for seed in range(2)]:
        print("kept")
""",
    "asyncio over processes": """
    from concurrent.futures import ProcessPoolExecutor
    async def scene():
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
            return await asyncio.gather(*(loop.run_in_executor(pool, fitted, s) for s in range(2)))
    if asyncio.run(scene()) == [fitted(seed) for seed in range(2)]:
        print("kept")
""",
    "a signal handler of asyncio": """
    async def scene():
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGINT, heard.set)
        training = asyncio.create_task(asyncio.to_thread(fitted, 0, 300))
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(heard.wait(), 30)
        return await training
    if asyncio.run(scene()) == fitted(0, 300):
        print("kept")
""",
    "Ctrl-C for the main thread while another trains": """
    begun, ended = threading.Event(), threading.Event()
    def told(*_):
        begun.set()
        return ended.is_set()
    thread = threading.Thread(target=lambda: fitted(1, 10**6, callback=told))
    thread.start()
    begun.wait(30)
    try:
        os.kill(os.getpid(), signal.SIGINT)
        thread.join(30)
    except KeyboardInterrupt:
        ended.set()
        thread.join(30)
        print("kept")
""",
    "sub-interpreters": """
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        try:
            import _interpreters as interpreters
        except ImportError:
            import concurrent.interpreters as interpreters
    expected, name = fitted(), interpreters.create()
    code = "import chainrule\\ntry:\\n    chainrule.Network([2, 1]).predict([[1, 2]])\\n"
    code += "except ImportError:\\n    pass\\n"
    for _ in range(3):
        interpreters.run_string(name, code)
    interpreters.destroy(name)
    if fitted() == expected:
        print("kept")
""",
    "a fit at the end": """
    expected = fitted()
    atexit.register(lambda: print("kept" if fitted() == expected else "other bits"))
""",
    "a fit in a finaliser at the end": """
    class Last:
        def __del__(self):
            try:
                fitted()
            except BaseException as error:
                print("kept" if isinstance(error, (ImportError, TypeError)) else repr(error))
            else:
                print("kept")
    sys.modules["__main__"].last = Last()
""",
    "a thread that trains on when the program is done": """
    threading.Thread(target=lambda: print("kept" if fitted(0, 300) else "")).start()
""",
    "an exit of the program in a callback": """
    def leave(*_):
        print("kept", flush=True)
        os._exit(0)
    fitted(callback=leave)
""",
    "an end in another thread in the middle of a fit": """
    def leave():
        print("kept", flush=True)
        os._exit(0)
    threading.Timer(0.2, leave).start()
    fitted(epochs=10**9)
""",
    "the program's exit in a thread that trains": """
    def leave(*_):
        sys.exit(3)  # ends the thread, as it does everywhere in Python
    thread = threading.Thread(target=lambda: fitted(callback=leave))
    thread.start()
    thread.join(30)
    if not thread.is_alive() and fitted():
        print("kept")
""",
    "a recursion too deep in a callback": """
    def deep(*_):
        return deep()
    try:
        fitted(callback=deep)
    except RecursionError:
        if fitted():
            print("kept")
""",
    "a small stack": """
    threading.stack_size(256 * 1024)
    found = []
    thread = threading.Thread(target=lambda: found.append(fitted()))
    thread.start()
    thread.join(30)
    if found == [fitted()]:
        print("kept")
""",
    "a trace function": """
    expected, seen = fitted(), []
    sys.settrace(lambda *_: seen.append(1))
    found = fitted()
    sys.settrace(None)
    if found == expected and seen:
        print("kept")
""",
    "fault handler and development mode": """
    import faulthandler
    faulthandler.enable()
    faulthandler.dump_traceback_later(20, exit=True)
    if fitted():
        print("kept")
    faulthandler.cancel_dump_traceback_later()
""",
}


def play(body: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = folder / "scene.py"  # a file, which spawned processes import
    program.write_text(_START.replace("{body}", body))
    return subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=90, check=False
    )


@posix
@pytest.mark.parametrize("scene", _FORKS)
def test_forks(scene: str, tmp_path: Path) -> None:
    done = play(_FORKS[scene], tmp_path)
    assert (done.returncode, done.stdout) == (0, "kept\n"), done.stderr


@pytest.mark.parametrize("scene", _OTHERS)
def test_programs(scene: str, tmp_path: Path) -> None:
    if "SIGINT" in _OTHERS[scene] and not hasattr(signal, "SIGKILL"):
        pytest.skip("needs the signals of POSIX")
    done = play(_OTHERS[scene], tmp_path)
    assert (done.returncode, done.stdout) == (0, "kept\n"), done.stderr
