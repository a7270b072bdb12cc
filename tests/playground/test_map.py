"""The map is what the network answers there; its colours can be told apart by everybody."""

import re
from pathlib import Path

import numpy as np
import pytest

from chainrule import engine
from chainrule.playground import Session, problem
from playing import ask

CSS = Path(__file__).parents[2] / "web" / "src" / "app.css"

# Machado, Oliveira, Fernandes (2009): linear RGB as seen without one kind of cone.
VISION = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip


def test_classes_and_how_sure_the_network_is_of_them():
    session = Session(problem("clusters"))
    ask(session, type="advance", steps=30)
    answer, arrays = ask(session, type="map")
    moment = session._timeline.now
    u = np.linspace(*answer["map"]["x"], 64)[5]
    v = np.linspace(*answer["map"]["y"], 64)[64 - 1 - 10]
    (p,) = engine.predict(moment.spec, moment.params, np.array([[u, v]]))
    assert answer["map"]["n_classes"] == 3 and arrays["map"][10, 5] == p.argmax()
    assert arrays["confidence"][10, 5] == round(255 * (p.max() - 1 / 3) / (2 / 3))
    assert (arrays["places"] == moment.X).all()


def test_one_output_and_targets_on_one_scale():
    session = Session(problem("moons"))
    answer, arrays = ask(session, type="map")
    assert (answer["map"]["low"], answer["map"]["high"]) == (0.0, 1.0)
    assert (arrays["shades"] == 255 * session._timeline.now.y[:, 0]).all()


def table() -> Session:
    draw = np.random.default_rng(3)
    base = draw.normal(size=(40, 2))
    X = np.column_stack([base[:, 0] * 5, base[:, 1], base @ [1.0, 0.2]])
    rows = [",".join(f"{x:.6f}" for x in row) + f",{row.sum():.6f}" for row in X]
    session = Session()
    session.handle({"type": "data", "csv": "p,q,r,y\n" + "\n".join(rows)})
    return session


def test_two_of_more_inputs_the_others_at_their_median():
    session = table()
    answer, arrays = ask(session, type="map", across=2, up=0)
    moment = session._timeline.now
    x0, y1 = answer["map"]["x"][0], answer["map"]["y"][1]
    corner = np.median(moment.X, axis=0)
    corner[2], corner[0] = x0, y1
    (a,) = engine.predict(moment.spec, moment.params, corner[None])[0]
    low, high = answer["map"]["low"], answer["map"]["high"]
    assert arrays["map"][0, 0] == np.clip(round(255 * (a - low) / (high - low)), 0, 255)


def test_principal_components_are_those_of_the_covariance():
    session = table()
    answer, arrays = ask(session, type="map", plane="components")
    X = session._timeline.now.X
    sizes = np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1]
    assert answer["map"]["kept"] == pytest.approx(sizes[:2] / sizes.sum())
    assert np.cov(arrays["places"].T, bias=True) == pytest.approx(np.diag(sizes[:2]), abs=1e-12)


@pytest.mark.parametrize("name", ["sine", "mazur"])
def test_where_there_are_no_components(name):
    answer, _ = Session(problem(name)).handle({"type": "map", "plane": "components"})
    assert answer["type"] == "error" and "components" in answer["message"]


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE Lab of linear sRGB."""
    xyz = rgb @ np.array(
        [[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]]
    )
    f = np.cbrt(np.maximum(xyz / [0.95047, 1.0, 1.08883], 1e-9))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def themes() -> list[dict[str, str]]:
    """The variables of each rule that sets the colours of classes."""
    rules = re.findall(r"\{([^{}]*--class-0[^{}]*)\}", CSS.read_text())
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule)) for rule in rules]


def test_both_themes_have_the_colours_and_the_dark_one_is_written_alike_twice():
    light, by_system, chosen = themes()
    assert by_system == chosen and light.keys() == by_system.keys()


@pytest.mark.parametrize("place", [0, 1])
def test_classes_are_told_apart_whatever_cones_an_eye_has(place):
    theme = themes()[place]
    colours = [theme[f"class-{k}"] for k in range(8)]
    ground = luminance(theme["panel"])
    for colour in colours:
        high, low = max(luminance(colour), ground), min(luminance(colour), ground)
        assert (high + 0.05) / (low + 0.05) >= 3.0, colour
    for name, seen in VISION.items():
        points = [lab(np.clip(seen @ linear(colour), 0, 1)) for colour in colours]
        for k, one in enumerate(points):
            for other in points[:k]:
                assert np.linalg.norm(one - other) >= 25, (name, colours[k])
