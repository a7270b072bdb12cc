"""The look of a report: the colours of explanations, in light, in dark and on paper."""

from __future__ import annotations

from chainrule.explain.render.style import DARK, LIGHT, STYLE
from chainrule.report.svg.strips import SHADES


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


_SHADES = "\n".join(
    f".q{k} {{ stroke: color-mix(in srgb, var(--more) {100 * k // (SHADES - 1)}%, var(--less)); }}"
    for k in range(SHADES)
)
_HEAT = "\n".join(
    f".h{k} {{ background: color-mix(in srgb, var(--more) {3 * k}%, var(--paper)); }}"
    for k in range(11)
)
_PAGE = """\
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums;
}
header, nav, main { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 1.5rem 0 0.5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.6rem; padding-top: 0.6rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 0.3rem; }
p { margin: 0.4rem 0; max-width: 46rem; }
a { color: var(--more); }
nav ul { list-style: none; padding: 0; margin: 1rem 0 0; display: flex; flex-wrap: wrap;
  gap: 0.15rem 1.1rem; }
nav a { display: inline-block; padding: 0.15rem 0; }
.faint, figcaption, caption, dt { color: var(--faint); }
.faint, figcaption, caption { font-size: 0.9rem; }
.verdict { font-size: 1.2rem; line-height: 1.4; border-left: 0.35rem solid var(--faint);
  padding: 0.2rem 0 0.2rem 0.9rem; margin: 0.8rem 0; }
.verdict.better { border-color: var(--slope); }
.verdict.worse { border-color: var(--less); }
.verdict b { display: block; }
.warning { border: 1px solid var(--less); border-left-width: 0.35rem; padding: 0.5rem 0.9rem; }
.fault { border-left: 0.35rem solid var(--less); padding-left: 0.9rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
  gap: 0.3rem 1.5rem; margin: 0.6rem 0; }
dl div { min-width: 0; }
dt { font-size: 0.85rem; }
dd { margin: 0; }
pre { background: color-mix(in srgb, var(--faint) 12%, var(--paper)); padding: 0.6rem 0.8rem;
  white-space: pre-wrap; margin: 0.5rem 0; font-size: 0.9rem; }
code { font-family: ui-monospace, monospace; }
.charts { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; }
figure { margin: 0.8rem 0; flex: 1 1 20rem; max-width: 28rem; min-width: 0; }
figcaption { margin-top: 0.2rem; }
table { border-collapse: collapse; margin: 0.8rem 0; }
main > section > table, .full { width: 100%; }
caption { text-align: left; padding-bottom: 0.25rem; }
th, td { text-align: right; padding: 0.2rem 0 0.2rem 0.9rem; vertical-align: baseline;
  font-weight: normal; }
td { white-space: nowrap; }
thead th { color: var(--faint); font-size: 0.85rem; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; padding-left: 0; }
tbody th { min-width: 5rem; }
tr.total > * { border-top: 1px solid var(--line); }
.words td { text-align: left; white-space: normal; }
.words thead th { text-align: left; }
.words td:last-child, .words thead th:last-child { text-align: right; white-space: nowrap; }
.bars thead th:last-child, .scores thead th:last-child, .parts thead th:last-child {
  text-align: left; }
.bars td:last-child, .scores td:last-child { width: 34%; }
.parts td:nth-child(2), .parts thead th:nth-child(2) { text-align: left; white-space: normal; }
.parts td:last-child { width: 26%; min-width: 4rem; }
.scroll { overflow-x: auto; }
.confusion { width: auto; }
.confusion td { padding: 0; }
.confusion td span { display: block; padding: 0.3rem 0.55rem; min-width: 2.6rem; }
.confusion thead th { padding: 0.2rem 0.55rem; }
.confusion .right { font-weight: 600; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--faint); font: 11px system-ui, sans-serif; }
svg.strip { height: 0.85rem; min-width: 3rem; }
.axis, .zero, .track { stroke: var(--line); fill: none; }
.strip path { vector-effect: non-scaling-stroke; }
.line { fill: none; stroke-width: 1.8; }
.training { stroke: var(--more); }
.validation { stroke: var(--less); stroke-dasharray: 5 3; }
.mark { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 3; }
.ideal { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 3; }
.whisker { stroke: var(--more); }
.point { fill: var(--more); }
.dots { fill: none; stroke-linecap: round; stroke-width: 4; stroke: var(--more);
  stroke-opacity: 0.8; }
.more { fill: var(--more); }
.less { fill: var(--less); }
.grey { stroke: var(--faint); }
.error, .value { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.baseline { stroke: var(--less); stroke-width: 3; fill: none; }
.key { display: inline-block; width: 1.6em; height: 0; border-top: 0.18em solid var(--more);
  vertical-align: middle; margin-right: 0.3em; }
.key.dashed { border-top-style: dashed; border-color: var(--less); }
.swarms { display: grid; grid-template-columns: minmax(5rem, 14rem) 1fr; align-items: center;
  gap: 0 0.8rem; margin: 0.5rem 0; max-width: 46rem; }
.swarms > * { min-width: 0; }
details { border: 1px solid var(--line); margin: 0.5rem 0; padding: 0 0.9rem; }
details[open] { padding-bottom: 0.7rem; }
summary { cursor: pointer; padding: 0.45rem 0; }
summary:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--more);
  outline-offset: 2px; }
.chainrule-explanation { padding: 0; }
footer { max-width: 60rem; margin: 2.5rem auto 1.5rem; padding: 0 1rem; }
@media (max-width: 34rem) {
  th, td { padding-left: 0.5rem; }
  .scores, .parts { font-size: 0.9rem; }
  .scores td:last-child, .scores thead th:last-child { display: none; }
  .scores td:nth-child(3) { white-space: normal; min-width: 5rem; overflow-wrap: normal; }
  .scores tbody th { min-width: 6.5rem; }
  .parts td:last-child, .parts thead th:last-child { display: none; }
  .bars td:last-child { width: 24%; }
  .swarms { grid-template-columns: 1fr; }
  .swarms svg { margin-bottom: 0.4rem; }
  dl { grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); }
  details { padding: 0 0.6rem; }
  .chainrule-explanation { font-size: 0.85rem; }
  .chainrule-explanation table, .chainrule-explanation .equation { margin-left: 0; }
  .chainrule-explanation svg { width: 2.5em; }
  .chainrule-explanation th { min-width: 3em; }
}
"""
_PRINT = """\
@page { margin: 15mm; }
@media print {
  :root, .chainrule-explanation { LIGHT color-scheme: light; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  nav { display: none; }
  h2, h3, summary { break-after: avoid; }
  figure, tr, pre, .verdict, .warning, .fault, .equation { break-inside: avoid; }
  .more, .less, .dots, td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible; }
}
"""


def _page_style() -> str:
    colours = (
        ":root { LIGHT color-scheme: light; }\n"
        "@media (prefers-color-scheme: dark) { :root { DARK color-scheme: dark; } }\n"
    )
    every = f"{colours}{STYLE}{_PAGE}{_SHADES}\n{_HEAT}\n{_PRINT}"
    return every.replace("LIGHT", _variables(LIGHT)).replace("DARK", _variables(DARK))


PAGE_STYLE = _page_style()
