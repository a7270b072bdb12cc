"""The checker of `proofs/`: it accepts recorded steps and exports, and refuses falsified ones."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys

import numpy as np
import pytest
from fuzz.checked import PROOFS, checker, refusal, survey
from fuzz.steps import KINDS, recorded

import chainrule
from chainrule.playground import Session

STANDARD = set(sys.stdlib_module_names)


def run(program, path):
    done = subprocess.run(
        [sys.executable, "-S", PROOFS / program, path], capture_output=True, text=True
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(("program", "known"), [("checker.py", set()), ("exports.py", {"checker"})])
def test_it_imports_the_standard_library_alone(program, known):
    text = (PROOFS / program).read_text()
    assert len(text.splitlines()) <= 200
    names = set()
    for each in ast.walk(ast.parse(text)):
        if isinstance(each, ast.Import):
            names |= {alias.name for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            names.add(each.module)
    assert names - known <= STANDARD


def test_recorded_steps_are_accepted_and_each_kind_of_falsified_one_refused():
    refused, kinds, accepted = survey(8, 2)
    assert (refused, accepted) == ([], [])
    assert len(kinds) > 50 and len(KINDS) >= 60


@pytest.mark.slow
def test_many_steps():
    refused, kinds, accepted = survey(400, 4, seed=10_000)
    assert (refused, accepted) == ([], [])
    assert set(kinds) == set(KINDS)


def test_the_command(tmp_path):
    form = recorded(3)
    path = tmp_path / "step.json"
    path.write_text(json.dumps(form))
    assert run("checker.py", path) == (0, f"{path}: accepted\n")
    form["arrays"]["delta1"][0][0] += 0.5
    path.write_text(json.dumps(form))
    code, said = run("checker.py", path)
    assert code == 1 and "refused: " in said
    form["header"]["network"]["layers"].insert(0, {"kind": "scale"})
    path.write_text(json.dumps(form))
    code, said = run("checker.py", path)
    assert code == 2 and "scale" in said


def test_it_names_the_number():
    form = recorded(3)
    form["arrays"]["dL_dW1"][0][0] += 0.5
    assert "dL/dW1[0, 0] is" in refusal(checker(), form)


@pytest.fixture
def explanation():
    network = chainrule.Network([2, 3, 1], activation="gelu", random_state=0)
    X, y = np.array([[0.0, 1.0], [1.0, 0.5]]), np.array([1.0, 0.0])
    return network.explain("W1[1,0]", X, y, full=True).to_json()


def test_explanations(explanation, tmp_path):
    path = tmp_path / "explanation.json"
    path.write_text(json.dumps(explanation))
    assert run("exports.py", path) == (0, f"{path}: accepted\n")
    equations = [
        item["equation"]
        for block in explanation["blocks"]
        for item in block["items"]
        if "equation" in item
    ]
    assert len(equations) > 5
    for equation in equations:
        kept = copy.deepcopy(equation)
        equation["value"] += 0.01
        path.write_text(json.dumps(explanation))
        assert run("exports.py", path)[0] == 1
        equation.update(kept)
        if len(equations) > 8 and equation is equations[4]:
            break


def test_runs_of_the_playground(tmp_path):
    page = tmp_path / "run.html"
    page.write_text(Session().to_html(2))
    assert run("exports.py", page) == (0, f"{page}: accepted\n")
