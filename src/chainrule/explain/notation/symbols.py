"""How each kind of quantity is written: in Unicode, in ASCII and in LaTeX.

    w with unit 1, source 0, layer 2 is  W2[1,0]  in text and  W_{1,0}^{(2)}  in LaTeX and MathML

A parameter is called after the array that holds it, so that what is read can be typed. Units,
inputs and rows count from 0, as in those arrays; layers count from 1, and layer 0 is the input.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

CONVENTIONS = (
    "W2[j,i] leads into unit j of layer 2 from unit i of layer 1; units, inputs and rows (@3) "
    "count from 0, layers from 1"
)


LAYERS_ARE_RAISED = "(2) above a letter is its layer, not a power"  # in LaTeX and MathML


@dataclass(frozen=True)
class Symbol:
    """The letters of a kind; `before` and `after` stand around its indexed letter.

    So the slope is s'( z with indices ), and a gradient is dL/d w with indices. A symbol that is
    `bare` stands without the number of its layer.
    """

    unicode: str
    ascii: str
    latex: str
    before: tuple[str, str, str] = ("", "", "")
    after: tuple[str, str, str] = ("", "", "")
    bare: bool = False


SYMBOLS: dict[str, Symbol] = {
    "w": Symbol("W", "W", "W"),
    "delta": Symbol("δ", "delta", r"\delta"),
    "slope": Symbol("z", "z", "z", ("σ′(", "s'(", r"\sigma'("), (")", ")", ")")),
    "row_weight": Symbol("s", "s", "s"),
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
    "gradient": Symbol("g", "g", "g"),
    "clip_norm": Symbol("c", "c", "c"),
    "gradient_norm": Symbol("‖g‖", "|g|", r"\lVert g\rVert"),
    "learning_rate": Symbol("η", "eta", r"\eta"),
    "corrected_rate": Symbol("ηₜ", "eta_t", r"\eta_t"),
    "weight_decay": Symbol("λ", "lambda", r"\lambda"),
    "momentum": Symbol("μ", "mu", r"\mu"),
    "rho": Symbol("ρ", "rho", r"\rho"),
    "beta1": Symbol("β₁", "beta1", r"\beta_1"),
    "beta2": Symbol("β₂", "beta2", r"\beta_2"),
    "beta1_power": Symbol("β₁ᵗ", "beta1^t", r"\beta_1^{t}"),
    "beta2_power": Symbol("β₂ᵗ", "beta2^t", r"\beta_2^{t}"),
    "epsilon": Symbol("ε", "eps", r"\varepsilon"),
    "velocity": Symbol("v", "v", "v"),
    "first_moment": Symbol("m", "m", "m"),
    "second_moment": Symbol("v", "v", "v"),
    "square_sum": Symbol("s", "s", "s"),
    "first_unbiased": Symbol("m̂", "mhat", r"\hat m"),
    "second_unbiased": Symbol("v̂", "vhat", r"\hat v"),
}

_NOTHING = ("", "", "")
# Prefix of a kind -> what stands before and after the symbol of the rest of it.
_AROUND = {
    "dL_d": (("∂L/∂", "dL/d", r"\partial L/\partial "), _NOTHING),
    "dl_d": (("∂ℓ/∂", "dl/d", r"\partial\ell/\partial "), _NOTHING),
    "new_": (_NOTHING, ("′", "'", "'")),
    "squares_of_": (("Σ(", "sum(", r"\Sigma("), (")²", "^2)", r")^{2}")),
    "sizes_of_": (("Σ|", "sum|", r"\Sigma |"), ("|", "|", "|")),
}


@cache
def symbol_of(kind: str) -> Symbol:
    """The symbol of a kind; one without an entry is called by its name, as a parameter is."""
    if kind in SYMBOLS:
        return SYMBOLS[kind]
    for prefix, (before, after) in _AROUND.items():
        if kind.startswith(prefix):
            return replace(symbol_of(kind.removeprefix(prefix)), before=before, after=after)
    escaped = kind.replace("_", r"\_")
    return Symbol(kind, kind, kind if len(kind) == 1 else rf"\mathrm{{{escaped}}}")


# Settings and targets: written with all their digits where these are few.
SETTINGS = frozenset(
    {"y", "n_rows", "learning_rate", "weight_decay", "momentum", "rho", "beta1", "beta2", "epsilon",
     "l1", "l2", "clip_norm", "huber_delta", "quantile"}
)  # fmt: skip

# function -> (before, after) its argument, in Unicode, ASCII and LaTeX.
FUNCTION_SYMBOLS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "exp": (("exp(", ")"), ("exp(", ")"), (r"\exp(", ")")),
    "expm1": (("expm1(", ")"), ("expm1(", ")"), (r"\operatorname{expm1}(", ")")),
    "log": (("ln(", ")"), ("ln(", ")"), (r"\ln(", ")")),
    "sqrt": (("√(", ")"), ("sqrt(", ")"), (r"\sqrt{", "}")),
    "cos": (("cos(", ")"), ("cos(", ")"), (r"\cos(", ")")),
    "sin": (("sin(", ")"), ("sin(", ")"), (r"\sin(", ")")),
    "tanh": (("tanh(", ")"), ("tanh(", ")"), (r"\tanh(", ")")),
    "abs": (("|", "|"), ("|", "|"), (r"\lvert ", r"\rvert ")),
    "sign": (("sign(", ")"), ("sign(", ")"), (r"\operatorname{sign}(", ")")),
    "step": (("[", " > 0]"), ("[", " > 0]"), ("[", " > 0]")),
    "positive": (("max(0, ", ")"), ("max(0, ", ")"), (r"\max(0, ", ")")),
    "logistic": (("σ(", ")"), ("sigmoid(", ")"), (r"\sigma(", ")")),
    "softplus": (
        ("softplus(", ")"), ("softplus(", ")"), (r"\operatorname{softplus}(", ")"),
    ),
    "normal_cdf": (("Φ(", ")"), ("Phi(", ")"), (r"\Phi(", ")")),
    "normal_density": (("φ(", ")"), ("phi(", ")"), (r"\varphi(", ")")),
}  # fmt: skip
