"""A box for notebooks: a heading, what stands below it, and its own style, without a script."""

from __future__ import annotations

from chainrule.explain.render.markup import text
from chainrule.explain.render.style import DARK, LIGHT


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


# Notebooks say by an attribute whether they are dark; elsewhere the system does. & is the box.
_RULES = f"""\
& {{ {_variables(LIGHT)} color-scheme: light; }}
@media (prefers-color-scheme: dark) {{ & {{ {_variables(DARK)} color-scheme: dark; }} }}
[data-jp-theme-light="true"] & {{ {_variables(LIGHT)} color-scheme: light; }}
[data-jp-theme-light="false"] &, .vscode-dark & {{ {_variables(DARK)} color-scheme: dark; }}
& {{
  background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 0.4em;
  padding: 0.5em 1em; margin: 0.4em 0; max-width: 60em; box-sizing: border-box;
  font: 0.95rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; text-align: left;
  font-variant-numeric: tabular-nums;
}}
& p {{ margin: 0.3em 0; }}
& .head {{ font-weight: 600; }}
& .faint, & caption, & thead th {{ color: var(--faint); font-size: 0.9em; }}
& caption {{ text-align: left; caption-side: top; padding: 0 0 0.2em; }}
& table {{
  border-collapse: collapse; margin: 0.5em 0; width: auto; max-width: 100%;
  overflow-wrap: break-word;
}}
& tr, & tbody tr:nth-child(odd) {{ background: none; }}
& th, & td {{
  font-weight: normal; text-align: right; padding: 0.12em 0 0.12em 1em; border: 0; color: inherit;
  vertical-align: baseline; background: none;
}}
& thead th {{ border-bottom: 1px solid var(--line); }}
& th:first-child, & .words td {{ text-align: left; }}
& th:first-child {{ padding-left: 0; }}
& .words thead th {{ text-align: left; }}
& td:last-child, & .words tbody th {{ white-space: nowrap; }}
& .words td:last-child {{ white-space: normal; }}
& .words.counts td:last-child {{ text-align: right; white-space: nowrap; }}
& .bar {{ display: block; position: relative; width: 10em; height: 0.75em; }}
& .bar i {{ position: absolute; top: 0; bottom: 0; background: var(--more); }}
& .bar i.less {{ background: var(--less); }}
& details {{ margin: 0.3em 0; }}
& summary {{ cursor: pointer; }}
& summary:focus-visible {{ outline: 2px solid var(--more); outline-offset: 2px; }}
"""
STYLE = _RULES.replace("&", ".chainrule-box")


def box(head: str, *parts: str) -> str:
    """A heading, which is text, and parts, which are markup; empty ones are left out."""
    body = "\n".join(part for part in parts if part)
    return (
        f'<div class="chainrule-box"><style>{STYLE}</style>\n<p class="head">{text(head)}</p>\n'
        f"{body}\n</div>"
    )


def folded(summary: str, *parts: str) -> str:
    """Parts that open by a click or a key."""
    body = "\n".join(part for part in parts if part)
    return f"<details><summary>{text(summary)}</summary>\n{body}\n</details>"


def bar(value: float, low: float, high: float) -> str:
    """From 0 to the value, on a strip that spans [low, high] and 0; "" where that spans nothing."""
    low, high = min(low, 0.0), max(high, 0.0)
    if not high > low or value != value:
        return ""
    start, end = sorted((-low / (high - low) + 0.0, (value - low) / (high - low)))
    kind = ' class="less"' if value < 0 else ""
    return (
        f'<span class="bar" aria-hidden="true"><i{kind} style="left:{100 * start:.1f}%;'
        f'width:{100 * (end - start):.1f}%"></i></span>'
    )
