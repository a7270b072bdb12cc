"""Columns that say something of the rows, and what each option refuses: itself, what, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.cli.row_columns import class_weights_of, groups_of, times_of, weights_of
from chainrule.errors import DataError
from reading import read

HEAD = "x,c,three,g,one,day,w,neg,zero,gap,word"
ROWS = [
    f"{i % 7}.5,{'ab'[i % 2]},{'uvw'[i % 3]},p{i // 4},same,2020-01-{i % 28 + 1:02d},{1 + i % 3},"
    f"{i % 5 - 1},0,{'' if i == 7 else i % 4},k{i % 9}"
    for i in range(40)
]
TABLE = "\n".join([HEAD, *ROWS]) + "\n"

# Options of `train` behind --target c -> what the error says, and its hint.
REFUSED = {
    "--groups nope": ("t.csv has no column 'nope', which --groups names", "Its columns are"),
    "--groups one": ("column 'one' of --groups is 'same' in every row", "another column"),
    "--groups gap": ("t.csv, line 9: column 'gap' of --groups is missing there", "Fill it in"),
    "--groups c": ("--groups names the target 'c'", "another column"),
    "--groups g --time day": ("--groups and --time cannot both", "Leave one"),
    "--time nope": ("t.csv has no column 'nope', which --time names", "Its columns are"),
    "--time word": ("column 'word' of --time holds text", "--dates word=%d/%m/%Y"),
    "--time gap": ("t.csv, line 9: column 'gap' of --time is missing there", "Fill it in"),
    "--time zero": ("column 'zero' of --time is the same in every row", "another column"),
    "--weights nope": ("t.csv has no column 'nope', which --weights names", "Its columns are"),
    "--weights neg": ("t.csv, line 2: column 'neg' of --weights is -1", "Correct it"),
    "--weights zero": ("column 'zero' of --weights is 0 in every row", "above 0"),
    "--weights gap": ("t.csv, line 9: column 'gap' of --weights is missing", "Fill it in"),
    "--weights word": ("column 'word' of --weights holds text values", "another column"),
    "--weights day": ("column 'day' of --weights holds datetime values", "another column"),
    "--weights c": ("--weights names the target 'c'", "another column"),
    "--categorical nope": ("no column 'nope', which --categorical names", "Its columns are"),
    "--categorical c": ("--categorical names 'c', which is the target", "another column"),
    "--categorical w --weights w": ("--categorical names 'w', which is no input", "another"),
    "--categorical day": ("--categorical names 'day', which holds dates", "--text day"),
    "--class-weight a": ("--class-weight takes LABEL=FACTOR, found 'a'", "a, b"),
    "--class-weight z=2": ("--class-weight names 'z', which is no class", "a, b"),
    "--class-weight a=-1": ("--class-weight a=-1: the factor must be", "--class-weight a=2"),
    "--class-weight a=x": ("the factor must be a number of at least 0, found 'x'", "a=2"),
    "--class-weight a=inf": ("the factor must be a number of at least 0, found 'inf'", "a=2"),
    "--class-weight a=0 --class-weight b=0": ("--class-weight is 0 for every class", "above 0"),
    "--class-weight a=1 --class-weight a=2": ("--class-weight names 'a' twice", "one factor"),
    "--class-weight a=2 --balanced": ("cannot both weigh the classes", "Leave one"),
    "--target x --class-weight a=2": ("--class-weight are for classification", "Leave them"),
    "--target neg --task regression --loss poisson": (
        "t.csv, line 2: the target 'neg' is -1; --loss poisson takes",
        "another --loss",
    ),
    "--target x --loss poisson --quantiles 0.1,0.9": ("--quantiles are those of", "Leave one"),
    "--metric nope": ("--metric nope is none of those", "They are: log_loss, brier"),
    "--metric rmse": ("--metric rmse is none of those", "log_loss"),
    "--target x --metric auc": ("--metric auc is none of those", "They are: rmse, r2, mae"),
    "--target x --loss pinball --metric mae": ("--metric mae is none of", "They are: pinball."),
    "--holdout 0": ("--holdout takes a share between 0 and 1, found 0", "--holdout 0.2"),
    "--holdout -0.2": ("--holdout takes a share between 0 and 1, found -0.2", "--holdout 0.2"),
    "--holdout 25": ("--holdout takes a share between 0 and 1, found 25", "--holdout 0.25"),
    "--holdout 0.99": ("--holdout 0.99 of 40 rows leaves 0 to train on", "smaller share"),
    "--holdout 0.99 --groups g": ("0.99 of 10 groups leaves 0 to train on", "smaller share"),
    "--holdout 0.99 --time day": ("--holdout 0.99 of 40 rows leaves 0", "smaller share"),
    "--holdout 0.2 --validation t.csv": ("both keep rows back", "Leave one"),
    "--validation none.csv": ("the file 'none.csv' does not exist", ""),
    "--validation few.csv": ("few.csv has no column 'three'", "Its columns are: x, c"),
    "--validation new.csv": ("new.csv, line 3: column 'c' holds the class 'z'", "a, b"),
    "--validation-fraction -1": ("validation_fraction must be a number in [0, 0.9]", ""),
    "--hidden 8,,8": ("--hidden takes whole numbers", ""),
    "--time-limit 0": ("time_limit must be a number", ""),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "few.csv").write_text("x,c\n1.5,a\n2.5,b\n")
    new = [ROWS[0], ROWS[1].replace(",b,", ",z,"), ROWS[2]]
    (tmp_path / "new.csv").write_text("\n".join([HEAD, *new]) + "\n")
    return tmp_path


def assert_refused(run: Any, message: str, hint: str) -> None:
    """One sentence, perhaps a hint; nothing printed before it, and no word of our own Python."""
    assert (run.code, run.out) == (2, ""), run
    first, *rest = run.err.splitlines()
    assert first.startswith("error: ") and message in first, run.err
    assert len(rest) == 1 or not hint, run.err
    assert hint in " ".join(rest)


@pytest.mark.parametrize("options", REFUSED)
def test_train(options: str, cli: Any, folder: Path) -> None:
    target = [] if "--target" in options else ["--target", "c"]
    run = cli("train", "t.csv", *target, *options.split(), "--epochs", "1", "--preset", "fast")
    assert_refused(run, *REFUSED[options])
    assert not list(folder.glob("*.safetensors"))


CV = {
    "--target nope": ("t.csv has no column 'nope', which --target names", "Its columns are"),
    "--target one": ("the target 'one' is 'same' in every row", "another column"),
    "--target gap": ("t.csv, line 9: the target 'gap' is missing there", "--drop-missing-target"),
    "--folds 1": ("'--folds'", "cv --help"),
    "--folds 21": ("--folds 21 needs at least 42 rows, found 40", "Say --folds 20"),
    "--folds 11 --groups g": ("--folds 11 needs as many groups, found 10", "Say --folds 10"),
    "--groups one": REFUSED["--groups one"],
    "--groups nope": REFUSED["--groups nope"],
    "--groups gap": REFUSED["--groups gap"],
    "--time word": REFUSED["--time word"],
    "--time zero": REFUSED["--time zero"],
    "--groups g --time day": REFUSED["--groups g --time day"],
    "--target x --balanced": ("--balanced is for classification", "Leave it out"),
    "--task regression": ("column 'c' holds text values; regression needs", "classification"),
    "--preset slow": ("'--preset'", "cv --help"),
    "--weights w": ("there is no option --weights", ""),
}


@pytest.mark.parametrize("options", CV)
def test_cv(options: str, cli: Any, folder: Path) -> None:
    target = [] if "--target" in options else ["--target", "c"]
    assert_refused(cli("cv", "t.csv", *target, *options.split()), *CV[options])


def test_what_is_right_comes_back(folder: Path) -> None:
    table = read(folder, TABLE)
    np.testing.assert_array_equal(weights_of(table, "w")[:4], [1, 2, 3, 1])
    assert groups_of(table, "g")[:5].tolist() == ["p0"] * 4 + ["p1"]
    assert times_of(table, "day")[0] == np.datetime64("2020-01-01")
    assert class_weights_of(["1=2", "0=0.5"], [0, 1]) == {1: 2.0, 0: 0.5}
    assert class_weights_of(["a=b=3"], ["a=b", "c"]) == {"a=b": 3.0}
    with pytest.raises(DataError, match="is 0 for every class"):
        class_weights_of(["0=0", "1=0"], [0, 1])
