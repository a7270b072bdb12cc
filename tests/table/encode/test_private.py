"""Keyed hashes in the place of categories."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import DataError
from chainrule.table import Encoder, as_table

N = 40
MAILS = np.array([f"p{k % 5}@example.org" for k in range(N)], object)


def table(mails=MAILS):
    return as_table(
        {"mail": mails, "n": np.arange(len(mails)) % 4, "flag": np.arange(len(mails)) % 2 > 0}
    )


def test_no_name_lies_in_the_model():
    encoder, _ = Encoder.fit(table(), None, ["n"], hash_seed=0)
    form = encoder.to_json()
    assert "example" not in str(form) and len(form["key"]) == 32
    levels = [level for column in form["columns"] for level in column["levels"]]
    assert all(isinstance(level, bool) or len(level) == 16 for level in levels)
    again = Encoder.from_json(form)
    inputs, notices = again.transform(table())
    plain = Encoder.fit(table(), None, ["n"])[0].transform(table())[0]
    assert notices == [] and inputs.shape == plain.shape
    # The same categories, in another order.
    assert len(np.unique(inputs, axis=0)) == len(np.unique(plain, axis=0))


def test_unknown_categories_are_unknown():
    encoder, _ = Encoder.fit(table(), hash_seed=0)
    inputs, notices = encoder.transform(table(np.array(["new@example.org"] * 2, object)))
    assert "not met in training" in notices[0] and "example" not in notices[0]
    assert len(inputs) == 2


def test_the_key_follows_from_seed_and_table():
    keys = [Encoder.fit(table(), hash_seed=seed)[0].key for seed in (0, 0, 1)]
    keys.append(Encoder.fit(table(MAILS[:30]), hash_seed=0)[0].key)
    keys.append(Encoder.fit(table(MAILS[::-1] + "x"), hash_seed=0)[0].key)
    assert keys[0] == keys[1] == keys[3] and len({keys[0], keys[2], keys[4]}) == 3


@pytest.mark.parametrize("key", ["", "x" * 32, 7, "ab"])
def test_a_wrong_key_is_refused(key):
    form = Encoder.fit(table(), hash_seed=0)[0].to_json()
    with pytest.raises(DataError, match="wrong 'key'"):
        Encoder.from_json({**form, "key": key})
