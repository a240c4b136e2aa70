"""Take the pictures of the user guide: the demonstration, as each kind of person sees it.

docs/screenshots.txt says what to take, one picture a line: its name, who signs in, and the way there:
an address and then the links or buttons to press, by their words. A name ending in -phone is taken as a
phone shows it. Pictures land in docs/pictures.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demonstration.cast import PASSWORD
from marketplace.core.settings import PROJECT
from tests.browser.conftest import DESKTOP, PHONE, QUIET_CHROMIUM, chromium
from tests.browser.live import running

LIST = PROJECT / "docs" / "screenshots.txt"
PICTURES = PROJECT / "docs" / "pictures"
NOBODY = "-"


@dataclass(frozen=True)
class Picture:
    """One line of the list."""

    name: str
    who: str
    address: str
    presses: tuple[str, ...]


def wanted(text: str) -> list[Picture]:
    """The pictures that the list asks for. Raises ValueError for a line that does not have three parts."""
    pictures = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, who, way = (part.strip() for part in line.split("|"))
        address, *presses = (step.strip() for step in way.split(">"))
        pictures.append(Picture(name, who, address, tuple(presses)))
    return pictures


def sign_in(page: Page, email: str) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def take(browser: Browser, url: str, picture: Picture) -> None:
    """Go where the picture is, and take it, all of the page."""
    size = PHONE if picture.name.endswith("-phone") else DESKTOP
    context = browser.new_context(
        base_url=url,
        viewport={"width": size["width"], "height": size["height"]},
        locale="en-GB",
        timezone_id="Europe/London",
    )
    page = context.new_page()
    if picture.who != NOBODY:
        sign_in(page, picture.who)
    page.goto(picture.address)
    for words in picture.presses:
        link = page.get_by_role("link", name=words)
        (link if link.count() else page.get_by_role("button", name=words)).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{picture.name}.png", full_page=True)
    context.close()
    print(picture.name, flush=True)


def main() -> None:
    """Load the demonstration into a database of its own and take every picture."""
    PICTURES.mkdir(exist_ok=True)
    os.chdir(PROJECT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(f"sqlite:///{folder / 'weald.sqlite'}", folder) as weald:
            weald.flask("demonstration", "load", "--if-empty")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET_CHROMIUM)
                for picture in wanted(LIST.read_text("utf-8")):
                    take(browser, weald.url, picture)
                browser.close()


if __name__ == "__main__":
    main()
