"""The pages of the books: closing a month, what is refused afterwards, and reopening it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from marketplace.core import clock
from marketplace.core.policy import Actor
from tests import make
from tests.make import fund
from tests.web.client import Client

OCTOBER, NOVEMBER = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 11, 12, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Callable[[Actor], Client]:
    return lambda actor: client_for(actor.person_id)


def dated(name: str) -> dict[str, str]:
    """The last day of October, as a form takes it."""
    return {f"{name}-{part}": value for part, value in (("day", "31"), ("month", "10"), ("year", "2026"))}


def test_a_month_is_closed_refuses_what_is_dated_in_it_and_is_reopened_by_two(
    browse: Callable[[Actor], Client],
) -> None:
    with clock.travelling(OCTOBER):
        alliance = make.alliance(3)
        alder, beech = (make.payable_school(school) for school in alliance.schools[:2])
        invoice_id, draft_id = make.issued_invoice(alder, beech), make.draft_invoice(alder, beech)
    with clock.travelling(NOVEMBER):
        lead = browse(alder.finance_lead)
        page = lead.get("/books")
        assert page.heading == "Books"
        assert "31 August" in page.words
        month = lead.get(page.links()["October 2026"])
        assert "Draft invoice of £100.00 to Beech Primary School" in month.words
        assert "Owed to the school £0.00 £100.00 £100.00" in month.words
        refused = lead.submit(month.form("Close October 2026"), status=422)
        assert "draft invoice of £100.00 to Beech Primary School, supplied on 5 October" in refused.words
        make.issue(alder, draft_id)
        page = lead.submit(refused.form("Close October 2026"))
        assert "You closed October 2026." in page.words
        running = lead.get(page.links()["November 2026"])
        assert "November 2026 is not over yet. Close it from 1 December 2026 on." in running.words

        form = lead.get(f"/invoices/{invoice_id}/payments/record").form("Record the payment")
        page = lead.submit(form.fill(reference="BACS 7", **dated("paid_on")), status=422)
        assert "closed up to 31 October 2026. Date it 1 November 2026 or later" in page.words
        assert page.form("Record the payment").values["reference"] == "BACS 7"

        auditor = browse(alliance.auditor)
        books = auditor.get(auditor.get("/books").links()[alder.name])
        assert "Closed up to 31 October 2026" in books.words
        closed = auditor.get(books.links()["October 2026"])
        assert "Propose to reopen October 2026" not in closed.links()
        browse(beech.finance_lead).get(f"/books/{alder.id}", status=404)

        closed = lead.get(lead.get("/books").links()["October 2026"])
        form = lead.get(closed.links()["Propose to reopen October 2026"]).form(
            "Propose to reopen October 2026"
        )
        assert "reason" in lead.submit(form, status=422).errors()
        lead.submit(form.fill(reason="A bill was forgotten."))
        head = browse(alder.headteacher)
        task = f"Decide whether to reopen October 2026 of {alder.name}"
        assert task not in lead.get("/").links()
        page = head.get(head.get("/").links()[task])
        assert "A bill was forgotten." in page.words
        assert head.get(page.links()["Leave it closed, with a reason"]).heading == "Leave October 2026 closed"
        page = head.submit(page.form("Reopen October 2026"))
        assert "You reopened October 2026." in page.words
        assert "Closed up to No month yet" in page.words


def test_the_funds_books_close_too_and_a_contribution_dated_in_them_is_refused_on_its_form(
    browse: Callable[[Actor], Client],
) -> None:
    with clock.travelling(OCTOBER):
        alliance = make.alliance(3)
        held = make.partnership_fund(alliance)
        round_id = make.proposed_round(held)
        first, second = (fund.confirm(held, round_id, school) for school in held.schools[:2])
        fund.receive(held, first)
    with clock.travelling(NOVEMBER):
        coordinator = browse(alliance.coordinator)
        page = coordinator.get("/books")
        assert "Partnership Fund" in page.words
        page = coordinator.submit(coordinator.get(page.links()["October 2026"]).form("Close October 2026"))
        assert "Closed up to 31 October 2026" in page.words
        form = coordinator.get(f"/funds/contributions/{second}/receive").form()
        page = coordinator.submit(form.fill(**dated("received_on")), status=422)
        assert (
            f"The books of {alliance.name} are closed up to 31 October 2026. Date it 1 November" in page.words
        )
