"""How each kind of quantity is written: in Unicode, in ASCII and in LaTeX.

    w with unit 1, source 0, layer 2 is  W2[1,0]  in text and  W_{1,0}^{(2)}  in LaTeX and MathML

A parameter is called after the array that holds it, so that what is read can be typed. Units,
inputs and rows count from 0, as in those arrays; layers count from 1, and layer 0 is the input.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CONVENTIONS = (
    "W2[j,i] leads into unit j of layer 2 from unit i of layer 1; units, inputs and rows (@3) "
    "count from 0, layers from 1"
)


@dataclass(frozen=True)
class Symbol:
    """The letters of a kind; `before` and `after` stand around its indexed letter.

    So the slope is s'( z with indices ), and a gradient is dL/d w with indices.
    """

    unicode: str
    ascii: str
    latex: str
    before: tuple[str, str, str] = ("", "", "")
    after: tuple[str, str, str] = ("", "", "")


_BY = ("∂L/∂", "dL/d", r"\partial L/\partial ")
_SLOPE = ("σ′(", "s'(", r"\sigma'(")
_CLOSE = (")", ")", ")")
_PRIME = ("′", "'", "'")
_IN = ("[in ", "[in ", r"[\text{in }")
_OF_ROW = ("∂ℓ/∂", "dl/d", r"\partial\ell/\partial ")

# Family of parameters -> the kind of quantity that one of them is.
PARAMETER_KINDS = {
    "W": "w",
    "b": "b",
    "blend": "blend",
    "scale": "input_scale",
    "freq": "freq",
    "phase": "phase",
    "mix": "mix",
    "shift": "shift",
    "levels": "level",
}
_PARAMETERS: dict[str, Symbol] = {
    kind: Symbol(array, array, array if len(array) == 1 else rf"\mathrm{{{array}}}")
    for array, kind in PARAMETER_KINDS.items()
}

SYMBOLS: dict[str, Symbol] = {
    **_PARAMETERS,
    **{f"dL_d{kind}": replace(symbol, before=_BY) for kind, symbol in _PARAMETERS.items()},
    **{f"new_{kind}": replace(symbol, after=_PRIME) for kind, symbol in _PARAMETERS.items()},
    "x": Symbol("x", "x", "x"),
    "h": Symbol("h", "h", "h"),
    "angle": Symbol("u", "u", "u"),
    "turn": Symbol("2π", "2pi", r"2\pi"),
    "has_level": replace(_PARAMETERS["level"], before=_IN, after=("]", "]", "]")),
    "dl_da": Symbol("a", "a", "a", _OF_ROW),
    "dl_dh": Symbol("h", "h", "h", _OF_ROW),
    "dl_du": Symbol("u", "u", "u", _OF_ROW),
    "z": Symbol("z", "z", "z"),
    "a": Symbol("a", "a", "a"),
    "y": Symbol("y", "y", "y"),
    "delta": Symbol("δ", "delta", r"\delta"),
    "slope": Symbol("z", "z", "z", _SLOPE, _CLOSE),
    "inner_slope": Symbol("z", "z", "z", _SLOPE, _CLOSE),
    "sigma": Symbol("z", "z", "z", ("σ(", "s(", r"\sigma("), _CLOSE),
    "blended_slope": Symbol("z", "z", "z", ("a′(", "a'(", "a'("), _CLOSE),
    "mask": Symbol("m", "m", "m"),
    "ntk_factor": Symbol("1/√n", "1/sqrt(n)", r"1/\sqrt{n}"),
    "weight": Symbol("s", "s", "s"),
    "weight_sum": Symbol("Σs", "sum(s)", r"\Sigma s"),
    "n_rows": Symbol("n", "n", "n"),
    "loss": Symbol("L", "L", "L"),
    "penalty": Symbol("R", "R", "R"),
    "row_loss": Symbol("ℓ", "l", r"\ell"),
    "output_loss": Symbol("ℓ", "l", r"\ell"),
    "target_sum": Symbol("Σy", "sum(y)", r"\Sigma y"),
    "exp_sum": Symbol("Σeᶻ", "sum(exp z)", r"\Sigma e^{z}"),
    "log_sum": Symbol("ln Σeᶻ", "ln sum(exp z)", r"\ln\Sigma e^{z}"),
    "quantile": Symbol("q", "q", "q"),
    "huber_delta": Symbol("d", "h", "d"),
    "l1": Symbol("λ₁", "l1", r"\lambda_1"),
    "l2": Symbol("λ₂", "l2", r"\lambda_2"),
    "w_square_sum": Symbol("W", "W", "W", ("Σ(", "sum(", r"\Sigma("), (")²", "^2)", r")^{2}")),
    "w_absolute_sum": Symbol("W", "W", "W", ("Σ|", "sum|", r"\Sigma |"), ("|", "|", "|")),
    "gradient": Symbol("g", "g", "g"),
    "clip_norm": Symbol("c", "c", "c"),
    "gradient_norm": Symbol("‖g‖", "|g|", r"\lVert g\rVert"),
    "learning_rate": Symbol("η", "eta", r"\eta"),
    "weight_decay": Symbol("λ", "lambda", r"\lambda"),
    "momentum": Symbol("μ", "mu", r"\mu"),
    "rho": Symbol("ρ", "rho", r"\rho"),
    "beta1": Symbol("β₁", "beta1", r"\beta_1"),
    "beta2": Symbol("β₂", "beta2", r"\beta_2"),
    "beta1_power": Symbol("β₁ᵗ", "beta1^t", r"\beta_1^{t}"),
    "beta2_power": Symbol("β₂ᵗ", "beta2^t", r"\beta_2^{t}"),
    "epsilon": Symbol("ε", "eps", r"\varepsilon"),
    "velocity": Symbol("v", "v", "v"),
    "new_velocity": Symbol("v", "v", "v", after=_PRIME),
    "first_moment": Symbol("m", "m", "m"),
    "new_first_moment": Symbol("m", "m", "m", after=_PRIME),
    "second_moment": Symbol("v", "v", "v"),
    "new_second_moment": Symbol("v", "v", "v", after=_PRIME),
    "square_sum": Symbol("s", "s", "s"),
    "new_square_sum": Symbol("s", "s", "s", after=_PRIME),
    "first_unbiased": Symbol("m̂", "mhat", r"\hat m"),
    "second_unbiased": Symbol("v̂", "vhat", r"\hat v"),
}

# Settings and targets: written with all their digits where these are few.
SETTINGS = frozenset(
    {"y", "n_rows", "learning_rate", "weight_decay", "momentum", "rho", "beta1", "beta2", "epsilon",
     "l1", "l2", "clip_norm", "huber_delta", "quantile"}
)  # fmt: skip

# function -> (before, after) its argument, in Unicode, ASCII and LaTeX.
FUNCTION_SYMBOLS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "exp": (("exp(", ")"), ("exp(", ")"), (r"\exp\left(", r"\right)")),
    "expm1": (("expm1(", ")"), ("expm1(", ")"), (r"\operatorname{expm1}\left(", r"\right)")),
    "log": (("ln(", ")"), ("ln(", ")"), (r"\ln\left(", r"\right)")),
    "sqrt": (("√(", ")"), ("sqrt(", ")"), (r"\sqrt{", "}")),
    "cos": (("cos(", ")"), ("cos(", ")"), (r"\cos\left(", r"\right)")),
    "sin": (("sin(", ")"), ("sin(", ")"), (r"\sin\left(", r"\right)")),
    "tanh": (("tanh(", ")"), ("tanh(", ")"), (r"\tanh\left(", r"\right)")),
    "abs": (("|", "|"), ("|", "|"), (r"\left|", r"\right|")),
    "sign": (("sign(", ")"), ("sign(", ")"), (r"\operatorname{sign}\left(", r"\right)")),
    "step": (("[", " > 0]"), ("[", " > 0]"), (r"\left[", r" > 0\right]")),
    "positive": (("max(0, ", ")"), ("max(0, ", ")"), (r"\max\left(0, ", r"\right)")),
    "logistic": (("σ(", ")"), ("sigmoid(", ")"), (r"\sigma\left(", r"\right)")),
    "softplus": (
        ("softplus(", ")"), ("softplus(", ")"), (r"\operatorname{softplus}\left(", r"\right)"),
    ),
    "normal_cdf": (("Φ(", ")"), ("Phi(", ")"), (r"\Phi\left(", r"\right)")),
    "normal_density": (("φ(", ")"), ("phi(", ")"), (r"\varphi\left(", r"\right)")),
}  # fmt: skip
