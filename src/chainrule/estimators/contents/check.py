"""From the kind of a model to what its file must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chainrule.errors import DataError, ModelFileError, SpecError
from chainrule.estimators.contents.tables import check_table_model
from chainrule.files import ModelRecord
from chainrule.network.contents import check_network
from chainrule.spec import NetworkSpec

Contents = Callable[[str, NetworkSpec, int, Mapping[str, Any]], None]

_LONGEST = 400  # characters of a message


def check_record(record: ModelRecord) -> None:
    """Raise `ModelFileError` unless the record's entries are those of its kind of model."""
    check_contents(record.kind, record.spec, len(record.networks), record.extra)


def check_contents(kind: str, spec: NetworkSpec, n_networks: int, extra: Mapping[str, Any]) -> None:
    """Raise `ModelFileError`, naming the entry, unless `extra` goes with the kind and its networks.

    Parameters
    ----------
    kind : str
        One of `files.KINDS`.
    spec : NetworkSpec
        Of each of the networks.
    n_networks : int
    extra : mapping
        "extra" of the file's description.
    """
    try:
        _CHECKS[kind](kind, spec, n_networks, extra)
    except (SpecError, DataError) as error:
        message = error.message if len(error.message) <= _LONGEST else error.message[:_LONGEST]
        raise ModelFileError(f"the file describes no possible model: {message}") from error


def _check_network(kind: str, spec: NetworkSpec, n_networks: int, extra: Mapping[str, Any]) -> None:
    check_network(n_networks, extra)


def _check_drop_in(kind: str, spec: NetworkSpec, n_networks: int, extra: Mapping[str, Any]) -> None:
    from chainrule.estimators.contents.drop_in import check_drop_in  # imports scikit-learn

    check_drop_in(kind, spec, n_networks, extra)


_CHECKS: Mapping[str, Contents] = {
    "network": _check_network,
    "tabular_classifier": check_table_model,
    "tabular_regressor": check_table_model,
    "mlp_classifier": _check_drop_in,
    "mlp_regressor": _check_drop_in,
}
