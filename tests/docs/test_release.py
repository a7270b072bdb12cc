"""The workflow of a release: it is YAML, its jobs fit together, and what its steps name exists."""

from __future__ import annotations

import itertools
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chainrule.cli.commands import app

yaml = pytest.importorskip("yaml", reason="needs PyYAML, as the docs extra brings it")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOW: dict[Any, Any] = yaml.safe_load(
    (ROOT / ".github/workflows/release.yml").read_text("utf-8")
)
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STEPS = [(job, step) for job, body in JOBS.items() for step in body["steps"]]
COMMAND = re.compile(r"^\s*(?:[\w/]+/)?chainrule (\w+)", re.MULTILINE)


def expanded(job: str, text: str) -> list[str]:
    """The text for every entry of the job's matrix."""
    matrix = JOBS[job].get("strategy", {}).get("matrix", {})
    found = []
    for values in itertools.product(*matrix.values()):
        one = text
        for key, value in zip(matrix, values, strict=True):
            one = one.replace(f"${{{{ matrix.{key} }}}}", value)
        found.append(one)
    return found


def test_jobs_fit_together() -> None:
    assert set(WORKFLOW[True]) == {"push", "workflow_dispatch"}  # YAML reads `on` as true
    assert WORKFLOW["permissions"] == {"contents": "read"}
    order = list(JOBS)
    for name, body in JOBS.items():
        for needed in body.get("needs", ()):
            assert order.index(needed) < order.index(name)
        assert body["runs-on"] in ("${{ matrix.os }}", "ubuntu-24.04")
    publish = JOBS["publish"]
    assert publish["if"] == "github.event_name == 'push'"
    assert publish["permissions"]["id-token"] == "write"
    assert set(publish["needs"]) == set(JOBS) - {"publish"}


def test_every_step_uses_a_version_or_runs_a_shell() -> None:
    for job, step in STEPS:
        assert ("uses" in step) != ("run" in step), (job, step)
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w.-]+@(v\d[\w.]*|release/v\d+)", step["uses"])
        else:
            subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


def test_what_is_downloaded_was_uploaded() -> None:
    uploaded = {
        name: job
        for job, step in STEPS
        if step.get("uses", "").startswith("actions/upload-artifact@")
        for name in expanded(job, step["with"]["name"])
    }
    assert {"sdist", "materials"} <= set(uploaded)
    for job, step in STEPS:
        if not step.get("uses", "").startswith("actions/download-artifact@"):
            continue
        wanted = [step["with"]["name"]] if "name" in step["with"] else list(uploaded)
        for name in wanted:
            assert uploaded[name] in JOBS[job]["needs"], (job, name)
    folders = re.findall(r"\ball/([\w*-]+)/", str(JOBS["publish"]))
    for folder in folders:
        pattern = folder.replace("*", ".*")
        assert any(re.fullmatch(pattern, name) for name in uploaded), folder


def test_commands_and_files_exist() -> None:
    wheel = SETTINGS["tool"]["cibuildwheel"]
    text = "\n".join([wheel["test-command"], *(step.get("run", "") for _, step in STEPS)])
    named = COMMAND.findall(text)
    assert named and set(named) <= {command.name for command in app.registered_commands}
    extras = set(SETTINGS["project"]["optional-dependencies"])
    assert set(wheel["test-extras"]) | set(re.findall(r"\[(\w+)\]\"", text)) <= extras
    for path in re.findall(r"(?:^|\s)(\.?/?(?:\.ci|docs|tests|src|examples)/[\w./-]+)", text):
        assert (ROOT / path).exists(), path
    # Where a step sees the source, it has checked it out before.
    for job, body in JOBS.items():
        steps = [step.get("uses", "") + step.get("run", "") for step in body["steps"]]
        builds = [
            k for k, step in enumerate(steps) if "cibuildwheel" in step or "run build" in step
        ]
        assert all(steps[0].startswith("actions/checkout@") for _ in builds), job


def test_every_wheel_has_a_python_that_the_project_takes() -> None:
    least = SETTINGS["project"]["requires-python"].removeprefix(">=")
    for build in SETTINGS["tool"]["cibuildwheel"]["build"]:
        minor = int(re.fullmatch(r"cp3(\d+)t?-\*", build)[1])  # type: ignore[index]
        assert minor >= int(least.split(".")[1])
