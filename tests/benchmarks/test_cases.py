from dataclasses import replace

import numpy as np
import pytest
from benchmarks.cases import GOALS, TABLE_1, Case


def test_flops_are_those_of_the_products():
    # 5 rows through 2-3-4: forward 2*3 + 3*4, weights the same, data 3*4 (layer 1 has none).
    assert Case((2, 3, 4), 5, 5).flops == 2 * 5 * ((6 + 12) + (6 + 12) + 12)


def test_table_1_has_a_goal_each_and_equal_batches():
    assert len(TABLE_1) == len(GOALS)
    for case in TABLE_1:
        assert case.n_batches >= 1


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_data_is_fixed_and_fills_whole_batches(task):
    case = Case((4, 8, 3), 32, 150, task=task)
    X, y = case.data()
    assert X.shape == (128, 4)
    assert X.dtype == np.float32
    assert y.shape == ((128,) if task == "classes" else (128, 3))
    again = case.data()
    np.testing.assert_array_equal(X, again[0])
    np.testing.assert_array_equal(y, again[1])


def test_validation_rows_are_others_of_the_same_teacher():
    case = Case((4, 8, 3), 32, 128)
    X, y = case.data()
    X_validation, y_validation = case.validation()
    assert len(X_validation) == 32
    longer_X, longer_y = replace(case, rows=160).data()
    np.testing.assert_array_equal(longer_X, np.vstack([X, X_validation]))
    # The noise is drawn row by row too, so a longer table begins with the shorter one.
    np.testing.assert_array_equal(longer_y, np.concatenate([y, y_validation]))


def test_json_form_gives_the_case_back():
    case = Case((20, 8, 2), 16, 64, "tanh", "sgd", task="numbers")
    assert Case.from_json(case.to_json()) == case
