"""A number in pieces, as a hand computes it: their sums are the engine's numbers."""

import math
from typing import Any

import pytest

from chainrule.playground import PROBLEMS, Session, problem
from playing import ask

DEEP = [
    {"kind": "dense", "units": 20, "activation": "tanh"},
    {"kind": "layer_norm"},
    {"kind": "residual", "layers": [{"kind": "dense", "units": 20, "activation": "gelu"}]},
    {"kind": "dense", "units": 3, "activation": "sigmoid"},
]


def told(session: Session, **message: Any) -> dict[str, Any]:
    answer, _ = ask(session, **message)
    assert answer["type"] != "error", answer
    return answer


def added_up(pieces: list[dict[str, Any]]) -> float:
    """What one gets who multiplies and adds in this order."""
    total = 0.0
    for piece in pieces:
        total = total * piece["value"] if piece["joins"] == "times" else total + piece["value"]
        assert total == pytest.approx(piece["total"], rel=1e-12, abs=1e-14)
    return total


def sessions() -> dict[str, Session]:
    found = {name: Session(problem(name)) for name in PROBLEMS}
    deep = Session(problem("moons"))
    told(deep, type="configure", hidden=DEEP)
    return {**found, "deep": deep}


@pytest.mark.parametrize("name", [*PROBLEMS, "deep"])
def test_pieces_add_up_to_the_engines_number(name):
    session = sessions()[name]
    frame = told(session, type="advance", steps=3)["frame"]
    trace = session._trace()
    row = frame["rows"].index(frame["row"])
    for l in range(1, len(frame["units"])):
        for j in frame["units"][l][:3]:
            for kind, n in zip(("z", "delta"), frame["pieces"][l - 1], strict=True):
                found = told(session, type="pieces", quantity=f"{kind}{l}[{j}]")
                assert len(found["pieces"]) == n
                number = float(trace[f"{kind}{l}"][row][j])
                assert found["value"] == found["pieces"][-1]["total"] == number
                assert added_up(found["pieces"]) == pytest.approx(number, rel=1e-12, abs=1e-14)
            i = frame["units"][l - 1][0]
            found = told(session, type="pieces", quantity=f"W{l}[{j},{i}]")
            assert found["all_rows"] == trace.dL_dW[l][j, i]
            if l == 1:
                product = float(trace.delta[1][row][j] * trace.a[0][row][i])
                assert found["value"] == pytest.approx(product, rel=1e-15)


def test_mazurs_first_unit_is_taken_product_by_product():
    found = told(Session(problem("mazur")), type="pieces", quantity="z1[0]")
    values = [piece["value"] for piece in found["pieces"]]
    assert values == pytest.approx([0.15 * 0.05, 0.20 * 0.10, 0.35], rel=1e-15)
    assert [piece["link"] for piece in found["pieces"]] == [(1, 0, 0), (1, 0, 1), None]
    back = told(Session(problem("mazur")), type="pieces", quantity="delta1[0]")["pieces"]
    assert [piece["joins"] for piece in back] == ["add", "add", "times"]
    assert [round(piece["value"], 4) for piece in back] == [0.0554, -0.0190, 0.2413]


def test_products_over_edges_that_are_not_drawn_stand_together():
    session = Session(problem("circles"))
    told(session, type="configure", hidden=[{"kind": "dense", "units": 30, "activation": "tanh"}])
    found = told(session, type="pieces", quantity="z2[0]")["pieces"]
    assert len(found) == 14 and found[12]["count"] == 18
    trace = session._trace()
    row = int(session.handle({"type": "show"})[0]["frame"]["row"])
    place = list(trace.row_ids).index(row)
    drawn = {piece["link"][2] for piece in found[:12]}
    left = [trace.W[2][0, i] * trace.a[1][place][i] for i in range(30) if i not in drawn]
    assert found[12]["value"] == pytest.approx(math.fsum(left), rel=1e-12)


def test_the_loss_has_no_pieces():
    answer, _ = Session().handle({"type": "pieces", "quantity": "loss"})
    assert answer["type"] == "error" and "one piece" in answer["message"]


@pytest.mark.parametrize("name", [*PROBLEMS, "deep"])
def test_the_factors_of_a_gradient_multiply_to_what_the_row_adds(name):
    session = sessions()[name]
    frame = told(session, type="advance", steps=2)["frame"]
    n_layers = len(frame["units"]) - 1
    for quantity in ("W1[0,0]", "b1[0]", f"W{n_layers}[0,0]"):
        found = told(session, type="explain", quantity=quantity)
        row = told(session, type="pieces", quantity=quantity)["value"]
        values = [factor["value"] for factor in found["factors"]]
        assert math.prod(values) == pytest.approx(row, rel=1e-12)


def test_mazurs_factors_are_those_of_the_origin():
    factors = told(Session(problem("mazur")), type="explain", quantity="W1[0,0]")["factors"]
    assert [factor["name"] for factor in factors] == ["a", "slope", "back"]
    values = [factor["value"] for factor in factors]
    assert values == pytest.approx([0.05, 0.241300709, 0.036350306], abs=5e-10)
    assert [factor["units"] for factor in factors] == [["0/0"], ["1/0"], ["2/0", "2/1"]]
