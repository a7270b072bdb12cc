"""Hostile model files of `fuzz/`: refused by name, or answered sensibly; never anything else."""

from __future__ import annotations

import itertools
import random

import pytest
from fuzz.bombs import bombs
from fuzz.campaign import mutants, survey
from fuzz.forgeries import forgeries
from fuzz.judge import REFUSED, SAME, answers, judged
from fuzz.models import MODELS, saved
from fuzz.sealed import opened, sealed

from chainrule.errors import ModelFileError
from chainrule.estimators.load import loads
from fuzz import judge

QUICK = ("network of blocks", "bag of regressors", "drop-in of several labels")
_FILES = {}


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine is no finding."""
    monkeypatch.setattr(judge, "SECONDS", 60.0)


def file_of(name):
    if name not in _FILES:
        _FILES[name] = saved(name)
    return _FILES[name]


def every(names):
    return {name: file_of(name) for name in names}


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_model_comes_back(name):
    data = file_of(name)
    assert sealed(*opened(data)) == sealed(*opened(sealed(*opened(data))))
    assert judged(data, answers(loads(data))) == SAME


def forged(names, step):
    for name, data in every(names).items():
        start = random.Random(step).randrange(step)
        for what, make in itertools.islice(forgeries(data), start, None, step):
            yield name, what, make()


def test_some_forgeries():
    outcome = survey(every(QUICK), forged(QUICK, 97), measure=False)
    assert outcome.findings == []
    assert outcome.counts[REFUSED] > 50


@pytest.mark.slow
def test_forgeries_of_every_kind_of_model():
    outcome = survey(every(MODELS), forged(MODELS, 23), measure=False)
    assert outcome.findings == []
    assert outcome.counts[REFUSED] > 2000


@pytest.mark.slow
def test_mutants_of_every_kind_of_model():
    files = every(MODELS)
    outcome = survey(files, mutants(files, 11, 4000), measure=False)
    assert outcome.findings == []


@pytest.mark.slow
def test_bombs_are_refused():
    files = every(MODELS)
    kept = ("20,000 threads",)  # which nothing starts
    for name, data in bombs(files):
        if name not in kept:
            with pytest.raises(ModelFileError):
                loads(data)


def test_what_a_judge_finds(monkeypatch):
    data = file_of("network")
    monkeypatch.setattr(judge, "SECONDS", -1.0)
    with pytest.raises(judge.Finding, match="took"):
        judged(data)
    monkeypatch.setattr(judge, "SECONDS", 60.0)
    monkeypatch.setattr(judge, "loads", lambda data: 1 / 0)
    with pytest.raises(judge.Finding, match="load raises ZeroDivisionError"):
        judged(data)
