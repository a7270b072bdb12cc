"""Looking into a fitted Tabular estimator: gradients checked, a step recorded, a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule.estimators.tabular.columns import ColumnsModel
from chainrule.estimators.tabular.recipe import resolve
from chainrule.estimators.tabular.trace import trace_model
from chainrule.estimators.words import words_of_tabular
from chainrule.explain.check.whole_step import NO_WEIGHTS
from chainrule.explain.diagnosis.diagnose import Context, diagnose
from chainrule.explain.diagnosis.findings import Diagnosis
from chainrule.explain.explain import explain
from chainrule.explain.explanation import Explanation
from chainrule.explain.trace import StepTrace
from chainrule.report import Report, contents_of
from chainrule.table.column import NUMERIC
from chainrule.table.frame import as_table


class InspectedModel(ColumnsModel):
    """The methods that show and check; `explain/` does the work when asked."""

    def check_gradients(self, X: Any, y: Any, sample_weight: Any = None, **keywords: Any) -> Any:
        """Compare every gradient on these rows with the complex step and central differences.

        The network is the first one. Its step and its update are checked too: see
        `Network.check_gradients`.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        **keywords
            `dropout_epoch`, `parameters` and keywords of `Network.fit`.

        Returns
        -------
        GradientCheck
            `.ok` unless something is wrong; `.verdict` is "ok", "too small" (to be checked) or
            "wrong"; `.worst`, and the error of each parameter. Prints as a table.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        TypeError
            For a keyword that `Network.fit` does not have.
        """
        check_is_fitted(self)
        rows = self._new_rows(X, y, sample_weight, self._dtype)
        found = self.network_.check_gradients(
            rows.inputs, rows.target, sample_weight=rows.weights, **keywords
        )
        notes = []
        if self.n_members_ > 1:
            notes.append(f"network 0 of {self.n_members_}; the others run the same code")
        if getattr(self, "_weighted", False) and sample_weight is None:
            notes.append(NO_WEIGHTS)
        return replace(found, notes=(*notes, *found.notes))

    def trace(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        member: int = 0,
        row_ids: Sequence[Any] | None = None,
        dtype: str = "float64",
        **training: Any,
    ) -> StepTrace:
        """Every number of the step that the optimizer would take on these rows.

        From zero moments, with schedule factor 1 and dropout off; the loss is taken before
        temperature, clamp and averaging. Column names and the cells of the table are kept.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        member : int, default 0
            Which of the networks, from 0.
        row_ids : sequence, optional
            What the rows are called. Default: the index of a pandas data frame, or 0, 1, ...
        dtype : "float64" or "train", default "float64"
            Number type of the record; "train" is that of training.
        **training
            Keywords of `Network.fit` in place of this model's, such as `learning_rate`.

        Returns
        -------
        StepTrace
            z, a, delta, gradients, moments and updates, as lists indexed by layer.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        TypeError
            For a keyword that `Network.fit` does not have.
        """
        check_is_fitted(self)
        return trace_model(
            self, X, y, sample_weight, member=member, row_ids=row_ids, dtype=dtype,
            training=training,
        )  # fmt: skip

    def explain(
        self,
        quantity: str,
        X: Any,
        y: Any,
        *,
        row: int | None = None,
        top: int | None = 5,
        digits: int | str = 4,
        check: str = "central",
        full: bool = False,
        member: int = 0,
        sample_weight: Any = None,
        row_ids: Sequence[Any] | None = None,
        **training: Any,
    ) -> Explanation:
        """The chain rule of one number on these rows, with its numbers and a check.

        Parameters
        ----------
        quantity : str
            "W2[1,3]", "W1[3,bill_length_mm]", "b1[2]", "delta1[4]", "z2[0]", "a1[3]" or "loss";
            inputs also by the names of `input_names_`, outputs by class.
        X, y : table and targets
            As for `fit`.
        sample_weight : array of shape (n_samples,), optional
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
        member : int, default 0
            Which of the networks, from 0.
        row_ids : sequence, optional
            What the rows are called. Default: the index of a pandas data frame, or 0, 1, ...
        **training
            Keywords of `Network.fit` in place of this model's, such as `learning_rate`.

        Returns
        -------
        Explanation
            Prints as text; `to_latex`, `to_html` and `to_json` write other forms.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        TypeError
            For a keyword that `Network.fit` does not have.
        """
        step = self.trace(X, y, sample_weight, member=member, row_ids=row_ids, **training)
        return explain(step, quantity, row=row, top=top, digits=digits, check=check, full=full)

    def diagnose(
        self, X: Any, y: Any, sample_weight: Any = None, *, eval_set: Any = None
    ) -> Diagnosis:
        """What went badly in training, with numbers and remedies.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`, best those of training.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        eval_set : pair (X, y), optional
            The validation rows of `fit`, to compare them with those of training.

        Returns
        -------
        Diagnosis
            A sequence of findings, the likeliest cause first, each with a fix in this estimator's
            arguments; when it is empty it says what was checked.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        """
        check_is_fitted(self)
        rows = self._new_rows(X, y, sample_weight, self._dtype)
        held = None
        if eval_set is not None:
            X_val, y_val = eval_set
            apart = self._new_rows(X_val, y_val, None, self._dtype, "eval_")
            held = (apart.inputs, apart.target)
        return diagnose(
            self.spec_,
            self.members_[0].params,
            rows.inputs,
            rows.target,
            self.training_,
            self.history_,
            sample_weight=rows.weights,
            eval_set=held,
            context=Context(
                words=words_of_tabular(self, X, self._usual_rate()),
                names=self._names,
                columns=self.encoder_.input_columns,
                raw=self._numbers(X, y, sample_weight),
                table=as_table(X).names,
                answers=rows.raw,
            ),
        )

    def _usual_rate(self) -> float:
        """The learning rate of the recipe."""
        arguments = {**self.get_params(deep=False), "learning_rate": None}
        return resolve(arguments, self._task).learning_rate

    def _numbers(self, X: Any, y: Any, sample_weight: Any) -> dict[str, np.ndarray]:
        """The columns of the table that hold numbers, as they stand there."""
        table, *_ = self._read(X, y, sample_weight)
        columns = [table.column(k) for k in range(table.n_columns)]
        known = self.encoder_.column_names
        return {c.name: c.values for c in columns if c.kind == NUMERIC and c.name in known}

    def report(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        title: str | None = None,
        n_worst: int = 8,
        row_ids: Sequence[Any] | None = None,
    ) -> Report:
        """What the model is worth on these rows, where it errs and why, as a page or a card.

        The verdict against the baseline comes first, then findings, the course of training,
        mistakes, calibration or residuals, importance, attributions, the worst rows with their
        chain rules, the network, and what makes it again.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`, best rows that training did not see; otherwise the verdict is that of
            the rows held out of training, and the report says so.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        title : str, optional
            Default: what kind of model it is.
        n_worst : int from 0 to 20, default 8
            Rows that open to their own chain rule.
        row_ids : sequence, optional
            What the rows are called. Default: the index of a pandas data frame, or 0, 1, ...

        Returns
        -------
        Report
            `save("report.html")` or `save("card.md")`; `to_html`, `to_markdown`, `to_json`. It
            shows itself in notebooks.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        """
        found = contents_of(
            self, X, y, sample_weight, title=title, n_worst=n_worst, row_ids=row_ids
        )
        return Report(found)
