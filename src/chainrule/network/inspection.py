"""Looking into a network: gradients checked, a step recorded, a number explained, a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainrule.network.parameters import Parameters
from chainrule.spec import History, TrainingSpec, TrainingState
from chainrule.spec.shorthand import training_spec, training_values

if TYPE_CHECKING:
    from chainrule.explain.attribution import Attributions
    from chainrule.explain.check.verify import GradientCheck
    from chainrule.explain.derivation.names import Names
    from chainrule.explain.diagnosis.findings import Diagnosis
    from chainrule.explain.explain import Explanation
    from chainrule.explain.trace import StepTrace


class Inspection(Parameters):
    """The methods of `Network` that show and check; `explain/` does the work when asked.

    Attributes
    ----------
    names : Names or None
        What inputs and outputs are called, where the network belongs to a table.
    """

    history: History | None
    random_state: int
    names: Names | None = None
    _state: TrainingState | None
    _training: TrainingSpec | None
    _weighted = False  # whether the last fit had sample weights

    def _training_for(self, given: Mapping[str, Any]) -> TrainingSpec:
        """Keywords of `fit`; those not given are the last fit's, else its defaults."""
        last = {} if self._training is None else training_values(self._training)
        return training_spec({"seed": self.random_state, **last, **given})

    def _state_for(self, training: TrainingSpec) -> TrainingState | None:
        """The optimizer's state after the last fit, if this training has the same optimizer."""
        state = self._state
        return state if state and state.optimizer == training.optimizer else None

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
        """Compare every gradient with the complex step and with central differences.

            Im f(w + ih) / h        (f(w + h) - f(w - h)) / 2h

        Neither knows the chain rule; the complex step (Squire and Trapp 1998) is exact to rounding.
        Each gradient is held to its own bound of truncation and rounding. Then a few steps of `fit`
        on these rows are compared with the step that `trace` records, bit for bit, and the update
        with the optimizer's rule.

        Parameters
        ----------
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            As for `fit`.
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row.
        dropout_epoch : int, optional
            Freezes the dropout masks of that epoch. Default: dropout is off in the table of
            gradients, and has a verdict of its own.
        parameters : str or sequence of str, optional
            Names of the parameters to check, such as "W1". Default: all.
        **training
            `reduction`, `l1`, `l2`, or other keywords of `fit`. Default: those of the last fit, or
            those of `fit` itself.

        Returns
        -------
        GradientCheck
            `.ok` unless something is wrong; `.verdict` is "ok", "too small" (to be checked) or
            "wrong"; `.worst`, and the error of each parameter. Prints as a table.

        Raises
        ------
        DataError, SpecError
            Naming the rows, the parameter or the setting that cannot be.
        TypeError
            For a keyword that `fit` does not have.
        """
        from chainrule.explain.check.verify import check_gradients
        from chainrule.explain.check.whole_step import not_given

        chosen = self._training_for(training)
        return check_gradients(
            self.spec,
            self._params,
            X,
            y,
            chosen,
            sample_weight=sample_weight,
            dropout_epoch=dropout_epoch,
            parameters=parameters,
            state=self._state_for(chosen),
            names=self.names,
            notes=not_given(self._training, chosen, self._weighted and sample_weight is None),
        )

    def trace(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        dropout_epoch: int | None = None,
        dtype: str = "float64",
        names: Any = None,
        **training: Any,
    ) -> StepTrace:
        """Record every number of the step that `fit` would take on these rows.

        The step starts from the optimizer's state after the last fit, where the optimizer is still
        the same, and from zero moments otherwise.

        Parameters
        ----------
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            As for `fit`.
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row.
        dropout_epoch : int, optional
            Freezes the dropout masks of that epoch. Default: dropout is off.
        dtype : "float64" or "train", default "float64"
            Number type of the record; "train" is that of the network, with its products of
            bfloat16.
        names : sequence of str, or mapping, optional
            What the columns of X are called. A mapping has "inputs" and "outputs", names of the
            units of hidden layers by number, as {"inputs": ["age", "income"], 1: ["young", ...]},
            and "levels" by the name of a column of codes. Default: those of the table that the
            network belongs to, if any.
        **training
            Keywords of `fit`, such as `optimizer` and `learning_rate`. Default: those of the last
            fit, or those of `fit` itself.

        Returns
        -------
        StepTrace
            z, a, delta, gradients, moments and updates, as lists indexed by layer.

        Raises
        ------
        DataError, SpecError
            Naming the rows or the setting that cannot be.
        TypeError
            For a keyword that `fit` does not have.
        """
        from chainrule.explain.trace import StepTrace

        spec = self._training_for(training)
        return StepTrace(
            self.spec,
            self._params,
            X,
            y,
            spec,
            sample_weight=sample_weight,
            state=self._state_for(spec),
            dropout_epoch=dropout_epoch,
            dtype=dtype,
            names=self._names_for(names),
        )

    def _names_for(self, given: Any) -> Names | None:
        """Those given, else its own."""
        from chainrule.explain.derivation.names import Names

        return self.names if given is None else Names.of(self.spec, given)

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
        full: bool = False,
        sample_weight: Any = None,
        names: Any = None,
        **training: Any,
    ) -> Explanation:
        """Derive one number of the step on these rows by the chain rule, with its numbers.

        Parameters
        ----------
        quantity : str
            "W2[1,3]" is dL/dW2[1,3], of the weight into unit 1 from unit 3 of the layer before;
            "b1[2]", "delta1[4]", "z2[0]", "a1[3]", "loss", or a parameter before layer 1 by
            its name. Units count from 0, layers from 1.
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            As for `fit`.
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row.
        row : int, optional
            Row of the equations for one row, from 0. Default: the row that adds most.
        top : int or None, default 5
            Terms shown of a sum, the rest in one number; None shows all.
        digits : int or "full", default 4
            Significant digits in text.
        check : "central", "complex" or "none", default "central"
            How the value is verified. "complex" is exact to rounding, and for smooth networks.
        full : bool, default False
            Every equation; otherwise one screen.
        names : sequence of str, or mapping, optional
            Of the columns of X, outputs and units, as for `trace`; they stand for indices too.
        **training
            As for `trace`; also its `dropout_epoch`.

        Returns
        -------
        Explanation
            Prints as text; `to_latex`, `to_html` and `to_json` write other forms.

        Raises
        ------
        DataError, SpecError
            Naming the quantity that cannot be read, the row that does not exist, or the rows or the
            setting that cannot be.
        TypeError
            For a keyword that `fit` does not have.
        """
        from chainrule.explain.explain import explain

        step = self.trace(X, y, sample_weight=sample_weight, names=names, **training)
        return explain(step, quantity, row=row, top=top, digits=digits, check=check, full=full)

    def diagnose(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        eval_set: tuple[Any, Any] | None = None,
        **training: Any,
    ) -> Diagnosis:
        """Find out why training goes badly, from its history and one step on these rows.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Best the rows of training.
        y : array (n_samples, n_outputs)
            As for `fit`.
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row.
        eval_set : (X, y), optional
            The validation rows of `fit`, to compare them with those of training.
        **training
            Keywords of `fit` that the network was trained with. Default: those of the last fit, or
            those of `fit` itself.

        Returns
        -------
        Diagnosis
            A sequence of findings, the likeliest cause first, each with numbers and a fix in
            arguments of `Network` and `fit`; where it is empty it says what was checked.

        Raises
        ------
        DataError, SpecError
            Naming the rows or the setting that cannot be.
        TypeError
            For a keyword that `fit` does not have.
        """
        from chainrule.explain.diagnosis.diagnose import Context, diagnose

        spec = self._training_for(training)
        return diagnose(
            self.spec,
            self._params,
            X,
            y,
            spec,
            self.history,
            sample_weight=sample_weight,
            eval_set=eval_set,
            state=self._state_for(spec),
            context=Context(names=self.names),
        )

    def attribute(
        self,
        X: Any,
        *,
        background: Any = None,
        method: str = "gradients",
        n_samples: int | None = None,
        random_state: int = 0,
        names: Any = None,
        n_threads: int | None = None,
    ) -> Attributions:
        """How much each input adds to the answer in each row.

            base + sum over inputs i of phi_i = answer
            phi_i = E over x', alpha of (x_i - x'_i) df/dx_i (x' + alpha (x - x'))

        with x' from the background and alpha uniform in (0, 1): expected gradients (Erion et al.
        2021), by the compiled way back. f is the log-odds of the second of two classes or of each
        sigmoid output of a cross-entropy; of more classes the log-probability of each above the
        mean of all; otherwise the output a(L).

        Parameters
        ----------
        X : array (n_samples, n_features)
            The rows to explain.
        background : array (n_background, n_features), optional
            What they are compared with, such as rows of training; one row gives integrated
            gradients. At most 1,000 of it are used. Default: X itself.
        method : "gradients" or "shapley", default "gradients"
            "shapley" takes an input after the other from x' to x, in random orders: Shapley values,
            exact in the limit and slower by about the number of inputs.
        n_samples : int, optional
            Points of paths, or orders, a row; four times as many halve the errors. Default: 128
            points, 64 orders.
        random_state : int, default 0
            Of background rows and places on the paths.
        names : sequence of str, or mapping, optional
            Of the columns of X and the outputs, as for `trace`. Default: those of the table that
            the network belongs to, if any, else x0, x1, ...
        n_threads : int, optional
            Default: the machine's. Never changes a result.

        Returns
        -------
        Attributions
            With `values`, `errors`, `base_values`, `answers`, `names` and `data`; `to_shap()` makes
            what `shap.plots` takes.

        Raises
        ------
        DataError, SpecError
            Naming the rows, the names or the argument that cannot be used.

        Examples
        --------
        >>> import chainrule, numpy as np
        >>> net = chainrule.Network([2, 1], dtype="float64")
        >>> net.weights, net.biases = [np.array([[3.0, -1.0]])], [np.array([0.5])]
        >>> found = net.attribute([[2.0, 1.0]], background=[[0.0, 0.0]])
        >>> found.values.round(6).tolist(), float(found.base_values)
        ([[6.0, -1.0]], 0.5)
        """
        from chainrule.network.attribution import attribute

        return attribute(
            self.spec,
            dict(self._params),
            X,
            background,
            method,
            n_samples,
            random_state,
            self._names_for(names),
            n_threads,
        )
