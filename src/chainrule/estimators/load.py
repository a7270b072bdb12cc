"""`load`: from a model file to the object that it names."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chainrule.errors import ModelFileError
from chainrule.estimators.contents import check_record
from chainrule.files import ModelRecord, from_bytes, read_model

if TYPE_CHECKING:
    from chainrule.estimators.mlp import MLPClassifier, MLPRegressor
    from chainrule.estimators.tabular import TabularClassifier, TabularRegressor
    from chainrule.network.network import Network

    Model = Network | TabularClassifier | TabularRegressor | MLPClassifier | MLPRegressor


def load(
    path: str | os.PathLike[str], *, require_signature: str | os.PathLike[str] | None = None
) -> Model:
    """The saved model, with the same predictions bit for bit.

    Parameters
    ----------
    path : str or path
        A file written by `save`.
    require_signature : path, optional
        A file with a public key, as ssh-keygen or openssl writes it: a model is refused unless the
        key's owner has signed it with `chainrule sign`. It is checked before the file is read.

    Returns
    -------
    Network, TabularClassifier, TabularRegressor, MLPClassifier or MLPRegressor
        Whichever was saved.

    Raises
    ------
    ModelFileError
        When the file cannot be opened, is not signed as it must be, is not a chainrule model, is
        damaged, or is newer than this version can read. Opening a file runs no code from it.
    SpecError
        Where `require_signature` names no Ed25519 public key.
    """
    model: Model = from_record(read_model(path, require_signature=require_signature))
    return model


def loads(data: bytes) -> Model:
    """Like `load`, from a file's bytes; `ModelFileError` where they are no chainrule model."""
    model: Model = from_record(from_bytes(data))
    return model


def from_record(record: ModelRecord) -> Any:
    """The object that a record names, made by its class's `from_record`.

    Raises `ModelFileError` where its entries do not fit together.
    """
    return _made(record, lambda: _class_of(record.kind).from_record(record))


def answers_from_record(record: ModelRecord) -> Any:
    """The answers of a Tabular model, without scikit-learn; raises as `from_record` does."""
    from chainrule.estimators.tabular.answers import answers_of

    return _made(record, lambda: answers_of(record))


def _made(record: ModelRecord, make: Callable[[], Any]) -> Any:
    check_record(record)
    try:
        return make()
    except (ModelFileError, MemoryError):
        raise
    except Exception as error:  # nothing that the check lets pass comes here; see fuzz/
        raise ModelFileError(
            f"the file's {record.kind.replace('_', ' ')} cannot be restored "
            f"({type(error).__name__}: {str(error)[:200]})."
        ) from error


def _class_of(kind: str) -> Any:
    if kind == "network":
        from chainrule.network.network import Network

        return Network
    from chainrule.estimators import mlp, tabular

    return {
        "tabular_classifier": tabular.TabularClassifier,
        "tabular_regressor": tabular.TabularRegressor,
        "mlp_classifier": mlp.MLPClassifier,
        "mlp_regressor": mlp.MLPRegressor,
    }[kind]
