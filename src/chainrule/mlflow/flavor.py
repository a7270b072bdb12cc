"""Saving, logging and loading: MLflow's flavour "chainrule", and what pyfunc calls."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule._version import __version__
from chainrule.errors import DataError, SpecError
from chainrule.estimators.load import load
from chainrule.files.write import write_atomically
from chainrule.mlflow.signature import example_of, signature_of

if TYPE_CHECKING:
    from mlflow.models import Model, ModelSignature
    from mlflow.models.model import ModelInfo

    from chainrule.estimators.load import Model as OurModel

FLAVOR = "chainrule"
MODEL_FILE = "model.safetensors"
METHODS = ("predict", "predict_proba")
_KINDS = ("Network", "TabularClassifier", "TabularRegressor", "MLPClassifier", "MLPRegressor")


def save_model(
    model: OurModel,
    path: str | os.PathLike[str],
    *,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pyfunc_predict_fn: str = "predict",
    pip_requirements: Sequence[str] | None = None,
    extra_pip_requirements: Sequence[str] = (),
    metadata: dict[str, Any] | None = None,
) -> None:
    """Write a model as a folder that MLflow loads and serves.

    Parameters
    ----------
    model : Network, TabularClassifier, TabularRegressor, MLPClassifier or MLPRegressor
        Fitted.
    path : str or path
        The folder: a new one, or an empty one.
    mlflow_model : mlflow.models.Model, optional
        What MLflow knows of the model already; `log_model` gives it.
    signature : ModelSignature or False, optional
        Default: the columns that the model was trained on, with their types. False leaves it out.
    input_example : table or False, optional
        Rows to keep as an example. Default: a row of medians and known categories. False leaves it
        out.
    pyfunc_predict_fn : "predict" or "predict_proba", default "predict"
        What `mlflow.pyfunc` answers with.
    pip_requirements : sequence of str, optional
        What a server installs. Default: chainrule, MLflow and pandas, of the versions here.
    extra_pip_requirements : sequence of str, default ()
        Beside those.
    metadata : dict, optional
        Anything of one's own.

    Raises
    ------
    DataError
        Where MLflow is not installed, or the folder holds something.
    SpecError
        For what is no model of chainrule, or has no such method.
    NotFittedError
        Before `fit`.
    ModelFileError
        Where the file cannot be written, or a parameter is not finite.
    """
    models = _mlflow("models")
    method = _method_of(model, pyfunc_predict_fn)
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise DataError(f"the folder {folder} is not empty.", "Give a new one.")
    model.save(folder / MODEL_FILE)
    described = models.Model() if mlflow_model is None else mlflow_model
    example = example_of(model) if input_example is None else input_example
    if example is not False:
        _keep_example(described, example, folder, is_own=input_example is None)
    if signature is None:
        signature = signature_of(model, method, None if example is False else example)
    if signature is not False:
        described.signature = signature
    if metadata is not None:
        described.metadata = metadata
    described.add_flavor(
        FLAVOR,
        chainrule_version=__version__,
        model_type=type(model).__name__,
        data=MODEL_FILE,
        pyfunc_predict_fn=method,
    )
    _mlflow("pyfunc").add_to_model(
        described,
        loader_module="chainrule.mlflow",
        data=MODEL_FILE,
        conda_env="conda.yaml",
        python_env="python_env.yaml",
    )
    needed = [*(_requirements() if pip_requirements is None else pip_requirements)]
    _write_environment(folder, [*needed, *extra_pip_requirements])
    described.save(str(folder / "MLmodel"))


def log_model(
    model: OurModel,
    name: str = "model",
    *,
    registered_model_name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    step: int = 0,
    **save: Any,
) -> ModelInfo:
    """Log a model to MLflow, in the run that is going on or in a new one.

    Parameters
    ----------
    model : Network, TabularClassifier, TabularRegressor, MLPClassifier or MLPRegressor
        Fitted.
    name : str, default "model"
        What the logged model is called.
    registered_model_name : str, optional
        Also makes a version under this name in the registry.
    params, tags : dict, optional
        Of the logged model. Default of `params`: the estimator's arguments that are plain values.
    step : int, default 0
        Where training stands.
    **save
        Other keywords of `save_model`.

    Returns
    -------
    mlflow.models.model.ModelInfo
        With `model_uri`.

    Raises
    ------
    DataError, SpecError, NotFittedError, ModelFileError
        As `save_model`.
    """
    models = _mlflow("models")
    _method_of(model, save.get("pyfunc_predict_fn", "predict"))
    found: ModelInfo = models.Model.log(
        artifact_path=None,
        name=name,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        model=model,
        params=_plain_arguments(model) if params is None else params,
        tags=tags,
        step=step,
        **save,
    )
    return found


def load_model(model_uri: str, dst_path: str | None = None) -> OurModel:
    """A model that was saved or logged, with the same predictions bit for bit.

    Parameters
    ----------
    model_uri : str
        "models:/m-...", "models:/NAME/VERSION", "runs:/RUN/model", or a folder.
    dst_path : str, optional
        A folder to download to. Default: a temporary one.

    Returns
    -------
    Network, TabularClassifier, TabularRegressor, MLPClassifier or MLPRegressor
        Whichever was saved.

    Raises
    ------
    DataError
        Where MLflow is not installed.
    ModelFileError
        Where there is no such file, or it is damaged. Opening it runs no code from it.
    """
    artifacts = _mlflow("artifacts")
    folder = artifacts.download_artifacts(artifact_uri=str(model_uri), dst_path=dst_path)
    return load(Path(folder) / MODEL_FILE)


class PyFuncModel:
    """What `mlflow.pyfunc.load_model` answers with.

    Parameters
    ----------
    model : Network or fitted estimator
    method : "predict" or "predict_proba"
    """

    def __init__(self, model: OurModel, method: str) -> None:
        self.model = model
        self.method = method

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """The answers to rows.

        Parameters
        ----------
        model_input : data frame or array
            As for the model's own method.
        params : dict, optional
            Not used.

        Returns
        -------
        ndarray
        """
        return getattr(self.model, self.method)(model_input)


def _load_pyfunc(path: str) -> PyFuncModel:
    """From the path of the model file, as MLflow calls it."""
    file = Path(path)
    described = _mlflow("models").Model.load(str(file.parent))
    method = described.flavors[FLAVOR].get("pyfunc_predict_fn", METHODS[0])
    model = load(file)
    return PyFuncModel(model, _method_of(model, method))


def _mlflow(part: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"mlflow.{part}")
    except ImportError:
        raise DataError("MLflow is not installed.", "pip install 'chainrule[mlflow]'") from None


def _method_of(model: Any, method: Any) -> str:
    """The method's name, once model and method are known to fit together."""
    if type(model).__name__ not in _KINDS or not hasattr(model, "to_record"):
        raise SpecError(
            f"MLflow's flavour of chainrule takes {', '.join(_KINDS)}, found "
            f"{type(model).__name__}."
        )
    if method not in METHODS or not hasattr(model, method):
        known = " or ".join(name for name in METHODS if hasattr(model, name))
        raise SpecError(
            f"pyfunc_predict_fn of a {type(model).__name__} is {known}, found {method!r}."
        )
    return str(method)


