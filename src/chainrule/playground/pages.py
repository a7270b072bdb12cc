"""The files of the page, and the style of explanations, which stands with their renderer."""

from __future__ import annotations

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


def explanation_style() -> str:
    """The style of explanations, with the theme that the reader chose on the page."""
    rules = [STYLE]
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        values = " ".join(f"--{name}: {colour};" for name, colour in colours.items())
        chosen = f':root[data-theme="{theme}"] .chainrule-explanation'
        rules.append(f"{chosen} {{ {values} color-scheme: {theme}; }}")
    return "\n".join([*rules, ".chainrule-explanation.chainrule-explanation { --paper: none; }"])
