"""Which layer reads which, and what the numbers between them are called.

Dense layer l makes z(l), and a(l) is what the next one reads. What is made in between, or before
layer 1, is h(l); where more than one stands between, k(l) and others follow.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.source import Wire
from chainrule.spec import NetworkSpec, Placed

LETTERS = "hkpr"


def wires(spec: NetworkSpec) -> tuple[Wire, ...]:
    """One for each layer of `spec.walk`, in that order."""
    found: dict[int, Wire] = {}
    _sequence(found, spec.placed, None, 0)
    return tuple(_named(spec, [found[at.index] for at in spec.walk]))


def _sequence(
    found: dict[int, Wire], layers: tuple[Placed, ...], source: Placed | None, first: int
) -> None:
    """Wire layers that follow each other, the first of which reads `source` from `first` on."""
    for at, reader in zip(layers, (*layers[1:], None), strict=False):
        found[at.index] = Wire(at, source, first, reader)
        _inside(found, at)
        source, first = at, 0


def _inside(found: dict[int, Wire], at: Placed) -> None:
    """Wire the layers that it runs: side by side where they read ranges, else a sequence."""
    wire = found[at.index]
    beside = any(part.columns is not None for part in at.layer.inside)
    if beside:
        for part in at.inside:
            _sequence(found, (part,), wire.source, wire.first + part.first)
    else:
        _sequence(found, at.inside, wire.source, wire.first)
    ends = at.inside if beside else at.inside[-1:]
    for part in ends:
        position = kind_of(at).position(at, at.inside.index(part))
        found[part.index] = replace(
            found[part.index], reader=at, is_part=True, beside=beside, position=position
        )


def _named(spec: NetworkSpec, made: list[Wire]) -> list[Wire]:
    """The same with letters, which tell the outputs of a segment apart."""
    named = []
    numbered = {at.index for at in spec.dense_places}
    last = {at.index for at in spec.a_places if at is not None}
    between = dict.fromkeys(range(spec.n_layers + 1), 0)
    for wire in made:
        at = wire.at
        letter = read = "a" if at.index in last else ""
        if at.index in numbered:
            letter, read = "z", read or "z"
        elif not letter and kind_of(at).is_named and not wire.beside:
            k = between[at.number]
            between[at.number] += 1
            letter = read = LETTERS[k % len(LETTERS)] * (k // len(LETTERS) + 1)
        named.append(replace(wire, letter=letter, read_letter=read))
    return named


def coded_features(spec: NetworkSpec) -> list[int]:
    """The features that are codes of categories, and no numbers."""
    return [
        wire.first + i
        for wire in wires(spec)
        if kind_of(wire.at).reads_codes
        for i in range(wire.at.n_in)
    ]
