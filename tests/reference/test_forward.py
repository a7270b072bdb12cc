"""Forward by the worked examples and by properties that a layer cannot hide."""

from __future__ import annotations

import numpy as np

from chainrule.reference.forward import forward, record_forward
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec
from strategies import Problem, random_problem


def test_xor_before_the_first_update(xor: Problem) -> None:
    z, a = forward(xor.spec, xor.params, xor.X)
    assert z[0] is None and a[0] is xor.X and len(z) == len(a) == 3
    expected = [[0.688089253], [0.697441068], [0.696339209], [0.703335398]]
    np.testing.assert_allclose(a[2], expected, atol=5e-10)


def test_xor_starts_from_the_weights_of_the_original(xor: Problem) -> None:
    # stored outputs x inputs: w11, w21 are the weights into unit 1
    np.testing.assert_allclose(
        xor.params["W1"], [[0.374540119, 0.731993942], [0.950714306, 0.598658484]], atol=5e-10
    )
    np.testing.assert_allclose(xor.params["W2"], [[0.156018640, 0.155994520]], atol=5e-10)
    np.testing.assert_allclose(xor.params["b1"], [0.058083612, 0.866176146], atol=5e-10)
    np.testing.assert_allclose(xor.params["b2"], [0.601115012], atol=5e-10)


def test_mazur(mazur: Problem) -> None:
    z, a = forward(mazur.spec, mazur.params, mazur.X)
    np.testing.assert_allclose(z[1], [[0.3775, 0.3925]], rtol=1e-15)
    np.testing.assert_allclose(a[1], [[0.593269992, 0.596884378]], atol=5e-10)
    np.testing.assert_allclose(z[2], [[1.105905967, 1.224921404]], atol=5e-10)
    np.testing.assert_allclose(a[2], [[0.751365070, 0.772928465]], atol=5e-10)


def test_layers_of_identity_are_one_product() -> None:
    rng = np.random.default_rng(0)
    spec = NetworkSpec(3, (Dense(4), Dense(2)), Loss("squared_error"))
    params = {name: rng.normal(size=shape) for name, shape in spec.parameter_shapes.items()}
    X = rng.normal(size=(5, 3))
    W = params["W2"] @ params["W1"]
    b = params["W2"] @ params["b1"] + params["b2"]
    np.testing.assert_allclose(forward(spec, params, X)[1][-1], X @ W.T + b, rtol=1e-13)


def test_masks_act_between_layers_and_are_not_in_the_activation() -> None:
    layers = (Dropout(0.5), Dense(2), Dropout(0.5), Dense(1))
    spec = NetworkSpec(2, layers, Loss("squared_error"))
    params = {
        "W1": np.array([[1.0, 10.0], [2.0, 20.0]]),
        "b1": np.zeros(2),
        "W2": np.array([[1.0, 1.0]]),
        "b2": np.zeros(1),
    }
    X = np.array([[1.0, 1.0]])
    masks = [np.array([[0.0, 2.0]]), np.array([[2.0, 0.0]]), None]
    z, a = forward(spec, params, X, masks)
    np.testing.assert_array_equal(a[0], [[1.0, 1.0]])
    np.testing.assert_array_equal(a[1], [[20.0, 40.0]])
    np.testing.assert_array_equal(z[2], [[40.0]])
    np.testing.assert_array_equal(forward(spec, params, X)[0][2], [[33.0]])


def test_a_row_does_not_feel_the_others(xor: Problem) -> None:
    whole = forward(xor.spec, xor.params, xor.X)[1][-1]
    alone = [forward(xor.spec, xor.params, xor.X[i : i + 1])[1][-1][0] for i in range(4)]
    np.testing.assert_allclose(whole, alone, rtol=1e-15)


def test_the_record_holds_every_layer_by_its_index() -> None:
    for seed in range(40):
        problem = random_problem(seed)
        spec = problem.spec
        record = record_forward(spec, problem.params, problem.X)
        assert sorted(record.inputs) == sorted(record.outputs) == list(range(len(spec.walk)))
        a = problem.X
        for at in spec.placed:
            assert record.inputs[at.index] is a
            a = record.outputs[at.index]
            assert a.shape == (len(problem.X), at.n_out)
        z, by_layer = forward(spec, problem.params, problem.X)
        np.testing.assert_array_equal(by_layer[-1], a)
        assert [len(z[l][0]) for l in range(1, spec.n_layers + 1)] == list(spec.layer_sizes[1:])


def test_a_pass_may_begin_at_any_layer() -> None:
    problem = next(
        p for p in map(random_problem, range(200)) if p.spec.a_places[0] and p.spec.n_layers > 2
    )
    spec = problem.spec
    whole = record_forward(spec, problem.params, problem.X)
    for first, at in enumerate(spec.placed):
        part = record_forward(spec, problem.params, whole.inputs[at.index], first=first)
        np.testing.assert_array_equal(part.a[-1], whole.a[-1])
        assert min(part.inputs) == min(p.index for p in at.walk())
    assert part.z[0] is None and part.a[0] is None and part.z[1] is None
