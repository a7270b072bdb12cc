"""The session answers messages; every number in an answer is the engine's."""

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.explain import explain
from chainrule.playground import PROBLEMS, Session, problem
from chainrule.playground.session import _HANDLERS
from playing import ask


def test_the_first_screen_is_xor_with_the_numbers_it_began_with():
    answer, arrays = ask(Session(), type="hello", id=7)
    assert answer["id"] == 7 and answer["frame"]["step"] == 0
    assert answer["frame"]["loss"] == pytest.approx(0.575949643, abs=5e-10)
    assert answer["frame"]["row"] == 3 and arrays["a2"][0] == pytest.approx(0.7033, abs=5e-5)
    assert (arrays["X"] == [[0, 0], [0, 1], [1, 0], [1, 1]]).all()


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_frame_holds_the_numbers_of_the_next_step(name):
    session = Session(problem(name))
    ask(session, type="advance", steps=5)
    moment = problem(name).start().after(5)
    trace = moment.trace()
    chosen = int(moment.rows[-1])
    answer, arrays = ask(session, type="show", row=chosen)
    frame = answer["frame"]
    assert frame["in_batch"] and frame["row"] == chosen
    row = frame["rows"].index(chosen)
    for l in range(1, moment.spec.n_layers + 1):
        drawn = np.ix_(frame["units"][l], frame["units"][l - 1])
        assert (arrays[f"W{l}"] == trace.W[l][drawn]).all()
        assert (arrays[f"dL_dW{l}"] == trace.dL_dW[l][drawn]).all()
        assert (arrays[f"delta{l}"] == trace.delta[l][row]).all()
        assert (arrays[f"a{l}"] == trace.a[l][row]).all()
    assert frame["loss"] == moment.loss()
    assert (arrays["outputs"] == engine.predict(moment.spec, moment.params, moment.X)).all()


def test_a_row_that_is_not_in_the_batch_is_shown_beside_it():
    session = Session(problem("circles"))
    moment = session._timeline.now
    row = next(r for r in range(200) if r not in moment.rows)
    answer, arrays = ask(session, type="show", row=row)
    assert answer["frame"]["row"] == row and not answer["frame"]["in_batch"]
    outputs = engine.predict(moment.spec, moment.params, moment.X[row : row + 1])
    assert arrays["a3"].tobytes() == outputs[0].tobytes()
    assert (arrays["dL_dW3"] == moment.trace().dL_dW[3]).all()
    explained, _ = ask(session, type="explain", quantity="a3[0]")
    assert explained["value"] == outputs[0, 0]
    explained, _ = ask(session, type="explain", quantity="W3[0,0]")
    assert explained["value"] == moment.trace().dL_dW[3][0, 0]
    checked, _ = ask(session, type="verify", quantity="delta1[0]")
    assert "ok" in checked["outcome"]


def test_the_worst_row_is_that_with_the_largest_loss():
    session = Session(problem("moons"))
    ask(session, type="advance", steps=40)
    answer, _ = ask(session, type="show", worst=1)
    moment = session._timeline.now
    y = moment.y[:, 0]
    p = engine.predict(moment.spec, moment.params, moment.X)[:, 0]
    losses = -np.log(np.where(y == 1, p, 1 - p))
    assert answer["frame"]["row"] == losses.argmax()
    assert answer["frame"]["row_loss"] == pytest.approx(losses.max())


def test_back_is_the_same_frame():
    session = Session(problem("circles"))
    frames = [ask(session, type="advance", steps=1) for _ in range(6)]
    for k in range(4, -1, -1):
        answer, arrays = ask(session, type="seek", step=k + 1)
        for name, expected in frames[k][1].items():
            if not name.startswith("curve"):
                assert (arrays[name] == expected).all(), name
        assert answer["frame"]["batch"] == frames[k][0]["frame"]["batch"]


def test_a_timed_advance_keeps_its_time_and_its_place():
    session = Session()
    answer, _ = ask(session, type="advance", budget_ms=5)
    assert answer["taken"] == answer["frame"]["step"] > 0
    straight = problem("xor").start().after(answer["taken"])
    assert answer["frame"]["loss"] == straight.loss()


def test_explanations_and_checks_are_those_of_explain():
    session = Session()
    answer, _ = ask(session, type="explain", quantity="W1[0,0]")
    found = explain(problem("xor").start().trace(), "W1[0,0]", row=3, check="none")
    assert answer["value"] == found.value and answer["text"] == found.to_text()
    assert [way["value"] for way in answer["paths"]] == [way.value for way in found.paths.shown]
    checked, _ = ask(session, type="verify", quantity="W1[0,0]")
    assert checked["analytic"] == found.value
    assert checked["numeric"] == pytest.approx(found.value, rel=1e-6)
    assert "ok" in checked["outcome"]


