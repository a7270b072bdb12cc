"""`Session.handle`: one message in, one answer out. It needs no browser and no network.

    hello · configure · data · trouble · edit · advance · seek · fork · race · show     lead it
    explain · pieces · verify · peek · map · matrix · practice · answer · diagnose     ask about it
    share · open · ten                                              leave it and come back

An answer carries `id` and `type` of its message; numbers come as arrays beside it, so that every
bit of a float64 arrives. A message that cannot be answered is answered by `error`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import numpy as np

from chainrule.errors import ChainruleError, DivergedError
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.trace import StepTrace
from chainrule.playground import changes, sharing
from chainrule.playground.description import capabilities, described
from chainrule.playground.fields import Fields, MessageError
from chainrule.playground.frame import Arrays, frame, place_of
from chainrule.playground.pieces import Pieces
from chainrule.playground.practice import Sheet, question_of, steps_of
from chainrule.playground.problems import PROBLEMS, Problem, problem
from chainrule.playground.questions import QUESTIONS, View
from chainrule.playground.race import race
from chainrule.playground.replay import to_html
from chainrule.playground.setup import configured
from chainrule.playground.tables import from_bytes, from_table
from chainrule.playground.teaching import LOCKS, Task
from chainrule.playground.timeline import Timeline
from chainrule.playground.trouble import TROUBLES

MAX_STEPS = 10_000_000
MAX_LANES = 4
MAX_TABLE = 5 << 20  # characters of a pasted table

Answer = tuple[dict[str, Any], Arrays]

_PARAMETER = re.compile("^(update_|dL_d)")  # before the parameter that a derivation is of


class Session:
    """A run that can be stepped, changed and questioned.

    Parameters
    ----------
    start : Problem, optional
        Default: XOR, the example the project began with.
    """

    def __init__(self, start: Problem | None = None) -> None:
        self._lock = Lock()
        self._own = start if start and start.name not in PROBLEMS else None
        self._task = Task()
        self._begin(start or problem("xor"))

    def handle(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Answer one message.

        Parameters
        ----------
        message : mapping
            {"type": "advance", "id": 7, ...}.

        Returns
        -------
        dict, list of bytes
            The answer, whose "arrays" name the buffers in order with type and shape; a fault in the
            message gives {"type": "error", "message", "hint"} and leaves the run as it was.
        """
        with self._lock:
            try:
                answer, arrays = self._answer(message)
            except DivergedError as error:
                answer, arrays = self._error("diverged", error), {}
            except ChainruleError as error:
                answer, arrays = self._error("refused", error), {}
            except TypeError as error:  # a keyword that `fit` does not have
                answer, arrays = self._error("refused", ChainruleError(str(error))), {}
        kept = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        answer["id"] = message.get("id") if isinstance(message, Mapping) else None
        answer["arrays"] = [
            {"name": name, "type": str(array.dtype), "shape": list(array.shape)}
            for name, array in kept.items()
        ]
        return answer, [array.tobytes() for array in kept.values()]

    def to_html(self, steps: int = 200) -> str:
        """The next steps as one HTML file that needs no Python and no network.

        Parameters
        ----------
        steps : int, default 200
            How many.

        Returns
        -------
        str
        """
        return to_html(self.handle, steps)

    def worksheet(self, quantity: str | None = None) -> Sheet:
        """The steps of one number at the present step, to be worked out on paper.

        Parameters
        ----------
        quantity : str, optional
            A weight, bias or number of a unit; default: that of the task, or of the problem.

        Returns
        -------
        Sheet

        Raises
        ------
        SpecError
            For a number that is not there, or has no steps.
        """
        wanted = quantity or _PARAMETER.sub("", self._task.of) or self._problem.quantity
        trace, place = self._view().of(wanted)
        row, step = int((trace.row_ids or ())[place]), self._timeline.now.step
        asked = steps_of(trace, place, wanted)
        return Sheet(self._problem.title, self._task.question, wanted, step, row, asked)

    def _view(self) -> View:
        return View(self._timeline, self._trace(), self._row, self._beside(), self._focus)

    def _error(self, code: str, error: ChainruleError) -> dict[str, Any]:
        return {"type": "error", "code": code, "message": error.message, "hint": error.hint}

    def _answer(self, message: Mapping[str, Any]) -> Answer:
        if not isinstance(message, Mapping) or not isinstance(message.get("type"), str):
            raise MessageError("a message is an object with a type.")
        fields = Fields(message)
        handler = _HANDLERS.get(message["type"])
        if handler is None:
            known = ", ".join(_HANDLERS)
            raise MessageError(f"there is no message {message['type'][:40]!r}; there are {known}.")
        lane = message.get("lane", 0)
        if not isinstance(lane, int) or not 0 <= lane < len(self._lanes):
            raise MessageError(f"there is no lane {lane!r}; there are 0 to {len(self._lanes) - 1}.")
        self._lane, self._type = lane, message["type"]
        answer, arrays = handler(self, fields)
        return {"type": message["type"], **answer}, arrays

    # The run

    def _begin(self, start: Problem) -> None:
        self._problem = start
        self._lanes = [Timeline(start.start())]
        self._lane = 0
        self._row: int | None = None
        self._focus: Asked | None = None
        self._made: tuple[Any, StepTrace] | None = None
        self._aside: tuple[Any, int, StepTrace] | None = None
        self._pieces: list[list[int]] | None = None

    @property
    def _timeline(self) -> Timeline:
        return self._lanes[self._lane]

    def _trace(self) -> StepTrace:
        """The step after the present moment; made once."""
        moment = self._timeline.now
        if self._made is None or self._made[0] is not moment:
            self._made = (moment, moment.trace())
        return self._made[1]

    def _beside(self) -> StepTrace | None:
        """The chosen row by itself, where the next batch does without it."""
        if self._row is None or self._row in (self._trace().row_ids or ()):
            return None
        now = self._timeline.now
        if self._aside is None or self._aside[0] is not now or self._aside[1] != self._row:
            self._aside = (now, self._row, now.trace_of(np.array([self._row])))
        return self._aside[2]

    def _state(self, fields: Fields) -> Answer:
        """The whole description, and a frame."""
        fields.end()
        about, arrays = described(self._problem, self._timeline.now)
        state, numbers = self._frame()
        return {**about, **state, "task": self._task.to_json()}, {**arrays, **numbers}

    def _frame(self) -> Answer:
        timeline = self._timeline
        timeline.loss()
        state, arrays = frame(timeline.now, self._trace(), self._row, self._focus, self._beside())
        steps, losses = timeline.curve()
        arrays |= {"curve_step": np.array(steps, float), "curve_loss": np.array(losses)}
        if self._pieces is None:  # how many there are follows from the network alone
            shown = self._beside() or self._trace()
            self._pieces = Pieces(shown, place_of(shown, self._row), state["units"]).counts()
        state["pieces"] = self._pieces
        state["loss"] = timeline.loss()
        state["before_jump"] = timeline.before_jump()
        state["changed"] = bool(timeline.changes)
        return {"frame": state, "lane": self._lane}, arrays

    # Messages

    def _hello(self, fields: Fields) -> Answer:
        about, arrays = self._state(fields)
        return {**about, **capabilities(), "own": self._own is not None}, arrays

    def _configure(self, fields: Fields) -> Answer:
        """A new run. Without `problem` the same rows; without `hidden` the problem's own layers."""
        name = fields.text("problem", "")
        hidden = fields.items("hidden", None)
        training = fields.mapping("training", {})
        seed = fields.whole("seed", None, high=2**53)
        loss = fields.text("loss", "")
        asked = {
            "data": bool(name) and name != self._problem.name,
            "network": hidden is not None or seed is not None or bool(loss),
            "training": bool(training),
        }
        self._task.allow(*(what for what, is_asked in asked.items() if is_asked))
        base = self._base(name)
        start = configured(base, hidden, training, seed, loss)
        start.start()  # refuses what cannot train before the present run is given up
        self._begin(start)
        return self._state(fields)

    def _data(self, fields: Fields) -> Answer:
        """A new run on a table whose text is `csv`, or on another `target` of the present one."""
        target = fields.text("target", "", longest=1_000)
        content = fields.text("csv", "", longest=MAX_TABLE)
        fields.end()
        if content:
            start = from_bytes(content.encode(), target)
        elif self._own is not None and self._own.table is not None:
            start = from_table(self._own.table, target)
        else:
            raise MessageError("there is no table of your own yet; drop a CSV file on the page.")
        self._task.allow("data")
        start.start()
        self._own = start
        self._begin(start)
        return self._state(fields)

    def _trouble(self, fields: Fields) -> Answer:
        """A run that goes wrong, for a while already; with `remedy` the same, healed."""
        code, healed = fields.text("code"), fields.whole("remedy", 0, high=1)
        if code not in TROUBLES:
            raise MessageError(f"there is no trouble {code!r}; there are {', '.join(TROUBLES)}.")
        self._task.allow(*LOCKS)
        trouble = TROUBLES[code]
        self._begin(trouble.healed() if healed else trouble.broken())
        if not healed:
            trouble.lead(self._timeline)
        return self._state(fields)

    def _base(self, name: str) -> Problem:
        if not name:
            return self._problem
        if self._own is not None and name == self._own.name:
            return self._own
        return problem(name)

    def _edit(self, fields: Fields) -> Answer:
        """`change`, as `changes.to_json` writes it, is made here and now."""
        return self._changed(fields, changes.from_json(fields.mapping("change")))

    def _changed(self, fields: Fields, change: changes.Change) -> Answer:
        self._task.allow_change(change)
        change(self._timeline.now).trace().losses  # noqa: B018  refused before it is kept
        self._timeline.change(change)
        return self._state(fields)

    def _advance(self, fields: Fields) -> Answer:
        """`steps` updates, or as many as fit into `budget_ms`."""
        budget = fields.whole("budget_ms", None, low=1, high=1_000)
        steps = fields.whole("steps", 1, low=1, high=MAX_STEPS)
        fields.end()
        now = self._timeline.now
        if budget is None:
            self._timeline.seek(now.step + steps)
        else:
            self._timeline.train_for(budget / 1000)
        answer, arrays = self._frame()
        return {**answer, "taken": self._timeline.now.step - now.step}, arrays

    def _seek(self, fields: Fields) -> Answer:
        step = fields.whole("step", high=MAX_STEPS)
        fields.end()
        self._timeline.seek(step)
        return self._frame()

    def _fork(self, fields: Fields) -> Answer:
        """A second run that begins as this one stands, behind the others or `into` a lane."""
        last = min(len(self._lanes), MAX_LANES - 1)
        into = fields.whole("into", len(self._lanes), low=1, high=last)
        fields.end()
        if into == MAX_LANES:
            raise MessageError(f"there are {MAX_LANES} lanes already.")
        self._lanes[into:] = [self._timeline.forked(), *self._lanes[into + 1 :]]
        self._lane = into
        return self._frame()

    def _race(self, fields: Fields) -> Answer:
        """Two runs once more from the step `first` on, in turns: their losses and milliseconds.

        Runs that take long are followed for about a second.
        """
        other = fields.whole("other", low=1, high=len(self._lanes) - 1)
        first = fields.whole("first", 0, high=self._timeline.now.step)
        fields.end()
        return {"first": first}, race([self._timeline, self._lanes[other]], first)

    def _show(self, fields: Fields) -> Answer:
        """Another row, that with the largest loss, or a quantity whose units are to be drawn."""
        now = self._timeline.now
        row = fields.whole("row", self._row, high=now.n_rows - 1)
        worst = fields.whole("worst", 0, high=1)
        quantity = fields.text("quantity", "")
        fields.end()
        self._row = int(np.argmax(now.row_losses())) if worst else row
        if quantity:
            self._focus = self._trace().names.parse(quantity)
        return self._frame()

    def _asked(self, fields: Fields) -> Answer:
        """A question about the present step; the run stays as it is."""
        question = QUESTIONS[self._type]
        return question(self._view(), fields)

    def _share(self, fields: Fields) -> Answer:
        """A code that leads another session here: set-up, changes, step and row, and the task that
        a teacher sets; without `task` the one that is set."""
        form = fields.mapping("task", {})
        fields.end()
        if self._own is not None and self._problem.name == self._own.name:
            raise MessageError("a run on an own table stays here; save the model instead.")
        task = self._task
        if form:
            task.allow(*LOCKS)  # a task that locks something is not taken off by its class
            task = Task.from_json(form)
        if task.of:
            shown = self._beside() or self._trace()
            question_of(shown, place_of(shown, self._row), task.of)
        content = sharing.content(self._problem, self._timeline, self._row, task)
        return {"code": sharing.encode(content)}, {}

    def _open(self, fields: Fields) -> Answer:
        """Go where a share code leads."""
        code = fields.text("code", longest=20_000)
        fields.end()
        opened = Session._shared(Fields(sharing.decode(code)))
        self._task = opened._task
        self._problem, self._lanes, self._row = opened._problem, opened._lanes, opened._row
        self._lane, self._made, self._aside, self._pieces = 0, None, None, None
        return self._state(fields)

    @classmethod
    def opened(cls, text: str) -> Session:
        """The session of a problem by name, or of a share code.

        Parameters
        ----------
        text : str
            The name of a problem, or a share code.

        Returns
        -------
        Session

        Raises
        ------
        SpecError, MessageError
            For what is neither.
        """
        if text in PROBLEMS or len(text) < 40:
            return cls(problem(text))
        return cls._shared(Fields(sharing.decode(text)))

    @classmethod
    def _shared(cls, content: Fields) -> Session:
        session = cls(sharing.start_of(content))
        timeline = session._timeline
        sharing.replay(timeline, content, MAX_STEPS)
        session._row = content.whole("row", None, high=timeline.now.n_rows - 1)
        session._task = Task.from_json(content.mapping("task", {}))
        return session


# The closed set of messages.
_HANDLERS: dict[str, Callable[[Session, Fields], Answer]] = {
    "hello": Session._hello, "configure": Session._configure, "data": Session._data,
    "trouble": Session._trouble, "edit": Session._edit, "advance": Session._advance,
    "seek": Session._seek, "fork": Session._fork, "race": Session._race, "show": Session._show,
    **dict.fromkeys(QUESTIONS, Session._asked), "share": Session._share, "open": Session._open,
}  # fmt: skip
