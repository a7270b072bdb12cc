"""Models in MLflow: saved, logged, loaded and served, as the file that `save` writes.

    import mlflow, chainrule.mlflow

    with mlflow.start_run():
        logged = chainrule.mlflow.log_model(model)
    again = chainrule.mlflow.load_model(logged.model_uri)
    served = mlflow.pyfunc.load_model(logged.model_uri)

The artifact holds one safetensors file beside MLflow's own texts: no pickle is written, and none is
read. Needs mlflow or mlflow-skinny (`pip install 'chainrule[mlflow]'`).
"""

from chainrule.mlflow.flavor import (
    PyFuncModel,
    load_model,
    log_model,
    save_model,
)
from chainrule.mlflow.flavor import (
    _load_pyfunc as _load_pyfunc,  # what MLflow calls
)
from chainrule.mlflow.signature import example_of, signature_of

__all__ = [
    "PyFuncModel",
    "example_of",
    "load_model",
    "log_model",
    "save_model",
    "signature_of",
]