def test_verify_moves_the_loss_by_what_it_says():
    session = Session()
    checked, _ = ask(session, type="verify", quantity="W2[0,1]")
    line = checked["line"]
    assert line["at"] == session._timeline.now.params["W2"][0, 1]
    assert line["loss"] == session._timeline.now.loss()
    slope = (line["above"] - line["below"]) / (2 * line["h"])
    assert slope == pytest.approx(checked["numeric"], rel=1e-9)
    assert (checked["verdict"], checked["is_too_small"]) == ("ok", False)
    assert ask(session, type="verify", quantity="delta1[0]")[0]["line"] is None


def test_a_gradient_too_small_for_moving_says_so():
    session = Session(problem("circles"))
    ask(
        session,
        type="configure",
        hidden=[{"kind": "dense", "units": 4, "activation": "sigmoid"}] * 14,
    )
    checked, _ = ask(session, type="verify", quantity="W1[0,0]")
    assert checked["is_too_small"] and checked["verdict"] in ("ok", "too small")


def test_peek_moves_nothing_and_its_tangent_is_the_gradient():
    session = Session()
    before = ask(session, type="seek", step=0)
    answer, arrays = ask(session, type="peek", quantity="W1[0,0]", values=[0.37, 0.38])
    assert ask(session, type="seek", step=0)[1]["W1"].tobytes() == before[1]["W1"].tobytes()
    rise = (arrays["losses"][1] - arrays["losses"][0]) / 0.01
    assert rise == pytest.approx(answer["slope"], rel=1e-2)
    assert (arrays["tangent"][1] - arrays["tangent"][0]) / 0.01 == pytest.approx(answer["slope"])


def test_a_share_code_leads_another_session_here():
    session = Session()
    ask(session, type="configure", problem="moons", hidden=[{"kind": "dense", "units": 3}], seed=5)
    ask(session, type="advance", steps=9)
    change = {"kind": "parameter", "quantity": "b1[0]", "value": 0.25}
    ask(session, type="edit", change=change)
    ask(session, type="show", row=11)
    here = ask(session, type="advance", steps=3)
    code = ask(session, type="share")[0]["code"]
    there = ask(Session.opened(code), type="hello")
    assert there[0]["frame"]["step"] == 12 and there[0]["frame"]["loss"] == here[0]["frame"]["loss"]
    assert (there[1]["W1"] == here[1]["W1"]).all()
    again, _ = ask(session, type="open", code=code)
    assert again["frame"]["loss"] == here[0]["frame"]["loss"]


@pytest.mark.parametrize(
    "hidden",
    [
        [],
        [{"kind": "dense", "units": 3, "activation": "relu"}, {"kind": "layer_norm"}],
        [
            {"kind": "dense", "units": 4, "activation": "tanh"},
            {"kind": "residual", "layers": [{"kind": "dense", "units": 4, "activation": "gelu"}]},
        ],
    ],
)
def test_layers_can_be_chosen_and_come_back_as_they_were_given(hidden):
    session = Session()
    answer, _ = ask(session, type="configure", problem="circles", hidden=hidden)
    assert answer["type"] == "configure", answer
    again, _ = ask(session, type="configure", hidden=answer["hidden"])
    assert again["hidden"] == answer["hidden"] and again["sizes"] == answer["sizes"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": 3},
        {"type": "nothing"},
        {"type": "advance", "steps": 0},
        {"type": "advance", "steps": 1.5},
        {"type": "advance", "steps": True},
        {"type": "advance", "stps": 1},
        {"type": "seek"},
        {"type": "seek", "step": -1},
        {"type": "seek", "step": 10**30},
        {"type": "show", "row": 4},
        {"type": "show", "worst": 2},
        {"type": "show", "quantity": "W9[0,0]"},
        {"type": "explain", "quantity": "W1[0]"},
        {"type": "explain", "quantity": "x" * 1000},
        {"type": "peek", "quantity": "W1[0,0]", "values": []},
        {"type": "peek", "quantity": "W1[0,0]", "values": [10**400]},
        {"type": "peek", "quantity": "a1[0]", "values": [1.0]},
        {"type": "configure", "problem": "../etc/passwd"},
        {"type": "configure", "hidden": [{"kind": "dense", "units": 10**9}]},
        {"type": "configure", "hidden": [{"kind": "dense", "units": 4}] * 65},
        {"type": "configure", "hidden": [{"kind": "dropout", "rate": 0.5}]},
        {"type": "configure", "loss": "cross_entropy"},
        {"type": "configure", "training": {"learning_rate": "fast"}},
        {"type": "configure", "training": {"n_threads": []}},
        {"type": "edit", "change": {"kind": "cell", "row": 0, "column": 7, "value": 1}},
        {"type": "edit", "change": {"kind": "file", "path": "/etc/passwd"}},
        {"type": "edit", "change": {"kind": "parameter", "quantity": "W1[0,0]", "value": None}},
        {"type": "map", "across": 2},
        {"type": "map", "plane": "sphere"},
        {"type": "matrix", "layer": 3},
        {"type": "practice", "quantity": "W1[0,0]", "fading": "half"},
        {"type": "practice", "quantity": "a0[0]"},
        {"type": "answer", "quantity": "W1[0,0]", "step": 99, "answer": "1"},
        {"type": "answer", "of": "update_z1[0]", "answer": "1"},
        {"type": "race", "other": 1},
        {"type": "matrix", "layer": 1, "what": "velocity"},
        {"type": "open", "code": "AAAA"},
        {"type": "data", "csv": "a,b\n1\n"},
        {"type": "data"},
        {"type": "data", "target": "a"},
        {"type": "hello", "lane": 3},
    ],
)
def test_a_bad_message_is_refused_and_changes_nothing(message):
    session = Session()
    ask(session, type="advance", steps=2)
    answer, arrays = ask(session, **message)
    assert answer["type"] == "error" and answer["message"] and not arrays
    frame, _ = ask(session, type="seek", step=2)
    assert frame["frame"]["loss"] == problem("xor").start().after(2).loss()


