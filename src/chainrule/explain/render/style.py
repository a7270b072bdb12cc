"""The look of explanations on a page: one colour a role, in light and in dark.

Every colour has a contrast of 4.5 : 1 or more on the paper under it.
"""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff", "ink": "#1b1d22", "faint": "#5b616e", "line": "#c9cdd6",
    "activation": "#1558a8", "weight": "#8f3a06", "derivative": "#a3126a", "slope": "#1a6a3a",
    "more": "#1558a8", "less": "#b0480b",
}  # fmt: skip
DARK = {
    "paper": "#16181d", "ink": "#e8eaf0", "faint": "#a3a9b7", "line": "#444a57",
    "activation": "#85b9ff", "weight": "#f2a766", "derivative": "#ff8fc8", "slope": "#7ad69b",
    "more": "#85b9ff", "less": "#f2a766",
}  # fmt: skip


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


PAGE_STYLE = f"""\
body {{ margin: 0; background: {LIGHT["paper"]}; }}
@media (prefers-color-scheme: dark) {{ body {{ background: {DARK["paper"]}; }} }}
"""
# & stands for the element of the explanation.
_RULES = """\
& { LIGHT color-scheme: light; }
@media (prefers-color-scheme: dark) {
  & { DARK color-scheme: dark; }
}
& {
  background: var(--paper); color: var(--ink); padding: 0.6em 1em; max-width: 62em;
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; text-align: left;
  font-variant-numeric: tabular-nums;
}
& p { margin: 0.3em 0; }
& h4, & summary {
  font-size: 1em; font-weight: 600; margin: 0.9em 0 0.3em;
}
& summary { cursor: pointer; }
& .notice { border-left: 0.25em solid var(--less); padding-left: 0.6em; }
& .note, & small { color: var(--faint); font-size: 0.9em; }
& .equation { display: flex; flex-wrap: wrap; align-items: baseline; margin: 0.35em 0 0.35em 1em; }
& .left { margin-right: 0.3em; }
& .sides { flex: 1 1 13em; }
& .side { padding-left: 1.5em; text-indent: -1.5em; margin: 0.15em 0; }
& mfrac { padding: 0.12em 0.1em; }
& math { font-size: 1.08em; text-indent: 0; overflow-wrap: normal; white-space: nowrap; }
& .activation { color: var(--activation); }
& .weight { color: var(--weight); }
& .derivative { color: var(--derivative); }
& .slope { color: var(--slope); }
& .crossed {
  background: linear-gradient(to top right, transparent 47%, currentColor 48%, currentColor 52%,
    transparent 53%);
}
& table { border-collapse: collapse; margin-left: 1em; width: auto; }
& tr { background: none; }
& th, & td {
  font-weight: normal; text-align: left; padding: 0.08em 0.7em 0.08em 0; border: 0;
  vertical-align: top;
}
& th { min-width: 5.5em; }
& td.value { text-align: right; white-space: nowrap; }
& tr.total > * { border-top: 1px solid var(--line); }
& svg { width: clamp(2.5em, 20vw, 8em); height: 0.8em; vertical-align: -0.05em; }
& .long svg { width: 2.5em; }
& .long th, & .long td { padding-right: 0.4em; font-size: 0.9em; }
& .more { fill: var(--more); }
& .less { fill: var(--less); }
& .axis { fill: var(--line); }
"""
STYLE = (
    _RULES.replace("&", ".chainrule-explanation")
    .replace("LIGHT", _variables(LIGHT))
    .replace("DARK", _variables(DARK))
)
