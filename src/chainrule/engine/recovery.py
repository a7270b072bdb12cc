"""What a fit does when numbers leave the finite ones: finds the place, and may go back.

The state before the last sound epoch is made again, to the bit, from the last one that was
remembered, and training goes on from it with a tenth of the learning rate: at most three times, and
only where the rate may be to blame.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule import _core
from chainrule.engine.checkpoint import Standing
from chainrule.engine.compute import permutation
from chainrule.engine.nonfinite import UPDATED, Fault, NonFinite
from chainrule.engine.rows import Array
from chainrule.engine.run import LOWER, Run, params_of
from chainrule.engine.state import state_from
from chainrule.errors import DivergedError
from chainrule.spec import History

MOST_LOWERED = 3
GROWN = 9.0  # by so many times the lowest loss


class Recovery:
    """From a call of the core that ended in a fault.

    Attributes
    ----------
    place : NonFinite or None
        The first quantity that is not finite; None where the step, taken again, is finite, because
        the caller changed the rows meanwhile.
    """

    def __init__(self, run: Run, start: Standing, out: _core.Fitted) -> None:
        self.run, self.start, self.out = run, start, out
        self.epoch: int = out.history.diverged_epoch
        self.batch: int = out.history.diverged_step
        self.place = self._place()

    @property
    def may_help(self) -> bool:
        """Whether to go on with a lower rate."""
        curable = self.place is not None and self.place.curable
        return curable and self.start.n_lowered < MOST_LOWERED

    @property
    def target(self) -> int:
        """The epoch to begin again with: the one of the fault, or where the loss has grown tenfold
        on the way there, or the epoch begins with the fault, the last one before that."""
        first, losses = self.start.n_epochs, self.out.history.loss
        offset = self.out.history.diverged_epoch - len(losses)
        since = losses[first - offset :]
        if not since:
            return self.epoch
        low = min(since)
        sound = max(k for k, loss in enumerate(since) if loss <= low + GROWN * abs(low))
        if sound < len(since) - 1 or (self.batch == 0 and not self._is_of_update):
            return first + sound
        return self.epoch

    @property
    def sentence(self) -> str:
        """What was found, and what follows."""
        rate = self.run.training.learning_rate * LOWER ** (self.start.n_lowered + 1)
        return (
            f"numbers left the finite ones in {self.place}; training goes on from the beginning of "
            f"epoch {self.target} with a learning rate of {rate:g} ({self.start.n_lowered + 1} of "
            f"{MOST_LOWERED} times)."
        )

    def standing(self) -> Standing:
        """The state before the last sound epoch, with a lower rate."""
        epoch = self.target
        reached = self.run.again(self._near(epoch), epoch)
        history = self.out.history
        kept = history.best_epoch if 0 <= history.best_epoch < epoch else None
        past = self._history(epoch, kept)
        if self.run.outputs is not None:
            del self.run.outputs.outputs[past.n_epochs :]
        steps = reached.state.n_steps - self.start.state.n_steps
        past.n_steps = self.start.history.n_steps + steps
        best = params_of(self.run.spec, self.out.state.values)  # what a fault falls back to
        return replace(
            reached,
            history=past,
            best=best if kept is not None else None,
            n_lowered=self.start.n_lowered + 1,
        )

    def error(self, result: object) -> DivergedError:
        """What is raised where a lower rate is of no use."""
        found = self.place or f"epoch {self.epoch}, batch {self.batch}: the loss is infinite or NaN"
        rate = self.run.training.learning_rate * LOWER**self.start.n_lowered
        hint = "Correct or leave out that row, or scale the columns."
        if self.place is None or self.place.curable:
            hint = f"Try a learning_rate below {rate:g}, scaled inputs, or clip_norm=1."
        elif self.place.cause.startswith("training starts"):
            hint = "Start from other weights."
        error = DivergedError(
            f"training left the finite numbers in {found}; the parameters of the best or last "
            "finite epoch are kept.",
            hint,
        )
        error.result, error.place = result, self.place
        return error

    def _factor(self, epoch: int) -> float:
        """On the learning rate in an epoch, the caller's and that of faults before."""
        given = [at for at in self.run.factors if at < epoch]
        own = self.run.factors[max(given)] if given else self.start.rate_factor
        return own * LOWER**self.start.n_lowered

    @property
    def _is_of_update(self) -> bool:
        return self.place is not None and self.place.quantity in UPDATED

    def _history(self, epoch: int, kept: int | None) -> History:
        """That of the epochs before one of the plan."""
        found = self.out.history
        known = len(found.loss) - found.diverged_epoch + epoch
        return replace(
            self.start.history,
            loss=found.loss[:known],
            penalty=found.penalty[:known],
            validation_loss=found.validation_loss[:known],
            validation_metric=[] if self.run.metric == "loss" else found.validation_metric[:known],
            best_epoch=kept,
        )

    def _near(self, epoch: int) -> Standing:
        """The last state that was remembered before an epoch."""
        out, start = self.out, self.start
        if not start.n_epochs < out.milestone_epoch <= epoch:
            return start
        history = self._history(out.milestone_epoch, None)
        return self.run.standing(out.milestone, history, out.milestone_epoch, start.n_lowered)

    def _place(self) -> NonFinite | None:
        out = self.out
        sound = bool(out.failed) and all(np.isfinite(array).all() for array in out.failed)
        if not sound:  # what a step before it has made: look for that step
            again = self.run.carefully(self._near(self.epoch))
            if again.history.diverged_epoch < 0:
                return None
            self.epoch, self.batch = again.history.diverged_epoch, again.history.diverged_step
            out = again
        run, spec = self.run, self.run.spec
        state = state_from(spec, run.training.optimizer, out.state)
        epochs_before = self.epoch - self.start.n_epochs
        epoch = self.start.state.epoch + epochs_before
        fault = Fault(
            spec=spec,
            training=replace(
                run.training, learning_rate=run.training.learning_rate * self._factor(self.epoch)
            ),
            params=params_of(spec, out.failed),
            state=state,
            train=run.train,
            chosen=self._rows(epoch),
            epoch=epoch,
            plan_epoch=self.epoch,
            batch=self.batch,
            is_first=state.n_steps == run.n_steps_before,
        )
        return fault.place()

    def _rows(self, epoch: int) -> Array:
        """Rows of the table in the batch."""
        training, n = self.run.training, self.run.train.n
        size = min(training.batch_size or n, n)
        order = np.arange(n)
        if training.shuffle and size < n:
            order = permutation(n, training.seed, "shuffle", epoch)
        chosen = order[self.batch * size : (self.batch + 1) * size]
        rows = self.run.train.rows
        return np.asarray(chosen if rows is None else rows[chosen])
