"""Threads of one process: what each makes is what it makes alone, or is refused by name."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import threading
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

import chainrule
from chainrule import MLPRegressor, Network, TabularRegressor, engine
from chainrule.errors import SpecError

DRAW = np.random.default_rng(0)
X = DRAW.standard_normal((400, 6)).astype(np.float32)
Y = X[:, :1] * 2
WAIT = 30.0
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def trained(seed: int = 0, epochs: int = 8, **options: Any) -> Network:
    net = Network([6, 16, 1], random_state=seed)
    net.fit(X, Y, epochs=epochs, **options)
    return net


def bits(net: Network) -> bytes:
    return b"".join(array.tobytes() for array in net.params.values())


def at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """The results of calls that begin together, each in a thread."""
    listed = list(calls)
    start = threading.Barrier(len(listed))

    def call(one: Callable[[], Any]) -> Any:
        start.wait(WAIT)
        return one()

    with ThreadPoolExecutor(len(listed)) as pool:
        return [done.result(WAIT) for done in [pool.submit(call, one) for one in listed]]


class Middle:
    """A callback that halts a fit in its first epoch until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, *_: object) -> None:
        self.reached.set()
        assert self.go_on.wait(WAIT)


def during_a_fit(net: Network, act: Callable[[], Any]) -> Any:
    """What `act` answers while another thread fits `net`."""
    middle = Middle()
    with ThreadPoolExecutor(1) as pool:
        fit = pool.submit(net.fit, X, Y, epochs=3, callback=middle)
        try:
            assert middle.reached.wait(WAIT)
            return act()
        finally:
            middle.go_on.set()
            fit.result(WAIT)


def test_fits_of_several_networks() -> None:
    alone = [bits(trained(seed)) for seed in range(6)]
    together = at_once(lambda seed=seed: bits(trained(seed)) for seed in range(6))
    assert together == alone


