"""The components in a real browser: accessible on a desktop and a phone, and safe from double clicks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.web.gallery import gallery_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the gallery of components, served on a port of its own."""
    server = make_server("127.0.0.1", 0, gallery_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_component_is_accessible_and_fits(
    page: Page, gallery: str, accessible: Callable[[Page], None]
) -> None:
    page.goto(gallery)
    accessible(page)


def test_so_it_is_with_every_error_shown(
    page: Page, gallery: str, accessible: Callable[[Page], None]
) -> None:
    page.goto(gallery)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_visible()
    accessible(page)


def test_a_link_of_the_error_summary_puts_the_cursor_into_its_field(page: Page, gallery: str) -> None:
    page.goto(gallery)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Enter the spend a year").click()
    expect(page.locator("#spend")).to_be_focused()


def test_a_form_on_its_way_is_not_sent_again(page: Page, gallery: str) -> None:
    page.goto(gallery)
    answers = page.evaluate(
        """() => {
          const form = document.querySelector("form.weald-form");
          const send = () => {
            const event = new SubmitEvent("submit", { cancelable: true });
            return form.dispatchEvent(event);
          };
          return [send(), send(), send()];
        }"""
    )
    assert answers == [True, False, False]


def test_the_button_pressed_is_sent_with_its_form(page: Page, gallery: str) -> None:
    page.goto(gallery)
    with page.expect_request(lambda request: request.method == "POST") as sending:
        page.get_by_role("button", name="Save as a draft").click()
    assert 'name="draft"' in (sending.value.post_data or "")


def test_a_long_list_is_searched_by_typing_and_chosen_by_keyboard(page: Page, gallery: str) -> None:
    page.goto(gallery)
    box = page.get_by_role("combobox", name="Category")
    box.fill("grou")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Grounds maintenance")
    assert page.locator("select[name=searched]").input_value() == "g"


def test_the_name_of_a_chosen_file_is_shown(page: Page, gallery: str) -> None:
    page.goto(gallery)
    page.set_input_files(
        "input[name=schedule]", {"name": "prices.xlsx", "mimeType": "application/x", "buffer": b"PK"}
    )
    expect(page.get_by_text("prices.xlsx")).to_be_visible()
