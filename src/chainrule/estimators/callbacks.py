"""scikit-learn's callbacks (1.9 and later): a fit is a task, and so are epochs of the drop-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chainrule.engine import fitting

try:
    from sklearn.callback import CallbackSupportMixin
    from sklearn.callback._callback_support import callback_management_context
except ImportError:  # an older scikit-learn

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing to support."""


class FitTasks(CallbackSupportMixin):  # type: ignore[misc]
    """`set_callbacks`, and the tasks of a fit; costs nothing where no callback is set."""

    def _n_epoch_tasks(self) -> int:
        """Tasks within a fit, at most."""
        return 0

    @contextmanager
    def _fit_task(self, X: Any, y: Any, sample_weight: Any) -> Iterator[None]:
        """Around a fit, at whose end the callbacks get the fitted estimator."""
        with fitting(self):
            if not getattr(self, "_skl_callbacks", None):
                yield
                return
            with self._scikit_learn_task(X, y, sample_weight):
                yield

    @contextmanager
    def _scikit_learn_task(self, X: Any, y: Any, sample_weight: Any) -> Iterator[None]:
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        rows = {"estimator": self, "X": X, "y": y, "metadata": metadata}
        with callback_management_context(self):
            task = self._init_callback_context(max_subtasks=self._n_epoch_tasks())
            task.call_on_fit_task_begin(**rows)
            yield
            # Without other attributes the fitted estimator is a copy of this one.
            task.call_on_fit_task_end(**rows, reconstruction_attributes=dict)

    def _epoch_task(self) -> bool:
        """An epoch has ended; whether a callback wants to stop."""
        fit = getattr(self, "_callback_fit_ctx", None)
        if fit is None:
            return False
        epoch = fit.subcontext(task_name="epoch")
        epoch.call_on_fit_task_begin(estimator=self)
        return bool(epoch.call_on_fit_task_end(estimator=self))
