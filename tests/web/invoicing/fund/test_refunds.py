"""A school leaves with a share: what it, the others and the coordinator see."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from marketplace.core import clock, events
from marketplace.core.money import Money
from tests import make
from tests.make import memberships as belonging
from tests.make import refunds as leavers
from tests.web.client import Client

ClientFor = Callable[[Any], Client]
pytestmark = pytest.mark.usefixtures("app")
OCTOBER, NOVEMBER = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 11, 5, 9, tzinfo=UTC)


@pytest.fixture
def held() -> make.Fund:
    """A fund of three schools into which £7,200.00 were paid in October 2026."""
    with clock.travelling(OCTOBER):
        held = make.partnership_fund(make.alliance(schools=3))
        make.received_round(held, Money(7_200_00))
    return held


def test_a_leaver_is_paid_back_and_still_reads_its_own_statement(
    held: make.Fund, client_for: ClientFor
) -> None:
    leaver, other, third = held.schools
    head = client_for(leaver.headteacher.person_id)
    membership_id = belonging.membership_of(held.alliance, leaver).id
    page = head.get(f"/memberships/{membership_id}/leave")
    assert "it is paid back when two people of two other schools have approved it" in page.words
    page = head.submit(page.form().fill(reason="We join a trust."), status=422)
    assert "Tick the box" in page.errors()["understood"]
    page = head.submit(page.form().fill(understood="y"))
    events.deliver_due()
    page = head.get(page.path)
    assert "Waiting for approval: £2,100.00 to be paid back." in page.words
    refund_at = next(href for text, href in page.links().items() if text.startswith("The refund FX-"))
    statement_at = page.links()["Statement of the school’s share"]
    page = head.get(refund_at)
    assert "Approve this refund" not in page.links()
    head.get(f"{refund_at}/approve", status=403)
    first = client_for(other.headteacher.person_id)
    page = first.get("/")
    page = first.get(page.links()[f"Approve the refund of £2,100.00 to {leaver.name}"])
    page = first.get(page.links()["Approve this refund"])
    page = first.submit(page.form())
    assert "You approved refund FX-" in page.words
    page = first.get(f"{refund_at}/approve")
    page = first.submit(page.form(), status=422)
    assert "You have approved this refund already." in page.words
    refund = leavers.row_for(leaver)
    assert refund
    leavers.approve(refund.id, third)
    coordinator = client_for(held.alliance.coordinator.person_id)
    page = coordinator.get("/")
    page = coordinator.get(page.links()[f"Pay the refund of £2,100.00 to {leaver.name}"])
    page = coordinator.submit(page.form(), status=422)
    assert page.errors() == {"paid_on-day": "Enter the date it was paid."}
    today = clock.today()
    day = {"paid_on-day": str(today.day), "paid_on-month": str(today.month), "paid_on-year": str(today.year)}
    page = coordinator.submit(page.form().fill(**day))
    assert f"You recorded the refund of £2,100.00 to {leaver.name}." in page.words
    page = coordinator.get(f"/funds/{held.id}")
    assert "Refunds on leaving" in page.words
    assert "All schools £0.00 £7,200.00 £0.00 £2,100.00 £5,100.00" in page.words
    page = head.get(statement_at)
    assert page.texts(".weald-stats__value") == ["£0.00", "£2,100.00", "£0.00", "£0.00"]
    assert "and £2,100.00 refunded on leaving" in page.words
    assert other.name not in page.words
    head.get(f"/funds/{held.id}", status=404)
    head.get(f"/funds/{held.id}/statement", status=404)
    head.get(f"/funds/{held.id}/schools/{other.id}/statement", status=404)


def period(start: str, end: str) -> str:
    parts = [(name, day.split()) for name, day in (("start", start), ("end", end))]
    return "?" + "&".join(
        f"{name}-{part}={value}"
        for name, values in parts
        for part, value in zip(("day", "month", "year"), values, strict=True)
    )


def test_a_former_member_reads_only_periods_in_which_it_belonged(
    held: make.Fund, client_for: ClientFor
) -> None:
    leaver = held.schools[0]
    with clock.travelling(NOVEMBER):
        make.paid_claim(held, held.schools[1], Money(720_00))
        refund = leavers.leave(held, leaver)
        assert refund
        leavers.approve(refund.id, *held.schools[1:])
        leavers.pay(held, refund.id)
    client = client_for(leaver.bursar.person_id)
    at = f"/funds/{held.id}/schools/{leaver.id}/statement"
    page = client.get(at + period("1 10 2026", "31 10 2026"))
    assert page.texts(".weald-stats__value") == ["£0.00", "£2,100.00", "£0.00", "£2,100.00"]
    page = client.get(at + period("1 9 2027", "31 8 2028"), status=422)
    assert "Your school’s share moved from 5 October 2026 to 5 November 2026." in page.errors()["start-day"]
    for ending in (".pdf", ".csv"):
        client.get(at + ending + period("1 9 2027", "31 8 2028"), status=422)
    document = PdfReader(io.BytesIO(client.download(at + ".pdf").data))
    said = " ".join(" ".join(one.extract_text() for one in document.pages).replace("\xa0", " ").split())
    assert "Refunds on leaving −£1,890.00" in said
    whole = client_for(held.alliance.auditor.person_id).download(f"/funds/{held.id}/statement.csv")
    rows = list(csv.DictReader(io.StringIO(whole.data.decode("utf-8-sig"), newline="")))
    refunds = [row for row in rows if row["Movement"] == "Refund on leaving"]
    assert [(row["Share of"], row["Refunded on leaving"]) for row in refunds] == [(leaver.name, "1890.00")]
    closing = [row["Balance"] for row in rows if row["Movement"] == "Closing balance"]
    assert closing == ["0.00", "2160.00", "2430.00"]
