"""A browser that opens a report from disk, tells what it asked for, and lets axe-core look."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
AXE = Path(__file__).parent / "axe" / "axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def browser():
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not BROWSER:
        pytest.skip("needs Chromium on this machine")
    with sync.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, folder):
    """Opens a page of the module's ``folder``; gathers what it asks for and complains about."""
    contexts = []

    def open_page(name, **settings):
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.told = []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("request", lambda asked: page.told.append(asked.url) if not asked.url.startswith(
            "file:") else None)  # fmt: skip
        page.goto((folder / name / "report.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def axe():
    """What axe-core finds of level A and AA on a page that was opened past its content policy."""
    text = AXE.read_text(encoding="utf-8")
    assert hashlib.sha256(text.encode()).hexdigest() == AXE_SHA256
    asked = json.dumps(
        {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    )

    def violations(page):
        page.add_script_tag(content=text)
        found = page.evaluate(f"async () => (await axe.run(document, {asked})).violations")
        return [(v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in found]

    return violations
