"""The engine's number behind each reference on the page, and whether a text is that number.

References of the network, the table and the curve are names: `W1[0,2]`, `dL_db1[0]`,
`output[3]`. Those of an explanation are places in the trace: `delta/1/2@17` (row 17 of the batch).
What an explanation sums up by itself ("constant", "sum", "rest") has no home and is not compared.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from itertools import pairwise

import numpy as np

from chainrule import engine
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.trace import StepTrace
from chainrule.playground import Session
from chainrule.playground.frame import place_of

# What an explanation adds up, counts or makes on its way.
HOMELESS = {
    *("constant", "sum", "rest", "n_rows", "row_sum", "exp_sum", "log_sum", "target_sum", "turn"),
    *("first_unbiased", "second_unbiased", "corrected_rate", "gradient_norm", "output_loss"),
    *("squares_of_w", "squares_of_b", "sizes_of_w", "sizes_of_b", "ntk_factor", "chain", "facts"),
    *("h", "angle", "inner_slope", "parametric_slope"),
}
OF_A_UNIT = ("z", "a", "delta")  # numbers of the chosen row; all others are of the batch
_NAMED = re.compile(r"([A-Za-z_]+)(\d+)\[(\d+)(?:,(\d+))?\]")


def is_written(text: str, value: float, *, exactly: int | None = None) -> bool:
    """Whether `text` is the number: rounded to the digits it shows, or with all of them."""
    text = text.strip().replace("−", "-")
    if text == format_number(value, "full"):
        return True
    if exactly is not None:
        return text == format_number(value, exactly)
    mantissa = re.sub("e.*", "", text).lstrip("-").replace(".", "").lstrip("0")
    return bool(mantissa) and text == format_number(value, min(len(mantissa), 17))


class Truth:
    """What the engine says about the present step of a session."""

    def __init__(self, session: Session) -> None:
        self.moment = session._timeline.now
        self.trace: StepTrace = self.moment.trace()  # asked for again, not the session's own
        self.place = place_of(self.trace, session._row)
        self.beside = self  # the chosen row by itself, where it is not in the batch
        if session._row is not None and session._row not in self.moment.rows:
            self.beside = copy(self)
            self.beside.beside = self.beside
            self.beside.trace = self.moment.trace_of(np.array([session._row]))
            self.beside.place = 0

    def on_the_page(self, ref: str, asked: str = "") -> str | None:
        """The text of a reference beside the explanation of `asked`; None where it is no number."""
        shown, row = self.beside.trace, self.beside.place
        if ref == "loss":
            return format_number(self.moment.loss())
        if ref == "row_loss":
            return format_number(shown.losses[row])
        if found := re.fullmatch(r"output\[(\d+)\]", ref):
            return self._output(int(found[1]))
        if found := re.fullmatch(r"target\[(\d+)\]", ref):
            return format_number(shown.targets[row][int(found[1])])
        if found := re.fullmatch(r"layers/(\d+)/(gradient|update|flat|dead)", ref):
            return self._layer(int(found[1]) + 1, found[2])
        if found := re.fullmatch(r"x\[(\d+),(\d+)\]", ref):
            cell = float(self.moment.X[int(found[1]), int(found[2])])
            full = format_number(cell, "full")
            return full if len(full) <= 7 else format_number(cell)
        if found := re.fullmatch(r"all digits of (.+)", ref):
            tensor, at = _parameter(found[1])
            return _as_javascript(float(self.moment.params[tensor][at]))
        if found := re.fullmatch(r"(loss|change|foretold) (.+)=(.+)", ref):
            return format_number(self._moved(found[2], float(found[3]))[found[1]])
        if ref.startswith("path/"):
            reader = self.beside if asked.startswith(OF_A_UNIT) else self
            way = reader._way(asked, tuple(int(k) for k in ref.split("/")[1:]))
            return None if way is None else format_number(way)
        named = _NAMED.fullmatch(ref)
        if named is None:
            return None
        name, at = named[1] + named[2], tuple(int(k) for k in named.groups()[2:] if k)
        if name.startswith(("W", "b", "dL")):
            return format_number(self.trace[name][at])
        return format_number(shown[name][row][at])

    def _moved(self, quantity: str, value: float) -> dict[str, float]:
        """The loss of the batch with a parameter at another value."""
        moment, trace = self.moment, self.trace
        tensor, at = _parameter(quantity)
        moved = {**trace.params, tensor: trace.params[tensor].copy()}
        moved[tensor][at] = value
        loss = engine.loss(moment.spec, moved, trace.X, trace.y, moment.training)
        foretold = float(trace.grads[tensor][at]) * (value - float(trace.params[tensor][at]))
        return {"loss": loss, "change": loss - trace.loss, "foretold": foretold}

    def _output(self, row: int) -> str:
        moment = self.moment
        values = engine.predict(moment.spec, moment.params, moment.X[row : row + 1])[0]
        if moment.y.ndim == 2:
            return " ".join(format_number(v) for v in values)
        best = int(np.argmax(values))
        names = moment.names.outputs if moment.names else ()
        return f"{names[best] if names else best} {format_number(values[best])}"

    def _layer(self, l: int, what: str) -> str:
        trace = self.trace
        if what in ("gradient", "update"):
            size = np.linalg.norm(trace[f"dL_dW{l}" if what == "gradient" else f"update_W{l}"])
            return format_number(size / (1 if what == "gradient" else np.linalg.norm(trace.W[l])))
        slopes = trace.slope[l]
        if slopes is None:
            return "—"
        share = np.mean(np.abs(slopes) < 0.01) if what == "flat" else np.mean(~slopes.any(axis=0))
        return f"{int(np.floor(100 * share + 0.5))} %"

    def in_the_explanation(self, asked: str, ref: str) -> float | None:
        """The number behind a reference of the explanation of `asked`; None for what has no home.

        Raises `KeyError` for a reference that is not known here.
        """
        if self.beside is not self and asked.startswith(OF_A_UNIT):
            return self.beside.in_the_explanation(asked, ref)
        if ref == asked:
            return self._asked(asked)
        path, _, row = ref.partition("@")
        kind, *at = path.split("/")
        if kind in HOMELESS:
            return None
        if kind.startswith("row ") and kind[4:].isdigit():
            return self._of_row(asked, self.place)
        place, r = tuple(int(k) for k in at), int(row or self.place)
        return self._homed(kind, place, r, asked)

    def _asked(self, asked: str) -> float:
        """An explanation of a parameter is one of its gradient."""
        if asked == "loss":
            return self.trace.loss
        named = _NAMED.fullmatch(asked)
        assert named is not None
        at = tuple(int(k) for k in named.groups()[2:] if k)
        if named[1] in "Wb":
            return float(self.trace[f"dL_d{named[1]}{named[2]}"][at])
        return float(self.trace[named[1] + named[2]][self.place][at])

    def _homed(self, kind: str, at: tuple[int, ...], r: int, asked: str) -> float | None:
        trace, training = self.trace, self.moment.training
        if kind in trace.params:
            return float(trace.params[kind][at])
        if at and _tensor(kind, at[0]) in trace.params:
            return float(trace.params[_tensor(kind, at[0])][at[1:]])
        if kind in ("z", "a", "delta", "slope"):
            return float(trace[f"{kind}{at[0]}"][r][at[1]])
        if kind in ("dL_dw", "dL_db"):
            return float(trace.grads[_tensor(kind[-1], at[0])][at[1:]])
        if kind in ("dl_dw", "dl_db"):
            return float(self._one_row(r).grads[_tensor(kind[-1], at[0])][at[1:]])
        if kind in ("new_w", "new_b"):
            return float(trace.params_after[_tensor(kind[-1], at[0])][at[1:]])
        if kind == "x":
            return float(trace.X[r][at[-1]])
        if kind == "y":
            return float(trace.targets[r][at[0]])
        if kind == "row_loss":
            return float(trace.losses[r])
        if kind == "row":
            return self._of_row(asked, at[0]) * float(trace.shares[at[0]])
        if kind in ("loss", "penalty"):
            return float(getattr(trace, kind))
        if kind == "gradient":
            return self._asked(asked)
        if kind == "unit":
            return self._through(asked, *at)
        if kind == "path":
            return self._way(asked, at)
        if kind == "step":
            return {1: trace.real_change, 3: trace.predicted_change}.get(at[1])
        tensor, place = _parameter(asked)
        if kind == "learning_rate":
            return training.learning_rate * training.learning_rate_factors.get(
                tensor.rstrip("0123456789"), 1.0
            )
        if kind in ("l1", "l2"):
            return float(getattr(training, kind))
        if kind == "weight_decay":
            return training.weight_decay * training.weight_decay_factor(tensor)
        if kind in ("beta1", "beta2", "epsilon", "momentum", "rho"):
            return float(training.constant(kind))
        if kind in ("beta1_power", "beta2_power"):
            return float(getattr(trace.state_after, kind))
        state = trace.state_after if kind.startswith("new_") else trace.state_before
        key = f"{kind.removeprefix('new_')}.{tensor}"
        return float(state.moments[key][place]) if key in state.moments else 0.0

    def _one_row(self, r: int) -> StepTrace:
        """The step on that row alone, without a penalty: gradients of its own loss."""
        moment, rows = self.moment, np.array((self.trace.row_ids or ())[r : r + 1])
        alone = replace(moment.training, reduction="sum", l1=0.0, l2=0.0)
        return StepTrace(moment.spec, moment.params, moment.X[rows], moment.y[rows], alone)

    def _of_row(self, asked: str, r: int) -> float:
        """A number asked for, in the loss of one row."""
        if asked == "loss":
            return float(self.trace.losses[r])
        if asked[0] in "Wb":
            tensor, place = _parameter(asked)
            return float(self._one_row(r).grads[tensor][place])
        named = _NAMED.fullmatch(asked)
        assert named is not None
        return float(self.trace[named[1] + named[2]][r][int(named[3])])

    @property
    def _is_plain(self) -> bool:
        """Whether z is W a + b everywhere, so that ways are products of weights and slopes."""
        return self.moment.spec.dense == tuple(
            layer for layer in self.moment.spec.dense if not layer.ntk
        ) and all(name[0] in "Wb" for name in self.trace.params)

    def _through(self, asked: str, m: int, k: int) -> float | None:
        """What of a row's derivative passes through unit k of layer m: dz_k/dw times delta_k."""
        if not self._is_plain:
            return None
        trace, r = self.trace, self.place
        named = _NAMED.fullmatch(asked)
        assert named is not None
        l, j = int(named[2]), int(named[3])
        moved = np.zeros(trace.spec.layer_sizes[l])
        moved[j] = trace.a[l - 1][r][int(named[4])] if named[4] else 1.0
        if named[1] == "a":  # a(l) itself moves
            moved[j] = 1.0 / trace.slope[l][r][j]
        for n in range(l, m):
            moved = trace.W[n + 1] @ (trace.slope[n][r] * moved)
        return float(moved[k] * trace.delta[m][r][k])

    def _way(self, asked: str, units: tuple[int, ...]) -> float | None:
        """The product along one way from a parameter, or from z, to the loss."""
        if not self._is_plain:
            return None
        trace, r = self.trace, self.place
        named = _NAMED.fullmatch(asked)
        assert named is not None
        l = int(named[2])
        product = trace.a[l - 1][r][int(named[4])] if named[4] else 1.0
        for n, (j, k) in enumerate(pairwise(units), start=l):
            product *= trace.slope[n][r][j] * trace.W[n + 1][k, j]
        return float(product * trace.delta[l + len(units) - 1][r][units[-1]])


def _tensor(kind: str, layer: int) -> str:
    return f"{'W' if kind == 'w' else kind}{layer}"


def _as_javascript(value: float) -> str:
    """All digits as a browser writes them, which has another idea of when to use powers of ten."""
    mantissa, _, power = repr(value).removesuffix(".0").partition("e")
    if not power:
        return mantissa
    if -7 <= int(power) < 0:
        return f"{value:.{len(mantissa.replace('.', '').lstrip('-')) - 1 - int(power)}f}"
    return f"{mantissa}e{int(power):+d}"


def _parameter(asked: str) -> tuple[str, tuple[int, ...]]:
    named = _NAMED.fullmatch(asked)
    assert named is not None
    return named[1] + named[2], tuple(int(k) for k in named.groups()[2:] if k)