def test_any_column_of_an_own_table_can_be_learned():
    session = Session()
    rows = "\n".join(f"{k},{k % 3},{('no', 'yes')[k % 2]}" for k in range(12))
    answer, _ = ask(session, type="data", csv="length,count,ripe\n" + rows)
    assert answer["learnable"] == ["length", "count", "ripe"] and answer["learned"] == "ripe"
    assert answer["outputs"] == ["no", "yes"]
    answer, _ = ask(session, type="data", target="count")
    assert answer["learned"] == "count" and answer["outputs"] == ["0", "1", "2"]
    assert answer["columns"] == ["length", "ripe=no"]
    refused, _ = ask(session, type="data", target="weight")
    assert refused["message"] == (
        "there is no column 'weight' to learn; there are length, count, ripe."
    )
    assert ask(session, type="hello")[0]["learned"] == "count"
    assert ask(session, type="configure", problem="xor")[0]["learnable"] == []


def test_a_run_that_leaves_the_finite_numbers_stays_where_it_was():
    session = Session(problem("sine"))
    ask(session, type="edit", change={"kind": "training", "settings": {"optimizer": "sgd"}})
    settings = {"learning_rate": 1e200}
    ask(session, type="edit", change={"kind": "training", "settings": settings})
    answer, _ = ask(session, type="advance", steps=50)
    assert answer["type"] == "error" and answer["code"] == "diverged"
    assert ask(session, type="hello")[0]["frame"]["step"] == 0


def test_lanes_are_apart():
    session = Session()
    ask(session, type="advance", steps=3)
    assert ask(session, type="fork")[0]["lane"] == 1
    settings = {"learning_rate": 1.0}
    ask(session, type="edit", lane=1, change={"kind": "training", "settings": settings})
    one = ask(session, type="advance", lane=0, steps=2)[0]
    two = ask(session, type="advance", lane=1, steps=2)[0]
    assert one["frame"]["step"] == two["frame"]["step"] == 5
    assert one["frame"]["loss"] > two["frame"]["loss"]


def test_a_new_fork_takes_the_place_of_an_old_one():
    session = Session()
    for into in (1, 1, 2, 1, 3, 2):
        assert ask(session, type="fork", into=into)[0]["lane"] == into
    assert ask(session, type="fork")[0]["type"] == "error"
    assert ask(session, type="fork", into=0)[0]["type"] == "error"


def test_a_race_takes_the_same_steps_by_the_clock():
    session = Session(problem("circles"))
    ask(session, type="advance", steps=3)
    ask(session, type="fork")
    settings = {"optimizer": "sgd", "learning_rate": 0.1}
    ask(session, type="edit", lane=1, change={"kind": "training", "settings": settings})
    ask(session, type="advance", steps=100)
    ask(session, type="seek", lane=1, step=60)
    answer, arrays = ask(session, type="race", other=1, first=3)
    assert answer["first"] == arrays["step"][0] == 3 and arrays["step"][-1] == 103
    assert len(arrays["step"]) == 41
    for lane in (0, 1):
        times, losses = arrays[f"ms{lane}"], arrays[f"loss{lane}"]
        assert times[0] == 0 and (np.diff(times) > 0).all()
        assert losses[-1] == ask(session, type="seek", lane=lane, step=103)[0]["frame"]["loss"]
    assert arrays["loss0"][0] == arrays["loss1"][0]
    now, _ = ask(session, type="race", other=1, first=103)
    assert now["type"] == "race"


def test_a_pasted_table_is_learned():
    rows = "\n".join(
        f"{k / 10},{'a' if k % 3 else 'b'},{'yes' if k > 20 else 'no'}" for k in range(40)
    )
    session = Session()
    answer, arrays = ask(session, type="data", csv="x,kind,answer\n" + rows, target="answer")
    assert answer["type"] == "data", answer
    assert answer["outputs"] == ["no", "yes"] and arrays["y"].sum() == 19
    assert ask(session, type="advance", steps=300)[0]["frame"]["loss"] < 0.3
    assert "stays here" in ask(session, type="share")[0]["message"]


def test_every_message_is_tried():
    tried = "hello configure data trouble edit advance seek fork race show explain share open"
    asked = "pieces verify peek map matrix practice answer diagnose ten"
    assert {*tried.split(), *asked.split()} == set(_HANDLERS)
