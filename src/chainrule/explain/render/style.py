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


STYLE = f"""\
.chainrule-explanation {{ {_variables(LIGHT)} color-scheme: light; }}
@media (prefers-color-scheme: dark) {{
  .chainrule-explanation {{ {_variables(DARK)} color-scheme: dark; }}
}}
.chainrule-explanation {{
  background: var(--paper); color: var(--ink); padding: 0.6em 1em; max-width: 62em;
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; text-align: left;
  font-variant-numeric: tabular-nums;
}}
.chainrule-explanation p {{ margin: 0.3em 0; }}
.chainrule-explanation h4, .chainrule-explanation summary {{
  font-size: 1em; font-weight: 600; margin: 0.9em 0 0.3em;
}}
.chainrule-explanation summary {{ cursor: pointer; }}
.chainrule-explanation .notice {{ border-left: 0.25em solid var(--less); padding-left: 0.6em; }}
.chainrule-explanation .note, .chainrule-explanation small {{ color: var(--faint); font-size: 0.9em; }}
.chainrule-explanation .equation {{ display: flex; flex-wrap: wrap; margin: 0.35em 0 0.35em 1em; }}
.chainrule-explanation .left {{ margin-right: 0.3em; }}
.chainrule-explanation .sides {{ flex: 1 1 13em; min-width: 0; }}
.chainrule-explanation .side {{ padding-left: 1.5em; text-indent: -1.5em; }}
.chainrule-explanation math {{ text-indent: 0; font-size: 1.08em; }}
.chainrule-explanation .activation {{ color: var(--activation); }}
.chainrule-explanation .weight {{ color: var(--weight); }}
.chainrule-explanation .derivative {{ color: var(--derivative); }}
.chainrule-explanation .slope {{ color: var(--slope); }}
.chainrule-explanation .crossed {{
  background: linear-gradient(to top right, transparent 47%, currentColor 48%, currentColor 52%,
    transparent 53%);
}}
.chainrule-explanation table {{ border-collapse: collapse; margin-left: 1em; width: auto; }}
.chainrule-explanation tr {{ background: none; }}
.chainrule-explanation th, .chainrule-explanation td {{
  font-weight: normal; text-align: left; padding: 0.08em 0.7em 0.08em 0; border: 0;
  vertical-align: top;
}}
.chainrule-explanation td.value {{ text-align: right; white-space: nowrap; }}
.chainrule-explanation tr.total > * {{ border-top: 1px solid var(--line); }}
.chainrule-explanation svg {{ width: 8em; max-width: 25vw; height: 0.8em; vertical-align: -0.05em; }}
.chainrule-explanation .more {{ fill: var(--more); }}
.chainrule-explanation .less {{ fill: var(--less); }}
.chainrule-explanation .axis {{ fill: var(--line); }}
"""
