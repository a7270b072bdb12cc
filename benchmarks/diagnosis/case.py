"""A training as its user would write it, and the same after a printed fix was applied literally."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import chainrule
from chainrule.errors import DivergedError
from chainrule.explain.diagnosis.findings import Diagnosis

MAKERS = {
    name: getattr(chainrule, name)
    for name in (
        "Network", "MLPClassifier", "MLPRegressor", "TabularClassifier", "TabularRegressor",
    )
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Rows, what is made, and what `fit` is told.

    Attributes
    ----------
    maker : str
        A key of `MAKERS`.
    made, fit : mapping
        Keywords of the constructor ("layers" of a `Network` among them) and of `fit`.
    X, y, X_val, y_val : arrays, or data frames
    sample_weight : ndarray or None
    start : callable or None
        Changes a fresh `Network` before it is trained: a user's own starting weights.
    """

    maker: str
    X: Any
    y: np.ndarray
    made: Mapping[str, Any] = field(default_factory=dict)
    fit: Mapping[str, Any] = field(default_factory=dict)
    X_val: Any = None
    y_val: Any = None
    sample_weight: np.ndarray | None = None
    start: Callable[[Any], None] | None = None

    def trained(self) -> Any:
        """The fitted object; one that diverged keeps what it had before."""
        made = dict(self.made)
        if self.maker == "Network":
            model = chainrule.Network(made.pop("layers"), **made)
        else:
            model = MAKERS[self.maker](**made)
        if self.start is not None:
            self.start(model)
        given = dict(self.fit)
        if self.sample_weight is not None:
            given["sample_weight"] = self.sample_weight
        if self.X_val is not None:
            given["eval_set"] = (self.X_val, self.y_val)
        with warnings.catch_warnings(), suppress(DivergedError):
            warnings.simplefilter("ignore")
            model.fit(self.X, self.y, **given)
        return model

    def diagnosed(self, model: Any) -> Diagnosis:
        """What `diagnose` says of it."""
        held = {} if self.X_val is None else {"eval_set": (self.X_val, self.y_val)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return (
                model.diagnose(self.X, self.y, self.sample_weight, **held)
                if (self.maker != "Network")
                else model.diagnose(self.X, self.y, sample_weight=self.sample_weight, **held)
            )

    def mended(self, steps: tuple[str, ...], model: Any) -> Case:
        """The case after the lines of a fix; `...` in a call stands for what was there before.

        Raises whatever the lines raise: an argument that does not exist is an error later on.
        """
        space: dict[str, Any] = {
            "np": np, "model": model, "X": self.X, "y": self.y, "X_val": self.X_val,
            "y_val": self.y_val, "sample_weight": self.sample_weight,
        }  # fmt: skip
        case = self
        for line in ast.parse("\n".join(steps)).body:
            call = _settings_call(line)
            if call is None:
                exec(compile(ast.Module([line], []), "fix", "exec"), space)
            else:
                case = case._told(call, space)
        if case.sample_weight is self.sample_weight:
            weight = space["sample_weight"]
            if weight is not None and len(weight) != len(space["X"]):
                weight = weight[space["keep"]]
            case = replace(case, sample_weight=weight)
        rows = {name: space[name] for name in ("X", "y", "X_val", "y_val")}
        return replace(case, **rows)

    def _told(self, call: ast.Call, space: Mapping[str, Any]) -> Case:
        assert isinstance(call.func, ast.Name)
        given = {str(k.arg): _value(k.value, space) for k in call.keywords}
        sizes = [a for a in call.args if not _is_ellipsis(a)]
        if call.func.id == "fit":
            case = self
            if "sample_weight" in given:
                case = replace(case, sample_weight=given.pop("sample_weight"))
            return replace(case, fit={**case.fit, **given})
        made = dict(self.made)
        if call.func.id != self.maker:  # the classifier instead of the regressor
            known = MAKERS[call.func.id]().get_params()
            made = {name: value for name, value in made.items() if name in known}
        if sizes:
            given["layers"] = _value(sizes[0], space)
        if "loss" in given:  # the output's activation goes with it
            made.pop("output_activation", None)
        start = None if "init" in given or sizes else self.start
        return replace(self, maker=call.func.id, made={**made, **given}, start=start)


def _settings_call(line: ast.stmt) -> ast.Call | None:
    """The call in a line that tells settings: one with `...` in it."""
    call = line.value if isinstance(line, ast.Expr) else None
    told = isinstance(call, ast.Call) and any(_is_ellipsis(given) for given in call.args)
    return call if told else None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _value(node: ast.expr, space: Mapping[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "fix", "eval"), dict(space))
