"""A sheet has a blank for every question, and no answer but in its key."""

from __future__ import annotations

from chainrule.explain.examples import mazur, xor
from chainrule.explain.explain import explain
from chainrule.explain.quiz import questions, worksheet


def test_blanks_and_key():
    asked = questions(explain(mazur().trace(), "W1[0,0]"))
    sheet, key = worksheet(asked)
    assert sum("______" in line for line in sheet) == len(asked)
    assert max(map(len, [*sheet, *key])) <= 80
    text = " ".join(" ".join(sheet).split())
    for number, question in enumerate(asked, start=1):
        answer = question.worked.rpartition(" = ")[2]
        assert f" = {answer}" not in text
        assert any(line.startswith(f"{number:3}  {question.asked} = ") for line in key)
    assert "δ2[0] = your answer to" in text


def test_rows_of_a_batch_refer_to_the_row_that_was_asked():
    sheet, _ = worksheet(questions(explain(xor().trace(), "W1[0,0]")))
    text = " ".join(" ".join(sheet).split())
    assert "δ1[0]@3 = your answer to 4" in text and "δ1[0]@2 = −0.00239" in text
