"""C source: strict compilers find it clean, hostile names stay text, its program reads CSV."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from chainrule import TabularClassifier
from chainrule.errors import DataError
from chainrule.export.c import file as c_file
from chainrule.export.c import text as c_text
from chainrule.export.runtime import compiler_name
from exports import WARNED

needs_compiler = pytest.mark.skipif(compiler_name() is None, reason="needs a C compiler")

HOSTILE = ["int", "x", "a */ #error", "??/", 'q"\\', "line\nbreak", "%s%n", "Größe {m²}", "a_error"]
LEVELS = ['*/ "', "??=\\", "ü\u202e", "0", "", "l" * 5000]
LABELS = np.array(['say "*/"', "ß\n??>"])


@pytest.fixture(scope="module")
def hostile():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(48, len(HOSTILE))), columns=HOSTILE)
    frame["a\\"] = np.resize(LEVELS, 48)
    frame["when"] = pd.date_range("1999-12-30 01:02:03", periods=48, freq="31h")
    frame["at"] = pd.to_datetime(rng.uniform(0, 86_400, 48), unit="s").time
    frame["flag"] = rng.random(48) < 0.5
    y = LABELS[(frame["x"] + frame["flag"] > 0).astype(int)]
    model = TabularClassifier(epochs=2, n_members=1, hidden_layer_sizes=(8,), random_state=0)
    return model.fit(frame, y), frame


@pytest.fixture(scope="module")
def program(hostile, tmp_path_factory):
    """The example program."""
    if compiler_name() is None:
        pytest.skip("needs a C compiler")
    model, frame = hostile
    folder = tmp_path_factory.mktemp("c")
    made = model.to_c(folder / "the model.c", frame)
    assert made.verified["rows"] == 64 + 48 and made.verified["difference"] < 1e-6
    assert (folder / "the model.h").read_text("utf-8") == made.header
    assert (folder / "the model.c").read_text("utf-8") == made.source
    run = [compiler_name().split()[0], "-std=c99", *WARNED, "-DTHE_MODEL_MAIN"]
    subprocess.run([*run, "the model.c", "-o", "m", "-lm"], cwd=folder, check=True)
    return folder / "m"


def answered(program, text):
    done = subprocess.run([program], input=text.encode(), capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.filterwarnings("ignore::chainrule.errors.DataNotice")
def test_a_table_as_people_have_it(hostile, program):
    model, frame = hostile
    rows = frame.iloc[:20].astype({"flag": object})
    rows.loc[rows.index[3], ["x", "flag", "when", "at"]] = None
    code, out, err = answered(program, rows.assign(unused='"').to_csv(index=False))
    assert (code, err) == (0, "")
    found = pd.read_csv(io.StringIO(out))
    np.testing.assert_allclose(found.iloc[:, 1:], model.predict_proba(rows), atol=1e-6)
    assert found["label"].tolist() == model.predict(rows).tolist()


def test_what_the_program_refuses(hostile, program):
    _, frame = hostile
    text = frame.iloc[:2].to_csv(index=False)
    code, _, err = answered(program, text.replace("flag", "other"))
    assert code == 1 and err == "line 1: the header has no column flag\n"
    assert "has not as many fields as the header" in answered(program, f"{text}1,2\n")[2]
    assert answered(program, "")[0] == 1
    wrong = frame.iloc[:1].astype(object).assign(x="1.5 m").to_csv(index=False)
    assert answered(program, wrong)[2].endswith("this is no number: 1.5 m\n")


@needs_compiler
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_compilers_find_nothing_to_say(hostile, compiler, tmp_path):
    if shutil.which(compiler) is None:
        pytest.skip(f"needs {compiler}")
    model, _ = hostile
    made = c_file.to_c(model._described(None, "float64"), "m")
    (tmp_path / "m.h").write_text(made.header, "utf-8")
    (tmp_path / "m.c").write_text(made.source, "utf-8")
    for main in ([], ["-DM_MAIN"]):
        run = [compiler, "-std=c99", *WARNED, *main, "-fsyntax-only", "m.c"]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_every_column_has_a_member_of_its_own(hostile):
    model, _ = hostile
    header = c_file.to_c(model._described(None, None)).header
    rows = header.split("struct model_row {\n")[1].split("}")[0].splitlines()
    members = [line.split(";")[0].split()[-1].lstrip("*") for line in rows]
    assert len(set(members)) == len(HOSTILE) + 4
    assert {"column_int", "x", "a_error", "a_error_1", "line_break"} <= set(members)


def test_what_c_cannot_hold_is_refused(hostile, tmp_path):
    model, _ = hostile
    with pytest.raises(DataError, match="the text 'a\\\\x00b' holds the character NUL"):
        c_text.literal("a\0b")
    with pytest.raises(DataError, match=r"ends with \.c, found model\.py"):
        model.to_c("model.py")
    with pytest.raises(DataError, match=r"file name 'a\"b' cannot stand in C"):
        model.to_c(tmp_path / 'a"b.c')


@needs_compiler
def test_what_answers_otherwise_is_not_written(hostile, tmp_path, monkeypatch):
    model, _ = hostile
    plain = c_file.to_c

    def wrong(description, stem):
        made = plain(description, stem)
        source = made.source.replace(
            "answer->probabilities[j] = ", "answer->probabilities[j] = 1 - "
        )
        return c_file.CSource(made.stem, made.name, made.header, source)

    monkeypatch.setattr(c_file, "to_c", wrong)
    with pytest.raises(DataError, match=r"differs from the model by .* in row \d+ "):
        model.to_c(tmp_path / "m.c")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("value", "dtype", "text"),
    [
        (0.1, "float32", "0.1f"),
        (1e30, "float64", "1e+30"),
        (float("nan"), "float64", "NAN"),
        (-np.inf, "float32", "-INFINITY"),
        (np.inf, "float64", "INFINITY"),
        (-(2**63), "int64", "(-9223372036854775807LL - 1)"),
        (True, "bool", "1"),
        ('ü?"\\\n1', "text", '"\\303\\274\\077\\042\\134\\0121"'),
    ],
)
def test_elements(value, dtype, text):
    assert c_text.element(value, dtype) == text


def test_comments_cannot_be_left():
    assert c_text.comment("a */ x /* ??/ \\ \n ü\u202e") == "a .. x .. ... . . ü."
