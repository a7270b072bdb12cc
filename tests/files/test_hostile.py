"""Small files that ask for much, and entries of another type, are refused at once."""

from __future__ import annotations

import pytest
from fuzz.sealed import rewritten

from chainrule.errors import ModelFileError
from chainrule.files.model import from_bytes, read_model
from chainrule.spec import Dense, Loss, NetworkSpec


@pytest.mark.parametrize("value", [[], {}, 3, None, True])
@pytest.mark.parametrize("entry", ["dtype", "kind", "optimizer"])
def test_a_name_of_another_type_is_refused(record, entry, value):
    def change(d, t):
        (d["state"] if entry == "optimizer" else d)[entry] = value

    with pytest.raises(ModelFileError):
        from_bytes(rewritten(record, change))


def many_networks(d, t):
    d["network"] = NetworkSpec(2, (Dense(2),) * 1000, Loss("squared_error")).to_json()
    d.update(state=None, others=[d["history"]] * 3000)


def many_options(d, t):
    d.update({f"x-{k}": 0 for k in range(50_000)})


@pytest.mark.parametrize(
    ("change", "word"), [(many_networks, "tensors"), (many_options, "optional")]
)
def test_small_files_that_ask_for_much_are_refused_before_it_is_made(record, change, word):
    with pytest.raises(ModelFileError, match=word):
        from_bytes(rewritten(record, change))


def test_keys_are_compared_once():
    header = b"{" + b",".join(b'"k%d":0' % k for k in range(20_000)) + b',"k0":0}'
    with pytest.raises(ModelFileError, match="'k0' appears twice"):
        from_bytes(len(header).to_bytes(8, "little") + header)


def test_a_path_with_a_nul_is_refused(tmp_path):
    with pytest.raises(ModelFileError, match="null"):
        read_model(f"{tmp_path}/a\0b")
