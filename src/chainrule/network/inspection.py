"""Looking into a network: gradients checked, a step recorded, a number explained, a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState
from chainrule.spec.shorthand import training_spec, training_values

if TYPE_CHECKING:
    from chainrule.explain.check.verify import GradientCheck
    from chainrule.explain.derivation.names import Names
    from chainrule.explain.diagnosis.findings import Diagnosis
    from chainrule.explain.explain import Explanation
    from chainrule.explain.trace import StepTrace

Array = npt.NDArray[Any]


class Inspection:
    """The methods of `Network` that show and check; `explain/` does the work when asked.

    Attributes
    ----------
    names : Names or None
        What inputs and outputs are called, where the network belongs to a table.
    """

    spec: NetworkSpec
    history: History | None
    _params: dict[str, Array]
    _state: TrainingState | None
    _training: TrainingSpec | None
    random_state: int
    names: Names | None = None

    def _training_for(self, given: Mapping[str, Any]) -> TrainingSpec:
        """Keywords of `fit`; those not given are the last fit's, else its defaults."""
        last = {} if self._training is None else training_values(self._training)
        return training_spec({"seed": self.random_state, **last, **given})

    def check_gradients(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        dropout_epoch: int | None = None,
        parameters: str | Sequence[str] | None = None,
        **training: Any,
    ) -> GradientCheck:
        """Every gradient against the complex step and central differences.

        Returns
        -------
        GradientCheck
            `.ok`, `.worst`, and per tensor the largest relative error; prints as a table.
        """
        from chainrule.explain.check.verify import check_gradients

        return check_gradients(
            self.spec,
            self._params,
            X,
            y,
            self._training_for(training),
            sample_weight=sample_weight,
            dropout_epoch=dropout_epoch,
            parameters=parameters,
        )

    def trace(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        dropout_epoch: int | None = None,
        dtype: str = "float64",
        **training: Any,
    ) -> StepTrace:
        """Every number of the step that `fit` would take on these rows; see `StepTrace`."""
        from chainrule.explain.trace import StepTrace

        spec = self._training_for(training)
        state = self._state if self._state and self._state.optimizer == spec.optimizer else None
        return StepTrace(
            self.spec,
            self._params,
            X,
            y,
            spec,
            sample_weight=sample_weight,
            state=state,
            dropout_epoch=dropout_epoch,
            dtype=dtype,
            names=self.names,
        )

    def explain(
        self,
        quantity: str,
        X: Any,
        y: Any,
        *,
        row: int | None = None,
        top: int | None = 5,
        digits: Any = 4,
        check: str = "central",
        sample_weight: Any = None,
        **training: Any,
    ) -> Explanation:
        """The chain rule of one number, with its numbers: "W2[1,3]", "delta1[4]", "loss", ...

        See `chainrule.explain.explain.explain` for the arguments.
        """
        from chainrule.explain.explain import explain

        step = self.trace(X, y, sample_weight=sample_weight, **training)
        return explain(step, quantity, row=row, top=top, digits=digits, check=check)

    def diagnose(self, X: Any, y: Any, *, sample_weight: Any = None, **training: Any) -> Diagnosis:
        """Why training goes badly: findings with numbers and remedies; best on its own rows."""
        from chainrule.explain.diagnosis.diagnose import diagnose

        spec = self._training_for(training)
        state = self._state if self._state and self._state.optimizer == spec.optimizer else None
        return diagnose(
            self.spec,
            self._params,
            X,
            y,
            spec,
            self.history,
            sample_weight=sample_weight,
            names=self.names,
            state=state,
        )
