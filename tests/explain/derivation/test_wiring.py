"""Which layer reads which, and what is made in between is called by letters of its own."""

from __future__ import annotations

from chainrule.explain.derivation.wiring import coded_features, wires
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)

LOSS = Loss("squared_error")


def letters(*layers, n=4):
    return [wire.letter for wire in wires(NetworkSpec(n, layers, LOSS))]


def test_z_and_a_are_what_numbered_layers_make_and_read():
    assert letters(Dense(3, "tanh"), Dropout(0.5), Dense(2)) == ["z", "a", "", "z"]
    first, last = wires(NetworkSpec(4, (Dense(3), Dense(2)), LOSS))
    assert (first.letter, first.read_letter) == ("z", "a")
    assert (first.source, last.source) == (None, first.at)
    assert (first.reader, last.reader) == (last.at, None)


def test_what_stands_in_between_has_letters_of_its_own():
    assert letters(Scale(), Dense(3), Scale(), Activation("tanh"), Dense(1)) == [*"azhaz"]
    many = (Dense(3), *(Activation("tanh") for _ in range(6)), Dense(1))
    assert letters(*many) == ["z", "h", "k", "p", "r", "hh", "a", "z"]


def test_parts_beside_each_other_are_called_as_their_container():
    layer = Columns(((1, None), (2, PeriodicEmbedding(3, 1)), (1, CategoryEmbedding((2,), 2))))
    spec = NetworkSpec(4, (layer, Scale(), Dense(1)), LOSS)
    periodic, embedding, columns, scale, _ = wires(spec)
    assert (periodic.first, periodic.position, embedding.first, embedding.position) == (1, 1, 3, 5)
    assert periodic.beside and periodic.reader == columns.at
    assert (columns.letter, scale.letter) == ("h", "a")
    assert coded_features(spec) == [3]
