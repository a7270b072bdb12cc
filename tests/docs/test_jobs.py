"""Every job of docs/jobs.md runs as it stands there, and does what its title says."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import chainrule
from chainrule.cli.app import main
from chainrule.estimators.tabular.base import TabularModel

PAGE = Path(__file__).parents[2] / "docs" / "jobs.md"
JOB = re.compile(
    r"^### (\d+)\. (.+)\n(?:(?!```|###).*\n)*```(sh|python)\n((?:(?!```).*\n)+)```$", re.MULTILINE
)
# What one of the networks is in the quick run; the commands are those of the page.
SMALL = {"hidden_layer_sizes": (8, 8, 8), "epochs": 3, "row_visits": None}


def tables() -> None:
    """The tables of the page, in the working directory."""
    rng = np.random.default_rng(0)

    def customers(n: int, first: int) -> pd.DataFrame:
        calls, spent = rng.poisson(3, n), rng.gamma(2, 20, n).round(2)
        return pd.DataFrame(
            {
                "customer": [f"C{first + i:05d}" for i in range(n)],
                "since": pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
                "plan": rng.choice(["basic", "plus", "pro"], n),
                "spent": np.where(rng.random(n) < 0.1, np.nan, spent),
                "calls": calls,
                "churn": np.where(calls + rng.normal(0, 1, n) > 5, "yes", "no"),
            }
        )

    customers(120, 0).to_csv("customers.csv", index=False)
    customers(60, 500).to_csv("march.csv", index=False)
    customers(20, 900).drop(columns="churn").to_csv("new.csv", index=False)
    day = pd.date_range("2020-01-01", periods=110)
    price = rng.uniform(1, 3, 110).round(2)
    units = 40 - 9 * price + 5 * (day.dayofweek == 5) + rng.normal(0, 1, 110)
    shop = rng.choice(["north", "south"], 110)
    sales = pd.DataFrame({"day": day, "shop": shop, "price": price, "units": units.round(1)})
    sales[:90].to_csv("sales.csv", index=False)
    sales[90:].drop(columns="units").to_csv("next.csv", index=False)
    patient = np.repeat(np.arange(20), 4)
    pulse = rng.normal(70, 8, 80).round()
    ill = np.where(pulse > 72, "yes", "no")
    pd.DataFrame(
        {"patient": patient, "pulse": pulse, "age": 30 + patient, "ill": ill}
    ).to_csv("visits.csv", index=False)  # fmt: skip
    age = rng.integers(18, 90, 80)
    city = rng.choice(["A", "B"], 80)
    income = (age * 31.5 + rng.normal(0, 99, 80)).round(1)
    pd.DataFrame(
        {"age": age, "city": city, "income": income, "weight": rng.integers(1, 9, 80)}
    ).to_csv("survey.csv", index=False)  # fmt: skip
    with sqlite3.connect("shop.db") as base:
        orders = pd.DataFrame({"item": city, "price": age / 7, "sold": income.round(2)})
        orders.to_sql("orders", base, index=False)
    base.close()


def jobs() -> list[tuple[int, str, str, str]]:
    return [(int(n), title, kind, code) for n, title, kind, code in JOB.findall(PAGE.read_text())]


def run_page(capsys: pytest.CaptureFixture[str]) -> dict[int, Any]:
    """What each job printed, or the names of its program."""
    tables()
    found: dict[int, Any] = {}
    for number, title, kind, code in jobs():
        if code.startswith("chainrule tune") and find_spec("optuna") is None:
            continue
        if kind == "sh":
            code = code.replace("--trials 20", "--trials 2")
            told = main(shlex.split(code)[1:])
            # `diagnose` ends with 1 where it found something.
            assert told == 0 or (told == 1 and "diagnose" in code), (title, capsys.readouterr())
            found[number] = capsys.readouterr().out
        else:
            names: dict[str, Any] = {}
            exec(compile(code, title, "exec"), names)
            found[number] = names
    return found


def test_the_page_lists_jobs_of_one_command_or_five_lines() -> None:
    listed = jobs()
    assert [number for number, *_ in listed] == list(range(1, len(listed) + 1))
    assert len(listed) == PAGE.read_text().count("\n```") // 2 >= 20
    for _, title, kind, code in listed:
        lines = [line for line in code.splitlines() if line]
        assert len(lines) <= (1 if kind == "sh" else 5), title


@pytest.mark.filterwarnings("ignore")
def test_every_job_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(TabularModel, "_recipe", SMALL)
    check(run_page(capsys))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_job_runs_at_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run_page(capsys)
    check(found)
    # The networks are worth something, too.
    model = chainrule.load("customers.safetensors")
    march = pd.read_csv("march.csv", parse_dates=["since"])
    assert model.score(march, march["churn"]) > 0.8
    assert found[20]["far"][0] > 297


def check(found: dict[int, Any]) -> None:
    """The titles of the page are true."""
    answers, new = pd.read_csv("answers.csv"), pd.read_csv("new.csv")
    assert list(answers) == ["customer", "churn", "p(no)", "p(yes)"]
    assert list(answers["customer"]) == list(new["customer"])
    ranges = pd.read_parquet("ranges.parquet")
    assert list(ranges) == ["day", "units", "units from", "units to"]
    assert (ranges["units from"] <= ranges["units to"]).all()
    assert list(found[5]["answer"]) == ["no", "yes"]
    np.testing.assert_array_equal(found[6]["table"]["p"], answers["p(yes)"])
    assert found[6]["labels"].tolist() == answers["churn"].tolist()
    assert "item" in found[7] and "customer" not in found[7]
    assert "always 'no'" in found[8] and "60 rows" in found[8]
    assert found[9].count("fold ") == 3
    assert "held-out, 30 rows" in found[10]
    assert "validation, 60 rows" in found[11]
    assert "whole groups" in " ".join(found[12].split())
    assert len(found[14]["table"]["p"].dropna()) == 120
    assert "weights of the classes" in found[15]
    plain, eager = ([line for line in found[k].splitlines() if "recall" in line] for k in (8, 16))
    assert plain and eager
    models = {path.stem: chainrule.load(path) for path in Path().glob("*.safetensors")}
    assert "weight" not in models["survey"].feature_names_in_
    assert models["auc"].metric == "auc"
    assert models["quantiles"].quantiles == (0.1, 0.5, 0.9)
    assert found[21].count("\n") > 4 and "calls" in found[21]
    assert found[22].startswith("log-odds of yes in row 3: ")
    assert "FAILED" not in found[24] and "ok: " in found[24]
    for words in ("seed 0", "fingerprint of the table", "accuracy", "rows: 120"):
        assert words in found[25]
    march = pd.read_csv("march.csv", parse_dates=["since"])
    np.testing.assert_array_equal(
        models["again"].predict_proba(march), models["customers"].predict_proba(march)
    )
    assert b"basic" not in Path("private.safetensors").read_bytes()
    assert b"basic" in Path("customers.safetensors").read_bytes()
    assert found[28]["search"].best_score_ > 0
    json.dumps(found[5]["answer"])
    assert "report written to report.html" in found[31]
    assert "<h2" in Path("report.html").read_text("ascii")
    assert Path("run.toml").read_text().startswith('[train]\ntarget = "churn"\n')
    assert main(["train", "--config", "run.toml", "--model", "kept2.safetensors"]) == 0
    one, other = (chainrule.load(f"{name}.safetensors") for name in ("kept", "kept2"))
    np.testing.assert_array_equal(one.predict_proba(march), other.predict_proba(march))
    assert 33 not in found or "2 trials in" in found[33]
    assert "the probability of yes differs from its mean, along calls" in found[34]
    assert Path("curves.png").stat().st_size > 5_000
    assert len(found[35].splitlines()) == 21
