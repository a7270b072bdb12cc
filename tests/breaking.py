"""Faults of the product itself, each of which breaks one promise of `chainrule verify`."""

from __future__ import annotations

import dataclasses
import itertools
import os
import pickle
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import ModelFileError
from chainrule.files import checkpoint, model, standing, write
from chainrule.network.network import Network
from chainrule.promises import PROMISES, keeping, training

Params = dict[str, np.ndarray]


def everywhere(real: Any, wrong: Any) -> None:
    """Put `wrong` in the place of `real` in every module of chainrule that knows it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("chainrule"):
            for attribute, value in list(vars(module).items()):
                if value is real:
                    setattr(module, attribute, wrong)


def moved(params: Params) -> Params:
    """The last bit of every number is another."""
    return {name: np.nextafter(w, np.inf, dtype=w.dtype) for name, w in params.items()}


def around(real: Any, change: Callable[..., Any]) -> None:
    """`change(real, ...)` is called instead of `real(...)`."""
    everywhere(real, lambda *args, **keywords: change(real, *args, **keywords))


def slopes_in_the_ninth_digit() -> None:
    def wrong(real: Any, *args: Any, **keywords: Any) -> Any:
        loss, found = real(*args, **keywords)
        return loss, {name: g * (1 + 1e-9) for name, g in found.items()}

    around(engine.gradients, wrong)


def weights_of_rows_forgotten() -> None:
    around(engine.gradients, lambda real, *args, sample_weight=None, **kw: real(*args, **kw))


def trace_one_bit_off() -> None:
    def wrong(real: Any, *args: Any, **keywords: Any) -> Any:
        seen = real(*args, **keywords)
        return dataclasses.replace(seen, params_after=moved(seen.params_after))

    around(engine.trace, wrong)


def a_constant_of_the_optimizers() -> None:
    from chainrule.engine import plans

    def wrong(real: Any, spec: Any, settings: Any) -> Any:
        plan = real(spec, settings)
        plan.beta2, plan.momentum = plan.beta2 * (1 - 1e-6), plan.momentum * (1 - 1e-6)
        return plan

    around(plans.training_plan, wrong)


def the_last_bit_by_threads() -> None:
    def wrong(real: Any, spec: Any, params: Any, X: Any, y: Any, settings: Any, **kw: Any) -> Any:
        done = real(spec, params, X, y, settings, **kw)
        several = (settings.n_threads or 0) > 2
        return dataclasses.replace(done, params=moved(done.params)) if several else done

    around(engine.fit, wrong)


def one_seed_for_all() -> None:
    def wrong(real: Any, spec: Any, params: Any, X: Any, y: Any, settings: Any, **kw: Any) -> Any:
        return real(spec, params, X, y, dataclasses.replace(settings, seed=0), **kw)

    around(engine.fit, wrong)


def rows_in_an_order_of_the_moment() -> None:
    def wrong(real: Any, spec: Any, params: Any, X: Any, y: Any, settings: Any, **kw: Any) -> Any:
        seed = random.SystemRandom().randrange(1 << 30)
        return real(spec, params, X, y, dataclasses.replace(settings, seed=seed), **kw)

    around(engine.fit, wrong)


def answers_by_company() -> None:
    def wrong(real: Any, spec: Any, params: Any, X: Any, **keywords: Any) -> Any:
        answers = real(spec, params, X, **keywords)
        return np.nextafter(answers, 9.0, dtype=answers.dtype) if len(X) > 3 else answers

    around(engine.predict, wrong)


def epochs_from_the_first() -> None:
    def wrong(real: Any, *args: Any, state: Any = None, **keywords: Any) -> Any:
        state = None if state is None else dataclasses.replace(state, epoch=0)
        return real(*args, state=state, **keywords)

    around(engine.fit, wrong)


def moments_left_out_of_the_file() -> None:
    real = model._Head._state

    def wrong(self: Any, tensors: Any) -> Any:
        state = real(self, tensors)
        gone = {name: np.zeros_like(m) for name, m in state.moments.items()} if state else {}
        return state and dataclasses.replace(state, moments=gone)

    model._Head._state = wrong


def moments_left_out_of_the_checkpoint() -> None:
    real = standing._kept

    def wrong(*args: Any) -> Any:
        kept = real(*args)
        gone = {name: np.zeros_like(m) for name, m in kept.standing.state.moments.items()}
        state = dataclasses.replace(kept.standing.state, moments=gone)
        return dataclasses.replace(kept, standing=dataclasses.replace(kept.standing, state=state))

    standing._kept = wrong


def a_checkpoint_that_is_never_read() -> None:
    checkpoint.Checkpoint._read = lambda self: None


def a_checkpoint_of_the_first_epoch_alone() -> None:
    checkpoint.Slot.is_due = lambda self: self.file.n_epochs < 1


def a_clock_in_the_file() -> None:
    count = itertools.count()

    def wrong(real: Any, record: Any, **keywords: Any) -> bytes:
        told = {**record.optional, "x-saved": next(count)}
        return real(dataclasses.replace(record, optional=told), **keywords)

    around(model.to_bytes, wrong)


def one_bit_lost_in_the_file() -> None:
    def wrong(real: Any, data: bytes, **keywords: Any) -> Any:
        found = real(data, **keywords)
        return dataclasses.replace(found, params=moved(found.params))

    around(model.from_bytes, wrong)


def no_checksum() -> None:
    model._digest = lambda text, tensors: "0" * 64


def pickles_are_opened() -> None:
    def wrong(real: Any, data: bytes, **keywords: Any) -> Any:
        if data[:1] == b"\x80":
            pickle.loads(data)
            raise ModelFileError("the file is a pickle.")
        return real(data, **keywords)

    around(model.from_bytes, wrong)


def saved_in_place() -> None:
    def wrong(path: Any, data: bytes) -> None:
        descriptor = write.CALLS.open(os.fspath(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        write.CALLS.write(descriptor, memoryview(data))
        write.CALLS.fsync(descriptor)
        write.CALLS.close(descriptor)

    everywhere(write.write_atomically, wrong)


def saved_without_waiting_for_the_disk() -> None:
    real = write.write_atomically

    def wrong(path: Any, data: bytes) -> None:
        calls = write.CALLS
        write.CALLS = dataclasses.replace(calls, fsync=lambda descriptor: None)
        real(path, data)
        write.CALLS = calls

    everywhere(real, wrong)


def remains_of_killed_saves() -> None:
    write.clear = lambda target: None


def deaf_to_interrupts() -> None:
    around_fit(lambda net, real, *args, **kw: (_ignore(), real(net, *args, **kw))[1])


def interrupts_that_end_the_program() -> None:
    def wrong(net: Any, real: Any, *args: Any, **keywords: Any) -> Any:
        history = real(net, *args, **keywords)
        if history.interrupted:
            raise KeyboardInterrupt
        return history

    around_fit(wrong)


def an_interrupted_model_that_answers_nothing() -> None:
    def wrong(net: Any, real: Any, *args: Any, **keywords: Any) -> Any:
        history = real(net, *args, **keywords)
        if history.interrupted:
            net.params = {name: np.full_like(w, np.nan) for name, w in net.params.items()}
        return history

    around_fit(wrong)


def around_fit(change: Callable[..., Any]) -> None:
    """`change(network, real, ...)` is called instead of `network.fit(...)`."""
    real = Network.fit
    Network.fit = lambda self, *args, **keywords: change(self, real, *args, **keywords)


def _ignore() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# Name -> (the promises that it breaks, the first above all; what breaks them).
FAULTS: dict[str, tuple[tuple[str, ...], Callable[[], None]]] = {
    function.__name__: (promises, function)
    for function, *promises in [
        (slopes_in_the_ninth_digit, "gradients are right"),
        (weights_of_rows_forgotten, "gradients are right"),
        (trace_one_bit_off, "the step shown is the step of fit"),
        (a_constant_of_the_optimizers, "updates follow their rules"),
        (the_last_bit_by_threads, "threads change nothing"),
        (one_seed_for_all, "a seed gives the same bits"),
        (rows_in_an_order_of_the_moment, "a seed gives the same bits", "threads change nothing",
         "training goes on where it ended", "and from its file as well",
         "a checkpoint ends with the same bits"),
        (answers_by_company, "rows do not depend on each other"),
        (epochs_from_the_first, "training goes on where it ended"),
        (moments_left_out_of_the_file, "and from its file as well"),
        (moments_left_out_of_the_checkpoint, "a checkpoint ends with the same bits"),
        (a_checkpoint_that_is_never_read, "a checkpoint ends with the same bits"),
        (a_checkpoint_of_the_first_epoch_alone, "a checkpoint ends with the same bits"),
        (a_clock_in_the_file, "a file keeps every bit"),
        (one_bit_lost_in_the_file, "a file keeps every bit", "and from its file as well"),
        (no_checksum, "a damaged file harms nobody"),
        (pickles_are_opened, "a damaged file harms nobody"),
        (saved_in_place, "a killed save loses nothing"),
        (saved_without_waiting_for_the_disk, "a killed save loses nothing"),
        (remains_of_killed_saves, "a killed save loses nothing"),
        (deaf_to_interrupts, "an interrupt keeps the model"),
        (interrupts_that_end_the_program, "an interrupt keeps the model"),
        (an_interrupted_model_that_answers_nothing, "an interrupt keeps the model"),
    ]
}  # fmt: skip

_SLOW = ("a killed save loses nothing", "an interrupt keeps the model")


def apply(name: str) -> None:
    """Break what `name` says; the trials that start processes are for their own faults alone."""
    # A fault is seen in few networks as well; a deaf training need not be waited for.
    training.N_NETWORKS, keeping.N_DAMAGED, keeping._PATIENCE = 14, 200, 4.0
    promises, function = FAULTS[name]
    for slow in _SLOW:
        if slow not in promises:
            PROMISES[slow] = lambda: "not tried"
    function()
