import uuid
from collections.abc import Callable
from datetime import datetime

from marketplace.core import clock
from marketplace.core.clock import LONDON
from tests import make
from tests.web.client import Client

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
