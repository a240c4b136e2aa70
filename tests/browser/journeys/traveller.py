"""Somebody at a browser of their own, who finds links, buttons and fields by the words on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DATE_PARTS = ("Day", "Month", "Year", "Time")
PATIENCE = 30_000  # milliseconds: other tests run beside these
scanned: set[tuple[str, str]] = set()


class Traveller:
    """A person and their browser. Each kind of page they come to is looked at once, as axe looks."""

    def __init__(self, page: Page, accessible: Callable[[Page], None]) -> None:
        self.page = page
        self.page.set_default_timeout(PATIENCE)
        self.accessible = accessible

    def go(self, address: str, *links: str) -> None:
        """Go to an address, then press links by their words."""
        self.page.goto(address)
        self.look()
        self.follow(*links)

    def follow(self, *links: str) -> None:
        """Press links by their words, one after the other."""
        for words in links:
            self._link(words).first.click()
            self.look()

    def _link(self, words: str) -> Locator:
        """A link, also one that is drawn as a button."""
        drawn_as_button = self.page.get_by_role("button", name=words, exact=True)
        return self.page.get_by_role("link", name=words, exact=True).or_(drawn_as_button)

    def press(self, button: str, within: Locator | None = None) -> None:
        """Press a button by its words."""
        (within or self.page.get_by_role("main")).get_by_role("button", name=button, exact=True).click()
        self.look()

    def fill(self, answers: Mapping[str, str]) -> None:
        """Answer questions by their words."""
        for words, said in answers.items():
            self.answer(words, said)

    def answer(self, words: str, said: str) -> None:
        """Answer one question: type, choose, or tick. A date is written as 1 March 2027 at 12:00."""
        group = self.page.get_by_role("group", name=words, exact=True)
        if group.count() and group.get_by_label("Day", exact=True).count():
            day, month, year = said.partition(" at ")[0].split()
            typed = zip(DATE_PARTS, (day, month, year, said.partition(" at ")[2]), strict=True)
            for part, text in typed:
                if text:
                    group.get_by_label(part, exact=True).fill(text)
        elif group.count():
            group.get_by_label(said, exact=True).check()
        else:
            self._control(self.page.get_by_label(words, exact=True), said)

    def _control(self, control: Locator, said: str) -> None:
        tag = control.evaluate("element => element.tagName + ' ' + element.type")
        if tag.startswith("SELECT"):
            options = control.locator("option").all_text_contents()
            control.select_option(label=next(text for text in options if text.strip().startswith(said)))
        elif "checkbox" in tag:
            control.check()
        else:
            control.fill(said)

    def save(self, link: str, folder: Path) -> Path:
        """Download the file behind a link; where it lies now."""
        with self.page.expect_download() as downloading:
            self._link(link).click()
        path = folder / downloading.value.suggested_filename
        downloading.value.save_as(path)
        return path

    def sees(self, words: str) -> None:
        """The main part of the page says this."""
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def look(self) -> None:
        """Scan the page unless one of its kind, with such a heading, was scanned before."""
        self.page.wait_for_load_state("load")
        heading = re.sub(r"[0-9£,.]+", "", self.page.locator("h1").inner_text())
        kind = (UUID.sub("…", self.page.url.partition("?")[0]), heading)
        if kind not in scanned:
            scanned.add(kind)
            before = self.page.viewport_size
            self.accessible(self.page)
            if before:
                self.page.set_viewport_size(before)
