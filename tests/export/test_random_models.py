"""Exports answer as their models do, on missing, unknown and extreme rows of random models.

All of them, 300 models of 500 rows: CHAINRULE_EXPORTS=300 pytest -m slow <this file>.
"""

from __future__ import annotations

import os

import pytest

from chainrule.export.agreement import TOLERANCE
from chainrule.spec import KINDS
from exports import WRITERS, random_model

SEVERAL = int(os.environ.get("CHAINRULE_EXPORTS", "40"))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_few_random_models(writer):
    for seed in range(8) if writer != "c" else (4, 6):
        found = random_model(seed, can_hash=writer != "onnx").compared(writer, 60)
        assert found.n_rows == 60 and found.difference <= TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("seed", range(8, 8 + SEVERAL))
def test_random_models(seed, writer):
    found = random_model(seed, can_hash=writer != "onnx").compared(writer, 500)
    assert found.n_rows == 500 and found.difference <= TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 8 + SEVERAL))
def test_c_in_double(seed):
    found = random_model(seed, can_hash=True).in_double().compared("c", 500)
    assert found.n_rows == 500 and found.difference <= 1e-6


def test_the_random_models_have_every_layer_kind():
    met = {at.layer.kind for seed in range(40) for at in random_model(seed).spec.walk}
    assert met == set(KINDS)
