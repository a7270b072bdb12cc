"""Questions on the numbers of a step: asked, checked, and wrong answers known by name.

question   `Question`: what is given, what is asked, which wrong answers have a name
evaluate   the value of an equation with some of its numbers changed
questions  questions from the equations of an explanation, in an order that gives nothing away
worksheet  the same on paper: blanks, and a key
"""

from chainrule.explain.quiz.question import Mistake, Question
from chainrule.explain.quiz.questions import questions
from chainrule.explain.quiz.worksheet import givens, worksheet

__all__ = ["Mistake", "Question", "givens", "questions", "worksheet"]