def _plain_arguments(model: Any) -> dict[str, Any]:
    if not hasattr(model, "get_params"):
        return {}
    plain = (bool, int, float, str, type(None))
    return {key: value for key, value in model.get_params().items() if isinstance(value, plain)}


def _keep_example(described: Any, example: Any, folder: Path, *, is_own: bool) -> None:
    """Beside the model; a typical row with cells that JSON has no form for is left out."""
    from mlflow.models.utils import _save_example

    try:
        _save_example(described, example, str(folder))
    except Exception:
        if not is_own:
            raise


def _requirements() -> list[str]:
    from importlib.metadata import PackageNotFoundError, version

    import mlflow
    import pandas as pd

    def installed(name: str) -> bool:
        try:
            return bool(version(name))
        except PackageNotFoundError:
            return False

    name = "mlflow" if installed("mlflow") else "mlflow-skinny"
    return [
        f"chainrule=={__version__}",
        f"{name}=={mlflow.__version__}",
        f"pandas=={pd.__version__}",
    ]


def _write_environment(folder: Path, requirements: list[str]) -> None:
    """requirements.txt, and the two files that name Python beside it."""
    lines = "".join(f"{line}\n" for line in requirements)
    python = platform.python_version()
    files = {
        "requirements.txt": lines,
        "python_env.yaml": f"python: {python}\nbuild_dependencies:\n- pip\ndependencies:\n"
        "- -r requirements.txt\n",
        "conda.yaml": f"name: mlflow-env\nchannels:\n- conda-forge\ndependencies:\n"
        f"- python={python}\n- pip\n- pip:\n  - -r requirements.txt\n",
    }
    for name, text in files.items():
        write_atomically(folder / name, text.encode())
