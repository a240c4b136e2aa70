import uuid
from collections.abc import Callable

from marketplace.core import mail
from marketplace.core.clock import LONDON
from marketplace.core.db import db
from tests import make
from tests.web.client import Client
from tests.web.page import Form

ClientFor = Callable[[uuid.UUID | None], Client]
WHY = "Two suppliers asked for more time to visit the kitchens."


def enter(form: Form, days: int) -> Form:
    local = make.working_moment(days).astimezone(LONDON)
    values = {"day": local.day, "month": local.month, "year": local.year}
    parts = {f"closes_at-{part}": str(value) for part, value in values.items()}
    return form.fill(**parts, **{"closes_at-time": f"{local:%H:%M}"})


def test_a_deadline_is_proposed_by_one_approved_by_another_and_seen_by_all(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance)
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(coordinator.get(f"/tenders/{tender.id}").links()["Move the deadline"])
    form = enter(page.form("Ask for approval of this deadline"), 20)
    refused = coordinator.submit(form.fill(reason=WHY), status=422)
    assert "can only move to a later moment" in refused.errors()["closes_at-day"]
    again = refused.form("Ask for approval of this deadline")
    assert again.values["reason"] == WHY
    told = coordinator.submit(enter(again, 60))
    assert "You proposed a later deadline." in told.words
    assert "Move the deadline" not in told.links()
    mine = coordinator.get(told.links()["See the later deadline you proposed"])
    assert "Approve and move the deadline" not in mine.words

    lead, other = tender.schools
    assert "later deadline" not in client_for(lead.headteacher.person_id).get("/").words
    head = client_for(other.headteacher.person_id)
    waiting = head.get("/")
    task = next(text for text in waiting.links() if text.startswith("Decide about a later deadline"))
    moved = head.submit(head.get(waiting.links()[task]).form("Approve and move the deadline"))
    assert "You moved the deadline to" in moved.words
    assert "Deadline moved" in moved.words
    public = client_for(None).get(f"/opportunities/{tender.id}")
    assert "What has changed since publication" in public.words
    assert WHY in public.words
    assert "Cora Coordinator" not in public.words
    assert mail.newest(db.session(), "Please decide: a later deadline")


def test_a_headteacher_leaves_the_deadline_as_it_is_with_a_reason(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance)
    coordinator = client_for(alliance.coordinator.person_id)
    form = coordinator.get(f"/tenders/{tender.id}/extend").form("Ask for approval of this deadline")
    coordinator.submit(enter(form, 60).fill(reason=WHY))
    head = client_for(tender.schools[1].headteacher.person_id)
    page = head.get(head.get(f"/tenders/{tender.id}").links()["Decide about the later deadline"])
    refusing = head.get(page.links()["Leave the deadline as it is, with a reason"])
    asked = head.submit(refusing.form("Leave the deadline as it is"), status=422)
    assert asked.errors()
    done = head.submit(asked.form("Leave the deadline as it is").fill(reason="The term ends before."))
    assert "The deadline stays" in done.words
    history = coordinator.get(f"/tenders/{tender.id}/extend")
    assert "The term ends before." in history.words
    assert "What has changed" not in client_for(None).get(f"/opportunities/{tender.id}").words


def test_price_lines_change_with_the_deadline_and_a_supplier_reads_that_its_quote_is_outdated(
    client_for: ClientFor,
) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    bidder = make.supplier()
    quote_id = make.submitted_quote(tender, bidder)
    school, key = tender.schools[0], tender.line_ids[0].hex
    coordinator = client_for(tender.alliance.coordinator.person_id)
    page = coordinator.get(coordinator.get(f"/tenders/{tender.id}").links()["Change price lines or volumes"])
    field = f"volume_{key}_{school.id.hex}"
    form = enter(page.form("Ask for approval of this change"), 60).fill(reason=WHY)
    assert form.values[field] == "30,000"
    refused = coordinator.submit(form, status=422)
    assert "Nothing has changed yet." in refused.words
    again = refused.form("Ask for approval of this change").fill(**{field: "lots"})
    refused = coordinator.submit(again, status=422)
    assert f"Units for {school.name} must be a number" in refused.errors()[field]
    coordinator.submit(refused.form("Ask for approval of this change").fill(**{field: "31,500"}))
    head = client_for(tender.schools[1].headteacher.person_id)
    page = head.get(head.get(f"/tenders/{tender.id}").links()["Decide about the later deadline"])
    assert f"Lot 1, Primary meal: {school.name}: Removed: 30,000 Added: 31,500" in page.words
    assert f"Still to commit {school.name}" in page.words
    own = client_for(school.bursar.person_id)
    asked = own.get("/").links()[f"Say whether {school.name} buys other volumes: {tender.row.title}"]
    answer = own.get(asked)
    assert "If a school says no, or has not answered by then, nothing changes" in answer.words
    assert "30,000 31,500" in answer.words
    done = own.submit(answer.form(f"Commit {school.name} to the new volumes"))
    assert "School committed to other volumes" in done.words
    assert "Your school committed to its new volumes on" in own.get(asked).words
    head.submit(head.get(page.path).form("Approve and move the deadline"))
    assert "Added: 31,500" in client_for(None).get(f"/opportunities/{tender.id}").words
    supplier = client_for(bidder.admin.person_id)
    waiting = supplier.get("/").links()[f"Submit your quote again for {tender.row.title}"]
    assert "made for the older price schedule" in supplier.get(waiting).words
    assert waiting.endswith(str(quote_id))
