"""The pages of the documentation site, as hooks of MkDocs.

Beside the files of this folder there are pages that are made: one a job of `jobs.md`, one a public
name or room, and one a file of code that a page links to. Formulas become MathML, which needs no
script.
"""

from __future__ import annotations

import html
import importlib
import posixpath
import re
from pathlib import Path
from typing import Any

from docs.public_names import RESULTS, ROOMS, names_of_room
from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
WORKER = "assets/iframe-worker.js"
FOREIGN_WORKER = "https://unpkg.com/iframe-worker/shim"
LEARN = (
    "README", "1-forward", "2-loss", "3-backward", "4-update", "5-repeat", "6-trouble", "7-inputs",
    "8-table", "your-program", "questions",
)  # fmt: skip
EXPLANATION = (
    "attributions.md", "dependence.md", "report.md", "export.md", "ecosystem.md", "playground.md",
    "diagnosis.md", "quality.md", "benchmarks/speed.md", "proof.md", "mutants.md", "mutation.md",
    "names.md",
)  # fmt: skip

_JOB = re.compile(r"^### (\d+)\. (.+)$", re.MULTILINE)
_BESIDE = re.compile(r"\]\((?=[a-z-]+\.md)")  # a link to a page of this folder
_GROUP = re.compile(r"^## (.+)$", re.MULTILINE)
_OUTSIDE = re.compile(r"\]\(((?:\.\./)+)((?:src|proofs|benchmarks|tests|examples)/[^)#]+)\)")
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def on_config(config: Any) -> Any:
    """What stands where."""
    config.nav = [
        {"Start": ["index.md", "coming-from.md"]},
        {"Learn": [f"learn/{name}.md" for name in LEARN]},
        {"How to": ["how-to/index.md", *(f"how-to/{slug}.md" for slug, _ in jobs().items())]},
        {"Explanation": list(EXPLANATION)},
        {"Reference": ["reference/index.md", *(f"reference/{name}.md" for name in references())]},
    ]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages that are made."""
    made = {"how-to/index.md": _jobs_index(), "reference/index.md": _reference_index()}
    made |= {f"how-to/{slug}.md": text for slug, text in jobs().items()}
    made |= {f"reference/{name}.md": text for name, text in references().items()}
    made |= {_code_page(path): _code(path) for path in _linked()}
    for path, text in made.items():
        files.append(File.generated(config, path, content=text))
    files.remove(files.get_file_from_path("jobs.md"))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links to files of code lead to their pages, those to the list of jobs to its page."""
    here = posixpath.dirname(page.file.src_path)
    markdown = markdown.replace("](jobs.md", "](how-to/index.md")

    def local(match: re.Match[str]) -> str:
        return f"]({posixpath.relpath(_code_page(match[2]), here or '.')})"

    return _OUTSIDE.sub(local, markdown)


def on_page_content(content: str, page: Any, config: Any, files: Files) -> str:
    """Formulas as MathML."""

    def formula(match: re.Match[str]) -> str:
        display = "block" if match[2] == "[" else "inline"
        return convert(html.unescape(match[3]).strip(), display=display)

    return _FORMULA.sub(formula, content)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """The search of pages from disk takes its stand-in for workers from here."""
    local = posixpath.relpath(WORKER, posixpath.dirname(page.file.dest_uri) or ".")
    return output.replace(FOREIGN_WORKER, local)


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """The same of what is no page, such as 404.html."""
    return output.replace(FOREIGN_WORKER, WORKER)


def jobs() -> dict[str, str]:
    """A page for every job of `jobs.md`, by its slug."""
    text = (ROOT / "docs/jobs.md").read_text("utf-8")
    heads = list(_JOB.finditer(text))
    found = {}
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : after.start() if after else len(text)]
        body = _BESIDE.sub("](../", _GROUP.split(body)[0].strip())
        slug = re.sub(r"[^a-z0-9]+", "-", head[2].lower()).strip("-")
        found[f"{int(head[1]):02d}-{slug}"] = f"# {head[2]}\n\n{body}\n"
    return found


def _jobs_index() -> str:
    """What `jobs.md` says before its first job, and the jobs by group."""
    text = (ROOT / "docs/jobs.md").read_text("utf-8")
    start, *parts = _GROUP.split(text)
    slugs = iter(jobs())
    lines = [start.strip(), ""]
    for group, body in zip(parts[::2], parts[1::2], strict=True):
        lines += [f"## {group}", ""]
        lines += [f"- [{head[2]}]({next(slugs)}.md)" for head in _JOB.finditer(body)] + [""]
    return "\n".join(lines)


def references() -> dict[str, str]:
    """A page for every public name of the package, and one for each of its public rooms."""
    import chainrule

    pages = {}
    for name in chainrule.__all__:
        home = chainrule._HOME[name]
        pages[name] = f"# {name}\n\n::: {home}.{name}\n"
    for page, names in RESULTS.items():
        pages[page] = "# What methods return\n\n" + "".join(f"::: {name}\n\n" for name in names)
    for room in ROOMS:
        module = importlib.import_module(f"chainrule.{room}")
        about = (module.__doc__ or "").split("\n", 1)
        rest = f"\n\n```text\n{about[1].strip()}\n```" if about[1:] and about[1].strip() else ""
        parts = [f"# chainrule.{room}\n\n{about[0]}{rest}"]
        parts += [f"::: chainrule.{room}.{name}" for name in names_of_room(room)]
        pages[room] = "\n\n".join(parts) + "\n"
    return pages


def _reference_index() -> str:
    import chainrule

    lines = ["# Reference", "", "| name | what it is |", "|---|---|"]
    for name in chainrule.__all__:
        about = (getattr(chainrule, name).__doc__ or "").strip().split("\n")[0]
        lines.append(f"| [`{name}`]({name}.md) | {about} |")
    lines.append("| [results](results.md) | What methods return |")
    for room in ROOMS:
        about = (importlib.import_module(f"chainrule.{room}").__doc__ or "").split("\n")[0]
        lines.append(f"| [`chainrule.{room}`]({room}.md) | {about} |")
    return "\n".join(lines) + "\n"


def _linked() -> list[str]:
    """Files of code that pages link to."""
    pages = (ROOT / "docs").rglob("*.md")
    return sorted({m[2] for page in pages for m in _OUTSIDE.finditer(page.read_text("utf-8"))})


def _code_page(path: str) -> str:
    return f"code/{path}.md"


def _code(path: str) -> str:
    kind = {".py": "python", ".cpp": "cpp", ".h": "cpp"}.get(Path(path).suffix, "text")
    text = (ROOT / path).read_text("utf-8")
    return f"# {path}\n\n````{kind}\n{text}````\n"
