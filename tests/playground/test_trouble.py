"""Every trouble is found by its name, and its remedy heals it."""

import numpy as np
import pytest

from chainrule.explain.diagnosis.table import TABLE
from chainrule.playground import Session
from chainrule.playground.trouble import STEPS, TROUBLES


def baseline(session: Session) -> float:
    """Loss of the best constant answer."""
    moment = session._timeline.now
    if moment.spec.loss.name == "squared_error":
        return float(np.var(moment.y) / 2)
    share = float(np.mean(moment.y))
    return -(share * np.log(share) + (1 - share) * np.log(1 - share))


@pytest.mark.parametrize("code", TROUBLES)
def test_a_trouble_is_found_and_healed(code):
    assert code in TABLE
    session = Session()
    answer, _ = session.handle({"type": "trouble", "code": code})
    assert answer["frame"]["step"] == STEPS and answer["frame"]["loss"] > 0.8 * baseline(session)
    findings = session.handle({"type": "diagnose"})[0]["findings"]
    assert code in [finding["code"] for finding in findings]
    healed, _ = session.handle({"type": "trouble", "code": code, "remedy": 1})
    assert healed["frame"]["step"] == 0
    answer, _ = session.handle({"type": "advance", "steps": 2000})
    assert answer["frame"]["loss"] < 0.5 * baseline(session)


def test_an_unknown_trouble_is_refused():
    answer, _ = Session().handle({"type": "trouble", "code": "bad-luck"})
    assert answer["type"] == "error" and "vanishing" in answer["message"]