def test_fits_of_several_estimators_over_one_table() -> None:
    def numbers(seed: int) -> Any:
        model = MLPRegressor(hidden_layer_sizes=8, max_iter=5, random_state=seed)
        return model.fit(X, Y.ravel()).predict(X)

    alone = [numbers(seed) for seed in range(4)]
    for one, other in zip(alone, at_once(lambda s=s: numbers(s) for s in range(4)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_predictions_while_another_network_is_fitted() -> None:
    net = trained()
    expected = net.predict(X).tobytes()
    found = during_a_fit(trained(1), lambda: at_once([lambda: net.predict(X).tobytes()] * 6))
    assert set(found) == {expected}


def test_a_network_answers_as_before_while_it_is_fitted() -> None:
    net = trained()
    expected = net.predict(X).tobytes()
    assert during_a_fit(net, lambda: net.predict(X).tobytes()) == expected
    assert net.predict(X).tobytes() != expected


def test_a_network_is_saved_and_loaded_while_it_is_fitted(tmp_path: Path) -> None:
    net, path = trained(), tmp_path / "net.safetensors"
    before = bits(net)
    during_a_fit(net, lambda: net.save(path))
    loaded = chainrule.load(path)
    assert isinstance(loaded, Network) and bits(loaded) == before


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_network_is_copied_while_it_is_fitted(duplicate: Any) -> None:
    net = trained()
    before = bits(net)
    assert bits(during_a_fit(net, lambda: duplicate(net))) == before


def test_weights_assigned_while_a_network_is_fitted_are_one_of_two() -> None:
    """The fit takes its own copy of the weights; whoever writes last is who is kept."""
    net = trained()
    during_a_fit(net, lambda: setattr(net, "params", {"W1": np.zeros((16, 6), np.float32)}))
    assert np.isfinite(net.predict(X)).all()


def test_parameters_that_are_replaced_while_another_thread_packs_the_older_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, other = trained(), trained(1)
    old, new = net.predict(X).tobytes(), other.predict(X).tobytes()
    pack, replacing = engine.Predictor, [other.params]

    def slowly(*arguments: Any) -> engine.Predictor:
        packed = pack(*arguments)
        if replacing:  # as another thread would, just now
            net.params = replacing.pop()
        return packed

    net.params = net.params
    monkeypatch.setattr(engine, "Predictor", slowly)
    assert net.predict(X).tobytes() == old
    assert net.predict(X).tobytes() == new


def test_a_second_fit_is_refused_and_harms_nothing() -> None:
    alone, net = trained(epochs=3), Network([6, 16, 1])

    def second() -> str:
        with pytest.raises(SpecError, match="is being fitted already"):
            net.fit(X, Y, epochs=1)
        return "refused"

    assert during_a_fit(net, second) == "refused"
    assert bits(net) == bits(alone)


def test_a_callback_fits_another_network() -> None:
    alone, inner = trained(), bits(trained(1))
    seen = []
    net = Network([6, 16, 1])
    net.fit(X, Y, epochs=8, callback=lambda *_: seen.append(bits(trained(1))))
    assert set(seen) == {inner} and bits(net) == bits(alone)


def test_a_callback_that_fits_its_own_network_is_refused() -> None:
    net = Network([6, 16, 1])

    def callback(*_: object) -> None:
        net.fit(X, Y, epochs=1)

    with pytest.raises(SpecError, match="is being fitted already"):
        net.fit(X, Y, epochs=2, callback=callback)
    assert net.fit(X, Y, epochs=1).n_epochs == 1


def test_an_error_stays_in_its_thread() -> None:
    def fails(*_: object) -> None:
        raise KeyError("mine")

    def failing() -> str:
        with pytest.raises(KeyError, match="mine"):
            trained(callback=fails)
        return "failed"

    found = at_once([failing, lambda: bits(trained()), failing, lambda: bits(trained())])
    assert found == ["failed", bits(trained())] * 2


def test_system_exit_from_a_callback() -> None:
    def leaves(*_: object) -> None:
        raise SystemExit(7)

    net = Network([6, 16, 1])
    with pytest.raises(SystemExit, match="7"):
        net.fit(X, Y, callback=leaves)
    assert net.fit(X, Y, epochs=1).n_epochs == 1


def test_the_last_reference_goes_while_the_core_computes() -> None:
    nets, rows = [trained()], [X.copy()]

    def drop(*_: object) -> None:
        nets.clear()
        rows.clear()
        gc.collect(1)

    history = nets[0].fit(rows[0], Y, epochs=3, callback=drop)
    assert history.n_epochs == 3


def test_garbage_is_collected_all_the_while() -> None:
    def littering() -> None:
        for _ in range(3):
            cycle: list[Any] = [trained(epochs=1)]
            cycle.append(cycle)
            del cycle
            gc.collect(1)

    found = at_once([littering, lambda: [bits(trained()) for _ in range(5)]])
    assert set(found[1]) == {bits(trained())}


def test_a_network_is_finalised_in_another_thread() -> None:
    for _ in range(5):
        net: Network | None = trained(epochs=1)
        assert net is not None
        net.predict(X)
        holder = [net]
        del net
        at_once([holder.clear])


def test_joblib_threads() -> None:
    found = joblib.Parallel(2, backend="threading")(
        joblib.delayed(lambda seed: bits(trained(seed)))(seed) for seed in range(4)
    )
    assert found == [bits(trained(seed)) for seed in range(4)]


def test_explanations_and_traces_at_once() -> None:
    net = trained()
    alone = str(net.explain("W1[3, 2]", X[:4], Y[:4]))
    assert set(at_once([lambda: str(net.explain("W1[3, 2]", X[:4], Y[:4]))] * 3)) == {alone}


def test_warnings_of_two_threads() -> None:
    """Each thread's notice is told; how often is the warning filters' own affair."""

    def wild() -> bool:
        net = trained(optimizer="sgd", learning_rate=10.0)
        return all(np.isfinite(array).all() for array in net.params.values())

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert at_once([wild, wild]) == [True, True]
    assert any("left the finite" in str(one.message) for one in caught)


def test_asyncio_goes_on_while_threads_train() -> None:
    async def scene() -> tuple[list[bytes], int]:
        ticks, done = 0, asyncio.Event()

        async def tick() -> None:
            nonlocal ticks
            while not done.is_set():
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        nets = await asyncio.gather(*(asyncio.to_thread(trained, seed, 60) for seed in range(2)))
        done.set()
        await ticking
        return [bits(net) for net in nets], ticks

    found, ticks = asyncio.run(scene())
    assert found == [bits(trained(seed, 60)) for seed in range(2)]
    assert ticks > 2


def test_a_task_is_cancelled_while_its_thread_trains() -> None:
    net, middle = Network([6, 16, 1]), Middle()

    async def scene() -> None:
        task = asyncio.create_task(asyncio.to_thread(net.fit, X, Y, epochs=2, callback=middle))
        while not middle.reached.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        middle.go_on.set()

    asyncio.run(scene())  # which waits for its threads
    assert net.history is not None and net.history.n_epochs == 2


def test_a_table_model_answers_from_many_threads() -> None:
    model = TabularRegressor(preset="fast", epochs=2, hidden_layer_sizes=[8], random_state=0)
    model.fit(X, Y.ravel())
    expected = model.predict(X).tobytes()
    assert set(at_once([lambda: model.predict(X).tobytes()] * 4)) == {expected}
