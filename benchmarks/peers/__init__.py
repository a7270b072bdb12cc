"""Who is measured: one file a library, each run in processes of its own."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """A file of this folder and the systems it trains with.

    Attributes
    ----------
    module : str
        File name, run by `benchmarks.peers.worker`.
    package : str
        What must be importable.
    systems : mapping of str to str
        Name of a system -> its kind: "ours", "people" (what is commonly run), "tuned" (as fast as
        the library can be made), "idiom" (as its tutorials show it, reported apart).
    """

    module: str
    package: str
    systems: dict[str, str]


PEERS = (
    Peer(
        "chainrule_engine",
        "chainrule",
        {"chainrule": "ours", "chainrule, shuffled": "ours", "chainrule, own threads": "ours"},
    ),
    Peer(
        "torch_eager",
        "torch",
        {
            "PyTorch eager, fused Adam": "people",
            "PyTorch eager, foreach Adam": "people",
            "PyTorch, DataLoader": "idiom",
        },
    ),
    Peer("sklearn_mlp", "sklearn", {"scikit-learn": "people", "scikit-learn, shuffled": "idiom"}),
    Peer("jax_scan", "jax", {"JAX, epoch scan": "tuned", "JAX, whole-fit scan": "tuned"}),
    Peer(
        "torch_compile",
        "torch",
        {"torch.compile, step": "tuned", "torch.compile, model": "tuned"},
    ),
    Peer("skorch_net", "skorch", {"skorch": "idiom"}),
    Peer("numpy_reference", "chainrule", {"NumPy reference": "idiom"}),
)

KINDS = {name: kind for peer in PEERS for name, kind in peer.systems.items()}


def installed(peer: Peer) -> bool:
    return importlib.util.find_spec(peer.package) is not None
