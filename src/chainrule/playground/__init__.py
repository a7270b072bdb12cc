"""The playground: one training run that a person steps forward and back, edits and questions.

`session.Session` answers messages and knows neither browser nor network; `server` hands it to a
page. Every number that it sends was made by the engine that trains.
"""

from chainrule.playground.problems import PROBLEMS, Problem, problem
from chainrule.playground.session import Session

__all__ = ["PROBLEMS", "Problem", "Session", "problem"]
