"""Take the pictures of the user guide: the demonstration, as each kind of person sees it.

docs/screenshots.txt says what to take, one picture a line: its name, who signs in, and the way there:
an address and then the links or buttons to press, by the beginning of their words. A name ending in -phone
is taken as a phone shows it. Pictures land in docs/pictures; those that are on no list any more are removed.
"""

import io
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demonstration.cast import PASSWORD, address_of
from marketplace.core.settings import PROJECT
from tests.browser.conftest import DESKTOP, PHONE, QUIET_CHROMIUM, chromium
from tests.browser.live import running

LIST = PROJECT / "docs" / "screenshots.txt"
PICTURES = PROJECT / "docs" / "pictures"
NOBODY = "-"
TALLEST = 1_500  # pixels: a long page is shown from its top
COLOURS = 64  # enough for pages like ours, in a third of the bytes


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
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
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
        sign_in(page, address_of(picture.who))
    page.goto(picture.address)
    for words in picture.presses:
        press(page, words)
    page.wait_for_load_state("networkidle")
    keep(page.screenshot(full_page=True), PICTURES / f"{picture.name}.png")
    context.close()
    print(picture.name, flush=True)


def press(page: Page, words: str) -> None:
    """Press the first link or button whose words begin like this."""
    begins = re.compile(rf"^\s*{re.escape(words)}")
    page.get_by_role("link", name=begins).or_(page.get_by_role("button", name=begins)).first.click()
    page.wait_for_load_state("load")


def keep(screenshot: bytes, path: Path) -> None:
    """Store a picture from the top of the page, no taller than TALLEST, with few colours."""
    with Image.open(io.BytesIO(screenshot)) as image:
        top = image.convert("RGB").crop((0, 0, image.width, min(image.height, TALLEST)))
        top.quantize(COLOURS).save(path, optimize=True)


def main() -> None:
    """Load the demonstration into a database of its own and take every picture."""
    pictures = wanted(LIST.read_text("utf-8"))
    PICTURES.mkdir(exist_ok=True)
    for path in PICTURES.glob("*.png"):
        if path.stem not in {picture.name for picture in pictures}:
            path.unlink()
    os.chdir(PROJECT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'weald.sqlite'}"
        with (
            running(database, folder, prepare=("demonstration", "load")) as weald,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET_CHROMIUM)
            for picture in pictures:
                take(browser, weald.url, picture)
            browser.close()


if __name__ == "__main__":
    main()
