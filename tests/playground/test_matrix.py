"""Wide layers: what matters to a row comes first, and the rest can be found."""

import numpy as np
import pytest

from chainrule.playground import Session, problem
from playing import ask


@pytest.fixture
def wide() -> Session:
    session = Session(problem("clusters"))
    hidden = [{"kind": "dense", "units": n, "activation": "tanh"} for n in (40, 30)]
    ask(session, type="configure", hidden=hidden)
    ask(session, type="show", row=7)
    return session


def test_units_stand_by_their_delta_and_sources_by_what_passes_through_them(wide):
    answer, arrays = ask(wide, type="matrix", layer=2)
    trace, place = wide._beside(), 0  # row 7 is not in the batch
    delta, a, W = trace.delta[2][place], trace.a[1][place], trace.W[2]
    assert answer["units"] == np.argsort(-np.abs(delta))[:12].tolist()
    passed = [abs(a[i] * sum(W[j, i] * delta[j] for j in range(30))) for i in range(40)]
    assert answer["sources"] == sorted(range(40), key=lambda i: -passed[i])[:12]
    assert (answer["n_units"], answer["n_sources"]) == (30, 40)
    assert (arrays["values"] == W[np.ix_(answer["units"], answer["sources"])]).all()
    assert (arrays["delta"] == delta[answer["units"]]).all()


def test_the_next_units_and_a_unit_by_number(wide):
    every = [ask(wide, type="matrix", layer=1, first=k)[0]["units"] for k in (0, 12, 24, 36)]
    assert sorted(unit for units in every for unit in units) == list(range(40))
    answer, arrays = ask(wide, type="matrix", layer=1, unit="31", what="dL_dW")
    gradients = wide._trace().dL_dW[1][31]
    assert answer["units"] == [31] and (arrays["values"] == gradients[answer["sources"]]).all()
    assert ask(wide, type="matrix", layer=1, unit="4711")[0]["units"] == []


def test_outputs_and_inputs_by_a_part_of_their_name(wide):
    assert ask(wide, type="matrix", layer=3, unit="IGHT")[0]["unit_names"] == ["right"]
    assert ask(wide, type="matrix", layer=1, source="x1")[0]["sources"] == [1]


def test_an_explanation_of_many_terms_begins_with_three(wide):
    answer, _ = ask(wide, type="explain", quantity="W1[3,0]")
    trace = wide._trace()
    place = answer["row"]  # gradients are those of the batch, which is without row 7
    terms = trace.W[2][:, 3] * trace.delta[2][place]
    leading = answer["leading"]
    order = np.argsort(-np.abs(terms))
    assert leading["of"] == "delta1[3]" and leading["n_terms"] == 30
    assert [piece["value"] for piece in leading["pieces"][:3]] == terms[order[:3]].tolist()
    assert leading["pieces"][3]["value"] == pytest.approx(terms[order[3:]].sum(), rel=1e-12)
    share = np.abs(terms[order[:3]]).sum() / np.abs(terms).sum()
    assert leading["carried"] == pytest.approx(share)
    assert leading["sum"] * leading["factor"] == pytest.approx(leading["value"])


def test_an_explanation_of_few_terms_stays_as_it_is():
    assert ask(Session(), type="explain", quantity="W1[0,0]")[0]["leading"] is None
