"""The files of the page, and the style of explanations, which stands with their renderer."""

from __future__ import annotations

import json
import re
from importlib import resources

from chainrule.explain.render.style import DARK, LIGHT, STYLE

# Path -> file in the package, media type.
FILES = {
    "/": ("index.html", "text/html"),
    "/app.js": ("app.js", "text/javascript"),
    "/app.css": ("app.css", "text/css"),
    "/LICENSES.txt": ("LICENSES.txt", "text/plain"),
}


def page_file(name: str) -> bytes:
    """One of the built files."""
    return resources.files("chainrule").joinpath("_web", name).read_bytes()


def widget_module() -> str:
    """The same script as a module of a notebook's widget, with the same style in it."""
    script, style = page_file("app.js").decode(), json.dumps(widget_style())
    view = f"({{ model, el }}) => chainrule.mount(el, model, {style})"
    return f"{script}\nexport default {{ render: {view} }};\n"


def widget_style() -> str:
    """The style of the page for a tree of its own: its root is the widget, and its width counts."""
    style = explanation_style() + page_file("app.css").decode()
    style = re.sub(r":root((?:\[[^]]*\]|:not\([^)]*\))+)", r":host(\1)", style)
    style = re.sub(r":root\b|(?<![-\w.#])body(?=\s*[{,])", ":host", style)
    style = re.sub(r"@media\s*(?=\((?:m(?:in|ax)-)?width)", "@container ", style)
    return style + ":host { display: block; container-type: inline-size; }"


def explanation_style() -> str:
    """The style of explanations, with the theme that the reader chose on the page."""
    rules = [STYLE]
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        values = " ".join(f"--{name}: {colour};" for name, colour in colours.items())
        chosen = f':root[data-theme="{theme}"] .chainrule-explanation'
        rules.append(f"{chosen} {{ {values} color-scheme: {theme}; }}")
    return "\n".join([*rules, ".chainrule-explanation.chainrule-explanation { --paper: none; }"])
