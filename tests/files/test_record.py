"""A model as a record: its networks, the first one included."""

from __future__ import annotations

from chainrule.files.record import ModelRecord


def test_networks_are_the_first_and_the_others(record):
    other = ({name: array * 2 for name, array in record.params.items()}, None)
    record.others = [other]
    assert record.networks == [(record.params, record.history), other]


def test_a_record_needs_no_more_than_its_parameters(record):
    bare = ModelRecord("network", record.spec, None, record.params)
    assert bare.networks == [(record.params, None)]
    assert (bare.state, bare.extra, bare.optional, bare.versions) == (None, {}, {}, {})
