"""Accepts or refuses what the program writes for people: explanations, and runs of the playground.

    python proofs/exports.py FILE...      the JSON of `chainrule explain --json`, or the page of
                                          `chainrule play --export`

Of an explanation every node is worked out again from those inside it, and the two sides of every
equation are compared. Of a run, every row shown is held to the equations of `checker.py`, beside
which this file stands; like it, it imports the standard library alone and has its exit codes.
"""

import base64
import json
import math
import re
import struct
import sys
import zlib

from checker import DIGITS, check_row, layers_of, main, near, phi, sigmoid, softplus

FUNCTIONS = {
    **{name: getattr(math, name) for name in ("expm1", "log", "sqrt", "cos", "sin", "tanh")},
    "exp": lambda x: math.exp(x) if x < 709.78 else math.inf,
    "abs": abs,
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
    "step": lambda x: float(x > 0),
    "positive": lambda x: max(x, 0.0),
    "logistic": sigmoid,
    "softplus": softplus,
    "normal_cdf": phi,
    "normal_density": lambda x: math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi),
}


def value_of(node, digits):
    """The value that a node claims, which must follow from the nodes inside it."""
    if "number" in node:
        return node["number"]
    claimed = node["value"]
    inside = {
        key: [value_of(one, digits) for one in (found if isinstance(found, list) else [found])]
        for key, found in node.items()
        if key in ("sum", "product", "quotient", "power", "negative", "crossed", "argument")
    }
    if "argument" in inside:
        terms = [FUNCTIONS[node["apply"]](*inside["argument"])]
    elif "sum" in inside:
        terms = [*inside["sum"], node.get("rest", {}).get("value", 0.0)]
    elif "product" in inside:
        terms = [math.prod(inside["product"])]
    elif "quotient" in inside:
        terms = [inside["quotient"][0] / inside["quotient"][1]]
    elif "power" in inside:
        terms = [inside["power"][0] ** node["exponent"]]
    elif "negative" in inside:
        terms = [-inside["negative"][0]]
    else:  # a number of the step, or a sum whose terms stand elsewhere
        terms = inside.get("crossed", [claimed])
    if not (math.isinf(claimed) and claimed in terms):
        near(claimed, terms, next(iter(node)), digits, 1e-12)
    return claimed


def check_explanation(form):
    """All equations and shares of an explanation."""
    if form["format"] != "chainrule.explanation/2":
        raise NotImplementedError(f"the format {form['format']!r}")
    digits = DIGITS if form["header"]["dtype"] == "float64" else 1e-4
    for block in form["blocks"]:
        for item in block["items"]:
            for part in item.get("shares", []):
                if part["node"] is not None:
                    near(part["value"], [value_of(part["node"], digits)], part["label"], digits)
            equation = item.get("equation")
            sides = [] if equation is None else [equation["left"], *equation["right"]]
            for side in sides:
                found = value_of(side, digits)
                near(found, [equation["value"]], equation["shown"][0], digits, size_of(side))
    if form["rows"] is not None:
        parts = [part["value"] for part in form["rows"]["parts"]]
        rest = (form["rows"]["rest"] or {}).get("value", 0.0)
        near(form["rows"]["total"], [*parts, rest], "the sum over rows", digits, 1e-12)


def size_of(node):
    """How large the terms are that a node adds up."""
    inside = [one for key in ("sum", "negative") for one in [node.get(key, [])]]
    flat = [one for found in inside for one in (found if isinstance(found, list) else [found])]
    return math.fsum(map(size_of, flat)) if flat else abs(node.get("value", node.get("number", 0)))


def check_run(page):
    """Every row that an exported run shows, step by step."""
    tape = re.search('id="tape">([^<]*)<', page)
    run = json.loads(zlib.decompress(base64.b64decode(tape[1])))
    first = run["first"]
    parts = [{"kind": "dense", "units": units} for units in first["sizes"][1:]]
    layers = layers_of(parts)
    layers = [(name, ntk) for name, (_, ntk) in zip(first["activation"][1:], layers, strict=True)]
    if any(part["kind"] != "dense" for part in first["hidden"]):
        raise NotImplementedError("a layer of another kind than dense")
    for frame in run["frames"]:
        arrays = {}
        for about, packed in zip(frame["arrays"], frame["buffers"], strict=True):
            data = base64.b64decode(packed)
            flat = (
                list(struct.unpack(f"<{len(data) // 8}d", data))
                if about["type"] == "float64"
                else []
            )
            width = about["shape"][-1]
            rows = [flat[k : k + width] for k in range(0, len(flat), width)]
            arrays[about["name"]] = rows if about["name"][0] == "W" else flat
        is_one = re.compile("(z|a|slope|delta)[0-9]+")
        one = {k: [v] if is_one.fullmatch(k) else v for k, v in arrays.items()}
        one |= {"targets": [arrays["target"]], "losses": [frame["frame"]["row_loss"]]}
        check_row(layers, {"name": first["loss_name"]}, one, 0, DIGITS)


def check(text):
    """Whatever was exported, as the text of a file."""
    if text.startswith("<"):
        check_run(text)
        return
    form = json.loads(text)
    for one in form.get("explanations", [form]):
        check_explanation(one)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], check))
