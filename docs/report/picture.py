"""Makes the picture of `docs/report.md`: a report of penguins that training has not seen.

    python docs/report/picture.py

Needs chromium and the browser extra.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright

from chainrule import TabularClassifier

HERE = Path(__file__).parent
PENGUINS = HERE.parents[1] / "examples" / "penguins.csv"


def main() -> None:
    table = pd.read_csv(PENGUINS)
    order = np.random.default_rng(0).permutation(len(table))
    X, y = table.drop(columns="species"), table["species"]
    old, new = order[:230], order[230:]
    model = TabularClassifier(random_state=0).fit(X.iloc[old], y.iloc[old])
    found = model.report(X.iloc[new], y.iloc[new], title="Predicting species")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as run:
        path = Path(folder) / "report.html"
        found.save(path)
        browser = run.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.goto(path.as_uri())
        page.click("#worst summary")
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(
            path=HERE / "top.png", full_page=True, clip=area(page, "header", "#findings")
        )
        page.screenshot(path=HERE / "worst.png", full_page=True, clip=area(page, "#worst", ""))
        browser.close()


def area(page, first: str, last: str) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """From the top of one element to the bottom of another, at most 900 pixels."""
    start = page.locator(first).first.bounding_box()
    end = page.locator(last or first).first.bounding_box()
    height = min(end["y"] + end["height"] - start["y"], 900.0)
    return {"x": 0.0, "y": start["y"], "width": 1000.0, "height": height}


if __name__ == "__main__":
    main()
