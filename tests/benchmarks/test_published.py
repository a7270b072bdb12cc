from benchmarks.parts import published
from benchmarks.parts.published import PUBLISHED


def test_what_others_published_is_said_to_be_theirs():
    item = {
        "words": "28-300-1",
        "unit": "rows/s",
        "batch": 100,
        "note": "drawn rows",
        "published": [["OpenNN", 72_000.0, "an i9"]],
        "share": 0.5,
        "measured": {
            "chainrule": {"median": 1000.0, "threads": 2},
            "PyTorch eager, fused Adam": {"median": 4000.0, "threads": 1},
        },
        "timings": [{"system": "x", "threads": 1, "error": "it broke"}],
    }
    text = published.show([item])
    rows = [[cell.strip() for cell in line.split("|")[2:-1]] for line in text.splitlines()[2:5]]
    assert rows == [
        ["chainrule, 2 threads, here", "100,000 rows/s", "50 %", "-"],
        ["PyTorch eager, 1 thread, here", "25,000 rows/s", "-", "4.00x"],
        ["OpenNN, as published (an i9)", "72,000 rows/s", "-", "-"],
    ]
    assert "- 28-300-1: drawn rows." in text and "- 28-300-1: x on 1: it broke" in text


def test_the_networks_are_those_of_the_words():
    assert [each.case.name for each in PUBLISHED] == [
        "24-8-2; 200",
        "28-300-300-300-300-300-1; 100",
        "10-160-160-160-160-1; 128",
    ]
    first, second, _ = (each.case for each in PUBLISHED)
    X, y = first.data()
    assert (X.dtype, y.dtype, first.params["W1"].dtype) == ("float64",) * 3
    assert second.optimizer == "momentum" and second.data()[0].dtype == "float32"
    assert all(where for each in PUBLISHED for _, _, where in each.figures)
