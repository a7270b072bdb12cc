"""The methods that write a model for programs without chainrule; `export/` does the work."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import DataError
from chainrule.files.write import write_atomically
from chainrule.spec.shorthand import number_type

if TYPE_CHECKING:
    from chainrule.export.agreement import Agreement
    from chainrule.export.c.file import CSource
    from chainrule.export.description import Description

    Arrays = Mapping[str, np.ndarray]


class Exports(ABC):
    """What can be written of a fitted model: ONNX, one NumPy file, C source."""

    @abstractmethod
    def _described(self, coverage: float | None, dtype: str | None) -> Description:
        """The model as array operations; its networks in their own number type, or in `dtype`."""

    @abstractmethod
    def _tried(
        self, described: Description, coverage: float | None, X: Any
    ) -> tuple[Arrays, Arrays]:
        """(what an export reads, what it must answer) of X, or of trial rows where X is None."""

    def to_onnx(
        self,
        path: str | os.PathLike[str] | None = None,
        X: Any = None,
        *,
        coverage: float | None = None,
    ) -> Any:
        """The model as an ONNX file: its encoder, networks, calibration and classes.

        Every column that the model uses is an input of shape (rows, 1): numbers as float64 with NaN
        where missing, dates as days since 1970, categories as texts, of which any that training
        did not meet counts as missing. A model of a matrix has the one input "X". Outputs are
        "label" and "probabilities", or "prediction". Where onnxruntime is installed the file is
        run on trial rows, and on X, and compared.

        Parameters
        ----------
        path : str or path, optional
            The file to write.
        X : data frame, mapping of arrays, array or list, optional
            Rows to verify the file on, beside the trial rows.
        coverage : float, optional
            Of a `TabularRegressor`: outputs "lower" and "upper" then hold the bounds that
            `predict_interval` gives for this coverage.

        Returns
        -------
        onnx.ModelProto
            With "classes", "columns", "chainrule" (the version) and, where it was verified,
            "verified" among its `metadata_props`, all as JSON.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Where onnx is not installed; naming a column that ONNX cannot encode (free text, hashed
            categories); for a coverage that the model cannot give; and where the file answers
            otherwise than the model, which is then not written.
        """
        from chainrule.export.onnx import to_onnx
        from chainrule.export.runtime import run_onnx, runtime_name

        description = self._described(coverage, None)
        model = to_onnx(description)
        runtime = runtime_name()
        if runtime is not None:
            names = [output.name for output in description.outputs]

            def run(rows: Arrays) -> Arrays:
                return dict(zip(names, run_onnx(model, rows).values(), strict=True))

            known = self._verified(description, coverage, runtime, X, run)
            entry = model.metadata_props.add()
            entry.key, entry.value = "verified", json.dumps(known.to_json())
        if path is not None:
            write_atomically(path, model.SerializeToString())
        return model

    def to_numpy_source(
        self,
        path: str | os.PathLike[str] | None = None,
        X: Any = None,
        *,
        coverage: float | None = None,
    ) -> str:
        """The model as one Python file that needs NumPy alone, and can be read.

        It has `predict(table)` and `predict_proba(table)`, where a table is a mapping of column
        name to values, or the matrix of a model of one. It is run on trial rows, and on X, and
        compared with the model.

        Parameters
        ----------
        path : str or path, optional
            The file to write.
        X : data frame, mapping of arrays, array or list, optional
            Rows to verify the file on, beside the trial rows.
        coverage : float, optional
            Of a `TabularRegressor`: `predict_interval(table)` then gives the bounds of this
            coverage.

        Returns
        -------
        str
            The text of the file; its last line says how it was verified.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming a column of free text; for a coverage that the model cannot give; and where the
            file answers otherwise than the model, which is then not written.
        """
        from chainrule.export.numpy_file import run_numpy, to_numpy_source

        description = self._described(coverage, None)
        name = "model" if path is None else os.path.splitext(os.path.basename(path))[0]
        source = to_numpy_source(description, name if name.isidentifier() else "model")
        by = f"numpy {np.__version__}"
        known = self._verified(description, coverage, by, X, lambda rows: run_numpy(source, rows))
        source += f"\nVERIFIED = {known.to_json()!r}\n"
        if path is not None:
            write_atomically(path, source.encode())
        return source

    def to_c(
        self,
        path: str | os.PathLike[str] | None = None,
        X: Any = None,
        *,
        dtype: Any = None,
        coverage: float | None = None,
    ) -> CSource:
        """The model as C99 source: one .c and one .h that need libm alone and allocate nothing.

        A row is a structure with a member for every column that the model uses; one call fills a
        structure of answers. The .c ends with an example program that reads rows of CSV. Where a
        C compiler is at hand, it is compiled and run on trial rows, and on X, and compared.

        Parameters
        ----------
        path : str or path, optional
            The .c file to write; the .h stands beside it.
        X : data frame, mapping of arrays, array or list, optional
            Rows to verify the source on, beside the trial rows.
        dtype : "float32" or "float64", optional
            Number type of the networks. Default: the model's own.
        coverage : float, optional
            Of a `TabularRegressor`: members `lower` and `upper` then hold the bounds that
            `predict_interval` gives for this coverage.

        Returns
        -------
        CSource
            The two texts, `source` and `header`, and how they were `verified`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming a column of free text or a category with the character NUL; for a path that does
            not end with .c; for a coverage that the model cannot give; and where the program
            answers otherwise than the model in this number type, which is then not written.
        """
        from chainrule.export.c.file import to_c
        from chainrule.export.runtime import compiler_name, run_c

        stem, ending = os.path.splitext("model.c" if path is None else os.fspath(path))
        if ending != ".c":
            raise DataError(f"C source is written to a file that ends with .c, found {path!s}.")
        description = self._described(coverage, None if dtype is None else number_type(dtype))
        source = to_c(description, os.path.basename(stem))
        compiler = compiler_name()
        if compiler is not None:
            known = self._verified(
                description, coverage, compiler, X, lambda rows: run_c(source, description, rows)
            )
            note = (
                f"\n/* Verified by {known.runtime} on {known.n_rows} rows: the largest difference"
            )
            note += f" to the model is {known.difference:.1e}. */\n"
            source = replace(source, source=source.source + note, verified=known.to_json())
        if path is not None:
            write_atomically(f"{stem}.h", source.header.encode())
            write_atomically(path, source.source.encode())
        return source

    def _verified(
        self,
        description: Description,
        coverage: float | None,
        runtime: str,
        X: Any,
        run: Callable[[Arrays], Arrays],
    ) -> Agreement:
        """How the export agrees with the model on trial rows and on X."""
        from chainrule.export.agreement import Agreement, agreement

        found = []
        for table in [None] if X is None else [None, X]:
            rows, right = self._tried(description, coverage, table)
            found.append(agreement(run(rows), right, description.scale, runtime))
        return Agreement(
            sum(part.n_rows for part in found), max(part.difference for part in found), runtime
        )


class MatrixExports(Exports):
    """The same of a model that reads a matrix, and PyTorch."""

    def to_torch(self) -> Any:
        """The network as a PyTorch module of the same outputs; its parameters can be trained on.

        Every kind of layer is there, but dropout, which belongs to training.

        Returns
        -------
        torch.nn.Module
            From rows (n, n_features) to what `predict` gives, or `predict_proba` of a classifier;
            its parameters are called W1, b1, ... as here.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Where PyTorch is not installed.
        """
        from chainrule.export.torch_module import to_torch

        return to_torch(self._described(None, None))
