import pytest
from benchmarks.__main__ import main
from benchmarks.parts import grid, table_1
from benchmarks.tables import number, table


def test_without_a_command_it_says_what_there_is(capsys):
    assert main([]) == 0
    assert "speed" in capsys.readouterr().out
    assert main(["sped"]) == 2
    assert "no command 'sped'" in capsys.readouterr().err


def test_an_unknown_part_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["speed", "--parts", "tabel"])
    assert "no part 'tabel'" in capsys.readouterr().err


def test_tables_are_markdown():
    assert table(["a", "b"], [["x", "10"]]) == "| a |  b |\n| - | -: |\n| x | 10 |"
    assert [number(v) for v in (0.4741, 4.741, 47.41, 1474.1)] == ["0.474", "4.74", "47.4", "1,474"]


def test_table_1_marks_what_misses_its_goal():
    def timing(system, median):
        return {"system": system, "threads": 1, "median": median, "unsteady": False, "error": ""}

    other = {"system": "scikit-learn", "threads": 2, "median": 300.0}
    text = table_1.show(
        [
            {
                "name": "2-2-2; 4",
                "flops": 100,
                "goals": (1000.0, 7.0),
                "ours": {"median": 1.0, "threads": 1, "share_of_peak": 0.5},
                "share_of_peak_alone": 0.5,
                "people": other | {"ratio": 300.0},
                "best_peer": other | {"ratio": 300.0},
                "timings": [timing("chainrule", 1.0), timing("scikit-learn", 300.0)],
            }
        ]
    )
    assert "1000x (missed)" in text
    assert "| 7x |" in text.replace("  ", "")


def test_cliffs_are_found_where_they_are():
    def figure(width, median, threads=1, act="relu"):
        return {
            "width": width,
            "batch": 128,
            "activation": act,
            "optimizer": "adam",
            "threads": threads,
            "median": median,
            "minimum": median,
            "share": 0.5,
        }

    calm = [figure(64, 10.0), figure(100, 22.0), figure(128, 40.0)]
    assert grid.cliffs(calm) == []
    assert "above the line between 64 and 128" in grid.cliffs([*calm, figure(100, 32.0)])[0]
    slower = [figure(128, 1.0), figure(128, 1.1, threads=grid.OWN)]
    assert "own threads slower than one by 10 %" in grid.cliffs(slower)[0]
    assert "slower than relu by 30 %" in grid.cliffs([*calm, figure(64, 13.0, act="tanh")])[0]
