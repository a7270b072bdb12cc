"""Time travel: back and forth through the same numbers, changes included."""

import numpy as np
import pytest

from chainrule.playground import problem
from chainrule.playground.changes import SetCell, SetParameter, SetTarget, SetTraining
from chainrule.playground.timeline import MAX_POINTS, Timeline


def numbers(moment) -> bytes:
    moments = moment.state.moments
    arrays = [*moment.params.values(), *(moments[name] for name in sorted(moments))]
    return b"".join(array.tobytes() for array in arrays) + moment.X.tobytes() + moment.y.tobytes()


@pytest.mark.parametrize("name", ["xor", "moons"])
def test_forward_and_back_gives_the_same_bits(name):
    run = Timeline(problem(name).start())
    forward = [numbers(run.now)]
    for step in range(1, 41):
        forward.append(numbers(run.seek(step)))
    for step in range(40, -1, -1):
        assert numbers(run.seek(step)) == forward[step]
    assert numbers(run.seek(33)) == forward[33]


def test_a_change_is_made_again_on_the_way():
    run = Timeline(problem("xor").start())
    run.seek(10)
    run.change(SetParameter("W1[0,1]", -1.0))
    run.change(SetCell(2, 0, 0.5))
    run.seek(20)
    run.change(SetTraining({"learning_rate": 1.0}))
    late = numbers(run.seek(30))
    assert run.seek(5).params["W1"][0, 1] > 0
    assert run.seek(10).params["W1"][0, 1] == -1.0
    assert numbers(run.seek(30)) == late
    assert run.now.training.learning_rate == 1.0 and run.seek(19).training.learning_rate == 0.1


def test_a_new_change_drops_what_came_after():
    run = Timeline(problem("xor").start())
    run.seek(10)
    run.change(SetParameter("b1[0]", 5.0))
    run.seek(20)
    run.seek(4)
    run.change(SetTarget(0, 0, 1.0))
    assert [step for step, _ in run.changes] == [4]
    untouched = Timeline(problem("xor").start())
    untouched.seek(4)
    untouched.change(SetTarget(0, 0, 1.0))
    assert numbers(run.seek(25)) == numbers(untouched.seek(25))


def test_a_fork_goes_its_own_way():
    run = Timeline(problem("xor").start())
    run.seek(5)
    other = run.forked()
    other.change(SetTraining({"learning_rate": 2.0}))
    assert numbers(other.seek(6)) != numbers(run.seek(6))
    assert numbers(other.seek(3)) == numbers(run.seek(3))


def test_the_curve_stays_short_and_kept_moments_few(monkeypatch):
    monkeypatch.setattr("chainrule.playground.timeline.MAX_KEPT", 16)
    run = Timeline(problem("xor").start())
    for step in range(1, 2 * MAX_POINTS):
        run.seek(step)
        run.loss()
    steps, losses = run.curve()
    assert len(steps) == len(losses) == MAX_POINTS
    assert steps[0] == 1 and steps[-1] == 2 * MAX_POINTS - 1
    assert len(run._kept) <= 17
    straight = problem("xor").start().after(777)
    assert (run.seek(777).params["W1"] == straight.params["W1"]).all()


def test_changes_refuse_what_is_not_there():
    start = problem("xor").start()
    with pytest.raises(ValueError, match="row 4 does not exist"):
        SetCell(4, 0, 1.0)(start)
    with pytest.raises(ValueError, match="is computed"):
        SetParameter("z1[0]", 1.0)(start)
    with pytest.raises(ValueError, match="constant rate"):
        SetTraining({"schedule": "cosine"})(start)
    with pytest.raises(TypeError, match="did you mean 'learning_rate'"):
        SetTraining({"lr": 1.0})(start)
    assert np.isfinite(start.loss())


def test_the_step_before_the_largest_rise_of_the_loss_is_known():
    run = Timeline(problem("xor").start())
    for step in range(8):
        run.seek(step)
        run.loss()
    assert run.before_jump() is None
    run.change(SetParameter("W2[0,0]", 30.0))
    run.loss()
    run.seek(9)
    run.loss()
    assert run.before_jump() == 6  # the loss of step 7 is that with the changed weight
