"""The pages on which a supplier looks after itself, and those on which schools read about it."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from marketplace.core import clock
from suppliers.profiles.alerts.links import path_to_stop
from tests import make
from tests.web.client import Client

ClientFor = Callable[[Any], Client]
PARTS = ("day", "month", "year")


def test_declarations_are_made_once_on_the_way_to_a_quote(client_for: ClientFor) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier = make.supplier(declared=False)
    make.draft_quote(tender, supplier)
    site = client_for(supplier.admin.person_id)
    check = site.get(f"/tenders/{tender.id}/quote/check")
    page = site.get(check.links()["Make your declarations"])
    refused = site.submit(page.form().fill(mandatory=["none"], discretionary=["insolvency"]), status=422)
    assert refused.errors() == {
        "account_insolvency": "Say about “Insolvency, or business suspended” what happened, when, and what "
        "you have done so that it does not happen again."
    }
    said = refused.form().fill(
        account_insolvency="In 2024 …", sub_contractors="Clearview\nBrights Ltd, 01234567"
    )
    back = site.submit(said)
    assert back.path.startswith(f"/tenders/{tender.id}/quote/check")
    submit = back.form()
    assert submit.values["sub_contractors"] == "Clearview\nBrights Ltd, 01234567"
    receipt = site.submit(
        submit.fill(still_true="y", independent="y", binding="y", sub_contractors="Clearview")
    )
    assert receipt.heading == "Quote submitted"
    own = site.get(receipt.links()["The declarations that came with it"])
    for shown in ("Insolvency, or business suspended", "paragraphs 5 and 6", "Clearview", "In 2024 …"):
        assert shown in own.words

    make.opened_quotes(tender)
    reader = client_for(tender.alliance.coordinator.person_id)
    opening = reader.get(f"/tenders/{tender.id}/opening")
    assert "Insolvency, or business suspended (Schedule 7, paragraphs 5 and 6)" in opening.words
    read = reader.get(opening.links()["Read them"])
    assert "sections 57 and 58" in read.words
    assert "No school of your alliance has recorded yet" in read.words

    bursar = client_for(tender.lead.bursar.person_id)
    page = bursar.get(f"/suppliers/{supplier.id}")
    form = bursar.get(page.links()["Record what the debarment list says"]).form()
    missing = bursar.submit(form.fill(is_listed="yes"), status=422)
    assert "the reference of the entry" in missing.errors()["reference"]
    listed = bursar.submit(missing.form().fill(is_listed="yes", reference="Entry 7 of 2 November"))
    assert "You recorded what the debarment list said" in listed.words
    assert "stood on the debarment list" in reader.get(read.path).words
    other = client_for(make.alliance(schools=1, name="Other").schools[0].bursar.person_id)
    assert "Entry 7" not in other.get(f"/suppliers/{supplier.id}").words
    site.get(f"/suppliers/{supplier.id}/debarment", status=403)


def test_people_of_a_supplier_are_changed_and_removed(client_for: ClientFor) -> None:
    supplier = make.supplier()
    bidder = supplier.bidder()
    site = client_for(supplier.admin.person_id)
    people = site.get(site.get("/suppliers/own").links()["Your people"])
    assert bidder.name in people.words
    change = site.get(f"/suppliers/{supplier.id}/people/{bidder.person_id}")
    assert "You changed what" in site.submit(change.form().fill(role="supplier_admin")).words
    removed = site.submit(site.get(f"/suppliers/{supplier.id}/people/{bidder.person_id}/remove").form())
    assert "We have told them by e-mail." in removed.words
    leave = site.get(f"/suppliers/{supplier.id}/people/leave")
    assert "last administrator" in site.submit(leave.form(), status=422).words
    other = client_for(make.supplier().admin.person_id)
    for path in ("people", "people/leave", "declarations", "declarations/make"):
        other.get(f"/suppliers/{supplier.id}/{path}", status=404)


def test_one_click_in_the_mail_program_stops_alerts_and_opening_the_link_alone_does_not(
    app: Flask, client_for: ClientFor
) -> None:
    supplier = make.supplier()
    assert supplier.admin.person_id
    link = path_to_stop(supplier.admin.person_id)
    stranger = Client(app)
    assert "Stop my alerts" in stranger.get(link).words
    own = client_for(supplier.admin.person_id)
    assert "You are e-mailed" in own.get("/suppliers/own").words
    answer = stranger.open(link, method="POST", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    page = own.get("/suppliers/own")
    assert "You stopped your alerts" in page.words
    assert "You get alerts again" in own.submit(page.form("Send me alerts again")).words
    stranger.get("/alerts/stop/forged", status=404)


def test_schools_filter_suppliers_by_area_and_kind(client_for: ClientFor) -> None:
    make.supplier("Kent Only", areas=["Kent"])
    make.supplier("Surrey Only", areas=["Surrey"])
    make.supplier("Everywhere")
    site = client_for(make.alliance(schools=1).schools[0].bursar.person_id)
    page = site.submit(site.get("/suppliers").form("Find suppliers").fill(area="Kent", sme="y"))
    assert set(page.texts("tbody th a")) == {"Kent Only", "Everywhere"}
    page = site.submit(site.get("/suppliers").form("Find suppliers").fill(vcse="y"))
    assert "No supplier matches" in page.words


def test_a_document_is_sent_checked_for_all_and_shown_on_the_suppliers_page(client_for: ClientFor) -> None:
    supplier, school = make.supplier(), make.alliance(schools=1).schools[0]
    own, bursar = client_for(supplier.admin.person_id), client_for(school.bursar.person_id)
    page = own.get(own.get("/suppliers/own").links()["Your documents"])
    assert "schools may not ask for insurance before they award" in page.words
    ends = clock.today() + timedelta(days=300)
    form = own.get(page.links()["Add a document"]).form()
    form.fill(kind="public_liability", **{f"ends_on-{part}": str(getattr(ends, part)) for part in PARTS})
    form.values["document"] = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "policy.pdf")
    refused = own.submit(form, status=422)
    assert "cover" in refused.errors()
    form.fill(cover="5,000,000")
    form.values["document"] = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "policy.pdf")
    assert "You added a document" in own.submit(form).words

    listed = bursar.get(f"/suppliers/{supplier.id}/documents")
    check = bursar.get(listed.links()["Check it"])
    done = bursar.submit(check.form().fill(accepted="yes", note="Rang the broker."))
    assert "You checked the document for all schools" in done.words
    for reader in (bursar, own):
        assert (
            f"{school.bursar.name}, {school.name}" in reader.get(f"/suppliers/{supplier.id}/documents").words
        )
    shown = bursar.get(f"/suppliers/{supplier.id}").words
    assert "Public liability insurance" in shown
    assert school.name in shown
    assert bursar.download(done.links()["Public liability insurance"]).data.startswith(b"%PDF")
    rival = client_for(make.supplier().admin.person_id)
    rival.get(f"/suppliers/{supplier.id}/documents", status=404)


def test_a_school_of_another_alliance_relies_on_a_check_and_is_not_told_whose_it_is(
    client_for: ClientFor,
) -> None:
    supplier, school = make.supplier(), make.alliance(schools=1).schools[0]
    make.checked_document(supplier, school.bursar)
    other = client_for(make.alliance(schools=1, name="Otherwold Alliance").schools[0].bursar.person_id)
    for path in ("", "/documents"):
        page = other.get(f"/suppliers/{supplier.id}{path}")
        assert "A school of another alliance, " in page.words
        assert school.name not in page.words


def test_a_bank_account_is_proposed_telephoned_and_stopped(client_for: ClientFor) -> None:
    supplier, school = make.supplier(), make.alliance(schools=1).schools[0]
    own, lead = client_for(supplier.admin.person_id), client_for(school.finance_lead.person_id)
    lead.get(f"/suppliers/{supplier.id}/bank", status=404)
    lead.submit(lead.get(f"/suppliers/{supplier.id}/documents").form("Tell my school before they end"))
    form = own.get(f"/suppliers/{supplier.id}/bank/propose").form()
    form.fill(account_name="Mill", sort_code="3094", account_number="00733445", account_email="p@m.example")
    assert "sort_code" in own.submit(form, status=422).errors()
    page = own.submit(form.fill(sort_code="309431"))
    assert "we have asked its finance lead" in page.words
    assert "Telephone" in lead.get("/").words
    asked = lead.get(f"/suppliers/{supplier.id}/bank")
    call = lead.get(asked.links()["Record your telephone call and approve"])
    done = lead.submit(call.form().fill(spoke_to="Sam", number_from="01632 960123, an old invoice"))
    assert "It holds from" in done.words
    stop = own.get(f"/suppliers/{supplier.id}/bank/stop")
    assert "You stopped the change" in own.submit(stop.form().fill(reason="A mistake.")).words
    client_for(school.bursar.person_id).get(f"/suppliers/{supplier.id}/bank", status=404)


def test_an_earlier_answer_is_chosen_from_the_library_for_a_question(client_for: ClientFor) -> None:
    supplier = make.supplier()
    tender = make.published_tender(make.alliance())
    site = client_for(supplier.admin.person_id)
    library = site.get(site.get("/suppliers/own").links()["Your bid library"])
    keep = site.get(library.links()["Keep an answer"])
    kept = site.submit(keep.form().fill(question="Menus and staff", answer="Fresh every day."))
    assert "You kept the answer" in kept.words
    make.draft_quote(tender, supplier)
    question = make.quote_schedule(tender).questions[0]
    choose = site.get(f"/suppliers/{supplier.id}/library/for/{tender.id}/{question.id}?q=fresh")
    draft = site.submit(choose.form("Copy into the draft Menus and staff"))
    assert draft.heading.startswith("Your quote for")
    assert "Fresh every day." in draft.form("Save draft").values[f"answer_{question.id.hex}"]
    other = client_for(make.supplier().admin.person_id)
    other.get(f"/suppliers/{supplier.id}/library", status=404)
