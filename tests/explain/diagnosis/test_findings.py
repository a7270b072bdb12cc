"""A finding has numbers, a sentence and a fix, as text, page and JSON."""

from __future__ import annotations

import json

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.diagnosis.diagnose import Context, diagnose
from chainrule.explain.diagnosis.table import TABLE
from chainrule.spec import Dense, Loss, NetworkSpec
from diagnosed import fitted, rows


def test_a_finding_has_numbers_a_sentence_and_a_fix():
    def kill(net):
        net.biases[0] = np.where(np.arange(16) < 9, -100.0, 0.0)

    net, X, y = fitted(change=kill)
    found = net.diagnose(X, y)
    assert found.codes == ("dead-units",)
    one = found[0]
    assert one.layer == 1
    assert one.units == tuple(range(9))
    assert one.evidence["count"] == 9
    assert one.evidence["limit_share"] == TABLE["dead-units"].limits["share"]
    assert one.sentence.startswith("on all 300 rows z < 0 for 9 of 16 units")
    assert "dead-units (layer 1, units 0, 1, 2, 3, 4, 5, 6, 7 and 1 more)" in str(found)
    assert "fix: Network(..., activation=" in str(found)
    form = json.loads(json.dumps(found.to_json()))
    assert form["findings"][0]["code"] == "dead-units"
    assert form["ok"] is False
    assert "<table>" in found._repr_html_()


def test_names_in_the_page_stay_text():
    X, y = rows(n=400)
    X[:, 2] *= 1e6
    spec = NetworkSpec(4, (Dense(3, "relu"), Dense(1)), Loss("squared_error"))
    names = Names(spec, ("a", "b", "<script>", "d"))
    found = diagnose(spec, engine.initialize(spec), X, y, context=Context(names=names))
    assert "unscaled-inputs" in found.codes
    assert "'<script>'" in found[0].sentence
    assert "<script>" not in found._repr_html_()
