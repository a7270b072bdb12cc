"""The C program of docs/export.md compiles, and answers with the model."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from chainrule import TabularClassifier
from chainrule.export.runtime import compiler_name

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(compiler_name() is None, reason="needs a C compiler")
def test_the_program_in_c(tmp_path):
    table = pd.read_csv(ROOT / "examples" / "penguins.csv")
    X, y = table.drop(columns="species"), table["species"]
    model = TabularClassifier(n_members=1, hidden_layer_sizes=(16,), random_state=0).fit(X, y)
    model.to_c(tmp_path / "penguins.c", X)
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    (tmp_path / "main.c").write_text(re.search(r"```c\n(.*?)```", page, re.S)[1], "utf-8")
    run = ["main.c", "penguins.c", "-std=c99", "-Wall", "-Werror", "-o", "main", "-lm"]
    subprocess.run([compiler_name().split()[0], *run], cwd=tmp_path, check=True)
    done = subprocess.run([tmp_path / "main"], capture_output=True, text=True)
    bird = dict(zip(X, ["Biscoe", 46.1, 13.2, 211.0, 4500.0, None, 2007.0], strict=True))
    proba = model.predict_proba(pd.DataFrame([bird]))[0, 2]
    assert done.stdout == f"{model.predict(pd.DataFrame([bird]))[0]} {proba:.4f}\n"
