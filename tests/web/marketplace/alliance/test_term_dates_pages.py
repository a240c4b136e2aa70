import io
import uuid
from collections.abc import Callable
from datetime import datetime

from marketplace.core import clock
from marketplace.core.clock import LONDON
from tests import make
from tests.web.client import Client
from tests.web.page import Form, Page

ClientFor = Callable[[uuid.UUID | None], Client]


def test_a_bursar_checks_the_proposal_corrects_it_and_a_slip_loses_nothing(client_for: ClientFor) -> None:
    school, other = make.alliance(schools=2).schools
    with clock.travelling(datetime(2026, 11, 27, 10, tzinfo=LONDON)):
        browser = client_for(school.bursar.person_id)
        page = browser.get(f"/schools/{school.id}")
        page = browser.get(page.links()["Term dates and holidays"])
        assert "Proposed by Weald, not yet checked by the school" in page.words
        assert "Not known: the usual holidays of England count" in page.words
        form = browser.get(page.links()["Check and save 2026 to 2027"]).form("Save the term dates")
        assert form.values["spring_1_first_day-day"] == "4"
        form.fill(**{"spring_1_first_day-year": "2026"})
        refused = browser.submit(form, status=422)
        assert "Check the year" in refused.errors()["spring_1_first_day-day"]
        again = refused.form("Save the term dates")
        saved = browser.submit(
            again.fill(**{"spring_1_first_day-year": "2027", "spring_1_first_day-day": "5"})
        )
        assert "You saved the term dates of 2026 to 2027." in saved.words
        assert "5 January 2027" in saved.words
        assert "Saved by the school on 27 November 2026" in saved.words
        seen = client_for(other.bursar.person_id).get(f"/schools/{school.id}/term-dates")
        assert "5 January 2027" in seen.words
        assert "Change 2026 to 2027" not in seen.links()
        browser.get(f"/schools/{school.id}/term-dates/2020/set", status=404)


def test_a_calendar_fills_in_the_form_and_the_authoritys_other_schools_are_offered_its_dates(
    client_for: ClientFor,
) -> None:
    first, second = make.alliance(schools=2).schools
    with clock.travelling(datetime(2026, 11, 27, 10, tzinfo=LONDON)):
        browser = client_for(first.bursar.person_id)
        dates = f"/schools/{first.id}/term-dates"
        page = browser.get(browser.get(dates).links()["Import 2026 to 2027 from a calendar file"])
        refused = browser.submit(attach(page, "x.csv", b"Rain,12"), "Read the calendar", status=422)
        assert "The first row must have the headings" in refused.errors()["calendar"]
        content = browser.download(f"{dates}/2026.csv").data
        content = content.replace(b"2026-10-23", b"16 October 2026") + b"Sports day,18/6/2027,18/6/2027\r\n"
        read = browser.submit(attach(page, "terms.csv", content), "Read the calendar")
        assert "What became of each of the 7 lines; 1 left out" in read.words
        assert "8 Sports day Left out" in read.words
        assert "It names no term, half-term or holiday that we know" in read.words
        form = read.form("Save the term dates")
        assert form.values["autumn_1_last_day-day"] == "16"
        browser.submit(form)
        other = client_for(second.bursar.person_id)
        page = other.get(f"/schools/{second.id}/term-dates")
        assert f"{first.name} entered these dates on 27 November 2026 ({first.bursar.name})" in page.words
        done = other.submit(page.form("Copy the dates of 2026 to 2027"))
        assert f"Saved by the school on 27 November 2026, copied from {first.name}." in done.words
        assert "16 October 2026" in done.words
        other.post(f"/schools/{second.id}/term-dates/2026/copy", {"school": "x", "version": "1"}, status=404)


def attach(page: Page, name: str, content: bytes) -> Form:
    return page.form("Read the calendar").fill(calendar=(io.BytesIO(content), name))
