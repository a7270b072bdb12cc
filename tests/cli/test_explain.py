"""`chainrule explain`: one number of the user's own model, in every form."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule
from chainrule.explain.examples import mazur
from chainrule.reference.forward import forward
from chainrule.table.read import read_table

QUANTITY = "W1[3,bill_length_mm]"


def loaded(trained: Path, penguins: Path) -> tuple[Any, Any, np.ndarray]:
    """The model and the rows, as the library sees them."""
    table = read_table(penguins)
    return chainrule.load(trained), table.without("species"), table["species"]


def test_the_text_is_that_of_the_library(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("explain", trained, penguins, QUANTITY, "--row", "17")
    assert run.code == 0
    model, X, y = loaded(trained, penguins)
    names = [f"{row}, line {row + 2}" for row in range(len(y))]
    text = str(model.explain(QUANTITY, X, y, row=17, row_ids=names))
    assert run.out.startswith(text)
    assert run.out.splitlines()[-1].startswith("next: chainrule check ")
    assert max(map(len, run.out.splitlines()[:-1])) <= 80
    for said in ("row 17", "line 19", "from the cell 42.5", "bill_length_mm", "zero moments"):
        assert said in run.out
    assert "relative error < 1e-05: ok" in run.out


def test_json_holds_the_number_of_an_independent_gradient(
    cli: Any, trained: Path, penguins: Path
) -> None:
    found = json.loads(cli("explain", trained, penguins, QUANTITY, "--json").out)
    model, X, y = loaded(trained, penguins)
    from chainrule.table.frame import as_table

    inputs, _ = model.encoder_.transform(as_table(X), np.float64)
    codes = np.unique(y, return_inverse=True)[1]
    source = model.input_names_.index("bill_length_mm")
    params = {k: w.astype(float) for k, w in model.network_.params.items()}

    def loss(w: float) -> float:
        moved = {**params, "W1": params["W1"].copy()}
        moved["W1"][3, source] = w
        p = forward(model.network_.spec, moved, inputs)[1][-1]
        return float(-np.log(p[np.arange(len(p)), codes]).mean())

    w, h = params["W1"][3, source], 1e-5
    assert found["value"] == pytest.approx((loss(w + h) - loss(w - h)) / (2 * h), rel=1e-4)
    assert found["quantity"] == f"W1[3,{source}]"
    assert found["check"]["verdict"] == "ok"
    assert found["notices"] == []


def test_rows_are_those_of_the_table(cli: Any, trained: Path, penguins: Path) -> None:
    lines = penguins.read_text().splitlines()
    lines[3] = lines[3].replace("Adelie", "", 1)  # row 2 loses its species
    penguins.write_text("\n".join(lines) + "\n")
    run = cli("explain", trained, penguins, "z1[0]", "--row", "5")
    assert "row 4 is row 5, line 7 of the table" in " ".join(run.out.split())
    assert "1 row has no value in 'species'" in run.err
    assert "--row counts all of them" in run.err
    run = cli("explain", trained, penguins, "z1[0]", "--row", "2")
    assert (run.code, run.out) == (2, "")
    assert "row 2 has no target value" in run.err
    run = cli("explain", trained, penguins, "z1[0]", "--row", "900")
    assert "row 900 is not among the rows used, which end at 343" in run.err


def test_the_first_rows_of_a_long_table(cli: Any, trained: Path, penguins: Path) -> None:
    head, *rows = penguins.read_text().splitlines()
    penguins.write_text("\n".join([head, *(rows * 4)]) + "\n")
    run = cli("explain", trained, penguins, "loss")
    assert "the first 1,024 of 1,376 rows are used" in run.err
    assert "mean over 1024 rows" in run.out
    assert "mean over 12 rows" in cli("explain", trained, penguins, "--rows", "12").out


def test_latex_and_html_are_all_that_is_printed(cli: Any, trained: Path, penguins: Path) -> None:
    latex = cli("explain", trained, penguins, QUANTITY, "--latex")
    assert (latex.code, latex.err) == (0, "")
    assert latex.out.startswith("\\documentclass") and "\\begin{align*}" in latex.out
    part = cli("explain", trained, penguins, QUANTITY, "--latex-fragment").out
    assert part.startswith("% Needs \\usepackage{amsmath}") and part.strip() in latex.out
    page = cli("explain", trained, penguins, QUANTITY, "--html").out
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
    assert page.isascii()  # so that no encoding can spoil it

    class Tags(HTMLParser):
        seen: list[str]

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            self.seen.append(tag)

    parser = Tags()
    parser.seen = []
    parser.feed(page)
    assert parser.seen.count("html") == parser.seen.count("title") == 1
    assert "math" in parser.seen


def test_all_of_a_small_network(cli: Any, tmp_path: Path) -> None:
    rows = "".join(f"{i},{'uv'[i > 9]}\n" for i in range(20))
    (tmp_path / "t.csv").write_text("a,c\n" + rows)
    assert cli("train", "t.csv", "--target", "c", "--epochs", "2", "--hidden", "2").code == 0
    found = json.loads(cli("explain", "t.safetensors", "t.csv", "--all", "--json").out)
    model = chainrule.load(tmp_path / "t.safetensors")
    assert len(found["explanations"]) == model.network_.spec.n_parameters
    assert len({one["quantity"] for one in found["explanations"]}) == len(found["explanations"])
    text = cli("explain", "t.safetensors", "t.csv", "--all").out
    for name in ("W1[0,0]", "b1[1]", "W2[1,1]", "b2[0]"):
        assert f"\n{name} = " in f"\n{text}"
    drawn = cli("explain", "t.safetensors", "t.csv", "--draw", "--row", "3").out
    assert "┌" in drawn and " u " in drawn and "gradient" not in drawn
    both = cli("explain", "t.safetensors", "t.csv", "loss", "--draw", "--full").out
    assert "┌" in both and "loss of row" in both


def test_wide_networks_are_drawn_as_matrices(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("explain", trained, penguins, "--draw")
    assert "W1 (32 x 28), layer 1, selu" in run.out


def test_digits_and_terms(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli(
        "explain", trained, penguins, "b2[Adelie]", "--digits", "full", "--top", "2", "-q", "--full"
    )
    model, X, y = loaded(trained, penguins)
    value = model.trace(X, y).dL_db[2][0]
    assert repr(abs(float(value))) in run.out
    assert "all digits" in run.out and "342 more)" in run.out
    assert "next:" not in run.out
    assert "more" not in cli("explain", trained, penguins, "b2[0]", "--top", "all", "--full").out
    assert "\ncheck" not in cli("explain", trained, penguins, "b2[0]", "--check", "none").out


def test_ascii_where_the_terminal_knows_no_more(
    cli: Any, trained: Path, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.cli.showing.speaks_unicode", lambda: False)
    run = cli("explain", trained, penguins, QUANTITY, "--row", "1")
    assert run.out.isascii() and "dL/dW1[3,3] =" in run.out


def test_hostile_names_stay_text(cli: Any, tmp_path: Path) -> None:
    name = "a\x1b[2J<b>&"
    rows = "".join(f"{i},{'uv'[i % 2]}\n" for i in range(20))
    (tmp_path / "t.csv").write_text(f"{name},c\n{rows}")
    assert cli("train", "t.csv", "--target", "c", "--epochs", "1", "--hidden", "2").code == 0
    for options in (["W1[0,0]"], ["--draw"]):
        run = cli("explain", "t.safetensors", "t.csv", *options)
        assert run.code == 0
        assert "\x1b" not in run.out + run.err
    page = cli("explain", "t.safetensors", "t.csv", "W1[0,0]", "--html").out
    assert "<b>" not in page and "\x1b" not in page


WRONG = {
    "no such unit": (["W1[99,0]"], "asks for unit 99 of layer 1, which has 32"),
    "no such input": (["W1[0,bill_lenght_mm]"], "no unit called 'bill_lenght_mm'"),
    "no quantity": (["weights"], "cannot read the quantity 'weights'"),
    "bad top": (["loss", "--top", "0"], "--top takes a number above 0 or 'all', found '0'"),
    "bad digits": (["loss", "--digits", "99"], "--digits takes 1 to 17 or 'full'"),
    "bad check": (["loss", "--check", "magic"], "--check takes central, complex, none"),
    "two forms": (["loss", "--latex", "--html"], "exclude each other"),
    "json and more": (["loss", "--json", "--latex"], "--json stands alone"),
    "all and one": (["loss", "--all"], "leave out QUANTITY or --all"),
    "drawn page": (["loss", "--html", "--draw"], "--draw goes with text"),
    "negative row": (["loss", "--row", "-1"], "--row"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_sentence(cli: Any, trained: Path, penguins: Path, name: str) -> None:
    options, message = WRONG[name]
    run = cli("explain", trained, penguins, *options)
    assert run.code == 2
    assert "Traceback" not in run.err
    first = run.err.splitlines()[0]
    assert first.startswith("error: ") and message in first


def test_all_of_a_large_network_is_refused(cli: Any, tmp_path: Path) -> None:
    rows = "".join(f"{i},{'uv'[i % 2]}\n" for i in range(20))
    (tmp_path / "t.csv").write_text(f"a,c\n{rows}")
    assert cli("train", "t.csv", "--target", "c", "--epochs", "1", "--hidden", "40,40").code == 0
    run = cli("explain", "t.safetensors", "t.csv", "--all")
    assert "--all is for networks of at most 1,000 parameters; this one has 2," in run.err


def test_demo_and_explain_tell_the_same(cli: Any) -> None:
    from chainrule.explain.explain import explain

    run = cli("demo", "mazur", "W1[0,0]", "-q")
    assert run.out == str(explain(mazur().trace(), "W1[0,0]")) + "\n"
