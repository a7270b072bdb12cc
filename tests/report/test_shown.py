"""Boxes for notebooks: what a fitted model shows of itself, as text that stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn import config_context
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import chainrule
from chainrule.explain.render.box import bar, box
from hostile_names import HOSTILE

RNG = np.random.default_rng(2)
N = 60


class Balanced(HTMLParser):
    """Every element is closed where it should be; there is no script, and nothing is loaded."""

    VOID = frozenset({"br", "hr", "img", "meta", "link", "rect", "path", "polyline"})

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "link", "img")
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attributes)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def ours(html):
    """Our boxes of a page."""
    return html[html.index('<div class="chainrule-box">') :]


@pytest.fixture(scope="module")
def model():
    table = {"size": RNG.normal(size=N), "<b>town</b>": RNG.choice(["A", "<i>"], N)}
    y = np.where(table["size"] > 0, "big", "<script>")
    return chainrule.TabularClassifier(epochs=3, preset="fast", random_state=0).fit(table, y), table


def test_a_model_shows_scores_columns_and_network(model):
    model, _ = model
    html = model._repr_html_()
    box = ours(html)
    Balanced(box)
    assert html.startswith("<style>") and "sk-top-container" in html  # scikit-learn's diagram
    assert "Classifier of 2 classes: &lt;script&gt;, big" in box
    assert "&lt;b&gt;town&lt;/b&gt;" in box and "2 values: &lt;i&gt;, A" in box
    assert f"{model.spec_.n_parameters:,} parameters" in box
    accuracy = model.scores_["accuracy"]
    row = re.search(r'<th scope="row">accuracy</th><td>(.*?)</td>', box)
    assert row and row[1] == f"{100 * accuracy.value:.1f} %"
    assert model._repr_mimebundle_()["text/html"].count('chainrule-box"') == 1
    with config_context(display="text"):
        assert "text/html" not in model._repr_mimebundle_()


def test_before_fit_and_in_pipelines_the_diagram_is_alone():
    model = chainrule.TabularRegressor()
    assert "chainrule-box" not in model._repr_html_()
    assert "TabularRegressor" in make_pipeline(StandardScaler(), model)._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "Regressor of numbers"),
        ({"loss": "poisson"}, "Regressor of counts"),
        ({"loss": "pinball", "quantiles": (0.1, 0.9)}, "Regressor of the quantiles 0.1, 0.9"),
    ],
)
def test_the_task_is_told(arguments, words):
    X = RNG.normal(size=(N, 2))
    arguments = {"validation_fraction": 0, **arguments}
    model = chainrule.TabularRegressor(epochs=1, preset="fast", **arguments).fit(X, X[:, 0] ** 2)
    html = ours(model._repr_html_())
    Balanced(html)
    assert words in html and "there are no scores" in html


def test_a_loaded_model_shows_the_same(model, tmp_path):
    model, _ = model
    model.save(tmp_path / "m")
    assert ours(chainrule.load(tmp_path / "m")._repr_html_()) == ours(model._repr_html_())


def test_what_methods_return_shows_itself(model):
    model, X = model
    y = model.predict(X)
    shown = [
        model.attribute(X, n_samples=4),
        model.feature_importance(X, y, n_repeats=2),
        model.evaluate(X, y),
        model.network_,
        *model.dependence(X, ["size", "<b>town</b>"]),
        chainrule.MLPRegressor(max_iter=2).fit(RNG.normal(size=(N, 2)), np.arange(N)),
    ]
    for one in shown:
        html = ours(one._repr_html_())
        Balanced(html)
    assert "the rows given" in shown[2]._repr_html_()
    assert "&lt;b&gt;town" in shown[0]._repr_html_() and "<b>town" not in shown[1]._repr_html_()


@pytest.mark.parametrize("name", HOSTILE)
def test_headings_stay_text(name):
    Balanced(box(name, bar(1.0, 0.0, 2.0)))


def test_bars():
    assert "left:0.0%;width:50.0%" in bar(1.0, 0.0, 2.0)
    assert "left:50.0%;width:50.0%" in bar(-1.0, -2.0, 0.0)
    assert bar(0.0, 0.0, 0.0) == bar(float("nan"), 0.0, 1.0) == ""
