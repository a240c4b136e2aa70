"""What journeys in a real browser may ask for: a running Weald, Chromium, and an accessibility scan."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests import databases, openid
from tests.browser.journeys.traveller import PATIENCE
from tests.browser.live import Live, running

QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Its names on the path. The first draws pages and nothing around them, in half the time."""
AXE_FINDS = "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """Where this machine keeps its Chromium."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


@pytest.fixture(scope="session")
def at_microsoft() -> Iterator[openid.Openid]:
    """A provider at which the running Weald is registered, as if it were Microsoft."""
    with openid.running() as provider:
        yield provider


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, at_microsoft: openid.Openid) -> Iterator[Live]:
    """A running Weald for all journeys of this run; each builds the people and things it needs."""
    folder = tmp_path_factory.mktemp("live")
    registered = at_microsoft.settings("microsoft")
    with (
        databases.chosen(os.environ) as database,
        running(database.url, folder, settings=registered) as weald,
    ):
        yield weald


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use this machine's own Chromium, quietly."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": QUIET_CHROMIUM}


@pytest.fixture(scope="session")
def base_url(live: Live) -> str:
    """The address that page.goto("/tenders") starts from."""
    return live.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A British person at a desktop."""
    return {
        **browser_context_args,
        "viewport": DESKTOP,
        "locale": "en-GB",
        "timezone_id": "Europe/London",
    }


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when a script on it fails, or when anything it asks for is missing."""
    troubles: list[str] = []
    watched(page, troubles)
    yield page
    assert not troubles, "\n".join(troubles)


def watched(page: Page, troubles: list[str]) -> None:
    """Note what goes wrong on a page behind its reader's back."""
    page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
    page.on(
        "response",
        lambda answer: (
            troubles.append(f"{answer.status} {answer.url}")
            if answer.status in {404, 500} and answer.request.resource_type != "document"
            else None
        ),
    )
    page.on(
        "console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None
    )


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Scan a page with axe, as a desktop and as a phone shows it; fail with each finding in words."""

    script = Axe().axe_script

    def scan(page: Page) -> None:
        page.evaluate(script)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            found = page.evaluate(AXE_FINDS)
            wide = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            assert not found, f"{page.url} at {size['width']}:\n" + "\n".join(map(describe, found))
            assert not wide, f"{page.url} spills over sideways at {size['width']} pixels"

    return scan


def describe(violation: dict[str, Any]) -> str:
    """One finding of axe: what is wrong, and where."""
    places = "\n".join(f"      {node['html'][:200]}" for node in violation["nodes"][:5])
    return f"  - {violation['id']}: {violation['help']}\n{places}"
