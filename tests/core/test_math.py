"""The engine's own elementary functions: at most 2 ULP where the exact result is normal."""

from __future__ import annotations

import os
from collections.abc import Callable

import mpmath
import numpy as np
import pytest

from chainrule import _core
from comparing import FUSED, instruction_set

NAMES = ("exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "erfc", "cos2pi", "sin2pi")
ULP = dict.fromkeys(NAMES[:7], 2.0) | {"erfc": 5.0}
# Without FMA, tanh cannot see its remainder, nor erfc the rounding of the square that it needs.
PORTABLE_ULP = ULP | {"tanh": 2.5, "erfc": 600.0}
# Where each is used and promised; results outside float32's or float64's normal numbers are 0.
DOMAIN = {
    "exp": (-800.0, 800.0),
    "expm1": (-800.0, 80.0),
    "log": (1e-320, 1e308),
    "log1p": (0.0, 1.0),
    "tanh": (-800.0, 800.0),
    "sigmoid": (-800.0, 800.0),
    "softplus": (-800.0, 800.0),
    "erfc": (0.0, 30.0),
    "cos2pi": (-1000.0, 1000.0),
    "sin2pi": (-1000.0, 1000.0),
}
TURN = 2 * np.longdouble("3.14159265358979323846264338327950288")


def evaluate(name: str, x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    _core.evaluate(name, np.ascontiguousarray(x), out)
    return out


def exact(name: str, x: np.ndarray) -> np.ndarray:
    """In 80-bit numbers, whose 11 bits more than float64's leave an error below 0.01 ULP."""
    v = x.astype(np.longdouble)
    turn = v - np.round(v)
    functions: dict[str, Callable[[], np.ndarray]] = {
        "exp": lambda: np.exp(v),
        "expm1": lambda: np.expm1(v),
        "log": lambda: np.log(v),
        "log1p": lambda: np.log1p(v),
        "tanh": lambda: np.tanh(v),
        "sigmoid": lambda: 1 / (1 + np.exp(-v)),
        "softplus": lambda: np.maximum(v, 0) + np.log1p(np.exp(-np.abs(v))),
        "erfc": lambda: exact_erfc(x),
        "cos2pi": lambda: np.cos(TURN * turn),
        "sin2pi": lambda: np.sin(TURN * turn),
    }
    with np.errstate(all="ignore"):
        return functions[name]()


def exact_erfc(x: np.ndarray) -> np.ndarray:
    if x.dtype == np.float32:
        from scipy.special import erfc

        return np.asarray(erfc(x.astype(np.float64)), dtype=np.longdouble)
    with mpmath.workdps(30):
        return np.array([np.longdouble(mpmath.nstr(mpmath.erfc(v), 25)) for v in x.tolist()])


def ulps(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Distance in units in the last place of `expected`; 0 where that is no normal number."""
    info = np.finfo(got.dtype)
    with np.errstate(all="ignore"):
        normal = (np.abs(expected) >= info.tiny) & (np.abs(expected) <= info.max)
        _, exponent = np.frexp(expected)
        unit = np.ldexp(np.longdouble(1), exponent - 1 - info.nmant)
        distance = np.abs(got.astype(np.longdouble) - expected) / unit
    return np.where(normal, distance, 0.0)


def sample(name: str, dtype: str, n: int = 200_000) -> np.ndarray:
    """Evenly over the domain, densely around 0 and 1, and over all exponents."""
    rng = np.random.default_rng(NAMES.index(name))
    low, high = DOMAIN[name]
    parts = [rng.uniform(low, high, n // 4), rng.uniform(max(low, -1.5), min(high, 1.5), n // 4)]
    top = np.log(high)
    sizes = np.exp(rng.uniform(-700.0, top, n // 4))
    parts += [sizes, np.clip(-sizes, low, None)]
    parts.append(np.clip(np.exp(rng.uniform(-30.0, 4.0, n // 4)), low, high))
    with np.errstate(over="ignore", under="ignore"):
        return np.unique(np.concatenate(parts).astype(dtype))


@pytest.mark.parametrize("isa", [*FUSED, "portable"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", list(ULP))
def test_units_in_the_last_place(name: str, dtype: str, isa: str) -> None:
    slow_oracle = name == "erfc" and dtype == "float64"
    x = sample(name, dtype, 8_000 if slow_oracle else 200_000)
    x = x[(x == 0) | (np.abs(x) >= np.finfo(dtype).tiny)]
    if dtype == "float32" and name == "log":
        x = x[np.isfinite(x)]
    with instruction_set(isa):
        worst = ulps(evaluate(name, x), exact(name, x))
    bound = (PORTABLE_ULP if isa == "portable" else ULP)[name]
    assert worst.max() <= bound, x[np.argmax(worst)]


@pytest.mark.parametrize("isa", [*FUSED, "portable"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["cos2pi", "sin2pi"])
def test_turns_are_right_to_two_epsilons(name: str, dtype: str, isa: str) -> None:
    x = sample(name, dtype)
    with instruction_set(isa):
        error = np.abs(evaluate(name, x) - exact(name, x))
    assert error.max() <= 2 * np.finfo(dtype).eps


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_float32(name: str) -> None:
    """One bit pattern in 13, and all of them where CHAINRULE_EVERY_FLOAT is set (20 minutes)."""
    low, high = DOMAIN[name]
    worst, bound = 0.0, ULP.get(name, 2.0)
    stride = 1 if os.environ.get("CHAINRULE_EVERY_FLOAT") else 13
    for start in range(0, 1 << 32, stride << 22):
        stop = min(1 << 32, start + (stride << 22))
        x = np.arange(start, stop, stride, dtype=np.uint32).view(np.float32)
        got = evaluate(name, x)
        assert np.isnan(got[np.isnan(x)]).all()
        with np.errstate(all="ignore"):
            inside = (x >= low) & (x <= high) & ((x == 0) | (np.abs(x) >= 2.0**-126))
        if not inside.any():
            continue
        x, got = x[inside], got[inside]
        # float64 has 29 bits more than are judged.
        expected = float64_value(name, x.astype(np.float64))
        if name in ULP:
            worst = max(worst, float(ulps32(got, expected).max()))
        else:
            worst = max(worst, float(np.abs(got - expected).max() / np.finfo(np.float32).eps))
    assert worst <= bound


def float64_value(name: str, v: np.ndarray) -> np.ndarray:
    from scipy import special

    with np.errstate(all="ignore"):
        match name:
            case "sigmoid":
                return np.asarray(special.expit(v))
            case "softplus":
                return np.maximum(v, 0) + np.log1p(np.exp(-np.abs(v)))
            case "erfc":
                return np.asarray(special.erfc(v))
            case "cos2pi":
                return np.cos(2 * np.pi * (v - np.round(v)))
            case "sin2pi":
                return np.sin(2 * np.pi * (v - np.round(v)))
            case _:
                return np.asarray(getattr(np, name)(v))


def ulps32(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """`ulps` for float32 in float64 arithmetic, which is fast enough for all of them."""
    info = np.finfo(np.float32)
    with np.errstate(all="ignore"):
        size = np.abs(expected)
        _, exponent = np.frexp(expected)
        distance = np.abs(got - expected) * np.ldexp(1.0, 24 - exponent)
    return np.where((size >= info.tiny) & (size <= info.max), distance, 0.0)


inf, nan = np.inf, np.nan
SPECIAL = {
    "exp": ([0.0, -0.0, inf, -inf, 1e4, -1e4], [1.0, 1.0, inf, 0.0, inf, 0.0]),
    "expm1": ([0.0, -0.0, -inf, -1e4], [0.0, -0.0, -1.0, -1.0]),
    "log": ([0.0, -0.0, 1.0, inf, -1.0, -inf], [-inf, -inf, 0.0, inf, nan, nan]),
    "log1p": ([0.0], [0.0]),
    "tanh": ([0.0, -0.0, inf, -inf, 1e4, -1e4], [0.0, -0.0, 1.0, -1.0, 1.0, -1.0]),
    "sigmoid": ([0.0, -0.0, inf, -inf, 1e4, -1e4], [0.5, 0.5, 1.0, 0.0, 1.0, 0.0]),
    "softplus": ([inf, -inf, 1e4, -1e4], [inf, 0.0, 1e4, 0.0]),
    "erfc": ([0.0, inf, 40.0, 1e30], [1.0, 0.0, 0.0, 0.0]),
    "cos2pi": ([0.0, -0.0, 0.25, 0.5, 1.0, 1000.0], [1.0, 1.0, 0.0, -1.0, 1.0, 1.0]),
    "sin2pi": ([0.0, -0.0, 0.25, 0.5, 0.75, 1000.0], [0.0, -0.0, 1.0, 0.0, -1.0, 0.0]),
}


@pytest.mark.parametrize("isa", [*FUSED, "portable"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", list(SPECIAL))
def test_special_values(name: str, dtype: str, isa: str) -> None:
    x, expected = SPECIAL[name]
    with instruction_set(isa):
        got = evaluate(name, np.array([*x, nan], dtype))
    bound = float(np.finfo(dtype).eps) if name in ("erfc", "cos2pi", "sin2pi") else 0.0
    np.testing.assert_allclose(got, [*expected, nan], rtol=bound, atol=bound)
    if name == "tanh":
        assert np.signbit(got[1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_fused_instruction_sets_agree_to_the_bit(name: str, dtype: str) -> None:
    x = sample(name, dtype, 20_000)
    seen = set()
    for isa in FUSED:
        with instruction_set(isa):
            seen.add(evaluate(name, x).tobytes())
    assert len(seen) <= 1


@pytest.mark.parametrize("name", ["exp", "tanh", "sigmoid", "softplus", "log"])
def test_functions_that_rise_never_fall(name: str) -> None:
    x = np.sort(sample(name, "float32", 400_000))
    got = evaluate(name, x)
    steps = np.diff(got[np.isfinite(got)])
    unit = np.spacing(np.abs(got[np.isfinite(got)][1:]))
    assert (steps >= -2 * unit).all()


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown function 'sqrt'; known: exp, .*, sin2pi"):
        evaluate("sqrt", np.ones(3))
