"""Pages of opening passphrases and of printed recovery keys; no page gives back what was typed into it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import transaction
from suppliers.quotes.models import SealedBody
from tests import make
from tests.web.client import Client
from tests.web.page import Page

SignIn = Callable[[Any], Client]
OTHER = "kettle orbit mossy harbour"
pytestmark = pytest.mark.usefixtures("app")


def keeps_to_itself(page: Page, *typed: str) -> Page:
    assert not [words for words in typed if words in page.text]
    return page


def test_a_passphrase_is_set_up_proved_changed_and_replaced_page_by_page(client_for: SignIn) -> None:
    alliance = make.alliance()
    site = client_for(alliance.schools[2].bursar.person_id)
    assert "You have none yet" in site.get("/opening-passphrase").words
    form = site.get(site.get("/opening-passphrase").links()["Set up your opening passphrase"]).form()
    weak = keeps_to_itself(site.submit(form.fill(passphrase="weak", again="weak"), status=422))
    assert "at least 16 characters" in weak.errors()["passphrase"]
    form = weak.form().fill(passphrase=make.PASSPHRASE, again=OTHER)
    unlike = keeps_to_itself(site.submit(form, status=422), make.PASSPHRASE, OTHER)
    assert "must be the same" in unlike.errors()["again"]
    done = site.submit(unlike.form().fill(passphrase=make.PASSPHRASE, again=make.PASSPHRASE))
    assert "You set up your opening passphrase" in done.words

    prove = site.get(done.links()["Prove it"])
    wrong = site.submit(prove.form().fill(passphrase="a wrong guess it is"), status=422)
    assert "4 tries are left" in keeps_to_itself(wrong, "a wrong guess it is").errors()["passphrase"]
    assert "You proved" in site.submit(wrong.form().fill(passphrase=make.PASSPHRASE)).words

    change = site.get(done.links()["Change it"]).form()
    changed = site.submit(change.fill(present=make.PASSPHRASE, passphrase=OTHER, again=OTHER))
    assert "You changed your opening passphrase" in changed.words
    replace = site.get(changed.links()["I have forgotten it"])
    assert "nothing is lost" in replace.words
    again = {"passphrase": make.PASSPHRASE, "again": make.PASSPHRASE}
    assert "You have a new opening passphrase" in site.submit(replace.form().fill(**again)).words


def test_who_replaces_reads_which_tenders_are_lost_and_the_openers_page_says_who_is_ready(
    client_for: SignIn,
) -> None:
    tender = make.published_tender(make.alliance())
    site = client_for(tender.openers[0].person_id)
    page = site.get("/opening-passphrase/replace")
    assert "You will not be able to open these tenders any more" in page.words
    assert tender.row.title in page.words
    openers = client_for(tender.alliance.coordinator.person_id).get(f"/tenders/{tender.id}/openers")
    assert openers.words.count("Ready") == 3
    assert f"{tender.openers[1].name}" in openers.words
    site.submit(page.form().fill(passphrase=OTHER, again=OTHER))
    assert "Cannot open: has a new key" in site.get(f"/tenders/{tender.id}/openers").words
    for stranger in (make.supplier().admin, make.alliance(schools=1).schools[0].headteacher):
        client_for(stranger.person_id).get(f"/tenders/{tender.id}/openers", status=404)
    client_for(make.supplier().admin.person_id).get("/opening-passphrase", status=404)


def test_two_people_take_an_opener_off_page_by_page(client_for: SignIn) -> None:
    alliance = make.alliance()
    fourth = alliance.schools[2].bursar
    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY, more_openers=[fourth])
    coordinator, head = (
        client_for(one.person_id) for one in (alliance.coordinator, tender.schools[1].headteacher)
    )
    overview = coordinator.get(f"/tenders/{tender.id}/openers")
    form = coordinator.get(overview.links()[f"Take {fourth.name} off"]).form()
    refused = coordinator.submit(form, status=422)
    assert "Enter why this opener is taken off" in refused.errors()["reason"]
    proposed = coordinator.submit(refused.form().fill(reason="Leaves the school at Easter."))
    assert "We have asked headteachers to decide" in proposed.words
    assert f"Take {fourth.name} off" not in proposed.links()
    path = proposed.links()[fourth.name]
    keep = coordinator.get(coordinator.get(path).links()[f"Leave {fourth.name} named, with a reason"])
    assert "stays an opener" in coordinator.submit(keep.form().fill(reason="Stays until May.")).words
    again = coordinator.get(overview.links()[f"Take {fourth.name} off"]).form()
    coordinator.submit(again.fill(reason="Leaves after all."))
    decide = head.get(head.get("/").links()[f"Decide about an opener of {tender.row.title}"])
    assert "Leaves after all." in decide.words
    done = head.submit(decide.form())
    assert f"You took {fourth.name} off" in done.words
    assert "Taken off" in done.words
    client_for(tender.lead.headteacher.person_id).get(
        f"/tenders/{tender.id}/openers/{fourth.person_id}/take-off", status=403
    )
    coordinator.get(f"/tenders/{tender.id}/openers/{fourth.person_id}/take-off", status=404)


def test_publishing_too_early_names_on_the_page_who_must_do_what(client_for: SignIn) -> None:
    tender = make.confirmed_tender(make.alliance())
    make.leave_post(tender.openers[1])
    site = client_for(tender.schools[1].headteacher.person_id)
    page = site.get(f"/tenders/{tender.id}/publish")
    (button,) = [text for text in page.texts("main form button") if text.startswith("Publish")]
    refused = site.submit(page.form(button), status=422)
    assert "2 are ready so far" in refused.words
    assert "Name one more opener" in refused.words


def test_two_printed_keys_open_page_by_page(client_for: SignIn) -> None:
    alliance = make.alliance()
    chair, auditor = (
        client_for(actor.person_id) for actor in (alliance.schools[0].headteacher, alliance.auditor)
    )
    sheets = {}
    for site, paper in ((chair, "board"), (auditor, "auditor")):
        overview = site.get("/recovery-keys")
        assert "Not made yet" in overview.words
        made = site.get(f"/recovery-keys/{alliance.id}/{paper}/make").form("Make the key and show it once")
        sheet = site.submit(made)
        (sheets[paper],) = sheet.texts(".weald-recovery-key")
        assert len(sheets[paper].split()) == 14
        again = keeps_to_itself(site.submit(made, status=422), *sheets[paper].split()[:3])
        assert "a key is shown once" in again.words
    auditor.get(f"/recovery-keys/{alliance.id}/nobody/make", status=404)
    chair.get(f"/recovery-keys/{alliance.id}/auditor/make", status=404)
    (offered,) = [link for link in chair.get("/recovery-keys").links().values() if link.endswith("/make")]
    assert offered.endswith("/board/make")

    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY)
    supplier = make.supplier()
    make.submitted_quote(tender, supplier)
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        path = chair.get(f"/tenders/{tender.id}/opening").links()["open with the recovery keys"]
        start = chair.get(path).form("Start with this key")
        wrong = chair.submit(start.fill(recovery_key="ABCD"), status=422)
        assert "14 groups of 4" in keeps_to_itself(wrong, "ABCD").errors()["recovery_key"]
        waiting = chair.submit(wrong.form("Start with this key").fill(recovery_key=sheets["board"]))
        assert "started with a printed recovery key" in waiting.words
        complete = auditor.get(path).form("Complete the opening")
        opened = auditor.submit(complete.fill(recovery_key=sheets["auditor"]))
    assert "You opened the quotes with the recovery keys" in opened.words
    assert supplier.name in opened.words


def test_a_supplier_puts_a_damaged_quote_right_on_its_own_page(client_for: SignIn) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier = make.supplier()
    quote_id = make.draft_quote(tender, supplier, "3.33")
    copy = make.copy_of_draft(quote_id)
    make.submit_draft(quote_id, supplier)
    with transaction() as writing:
        body = writing.scalars(select(SealedBody)).one()
        body.sealed = body.sealed[:-1] + bytes([body.sealed[-1] ^ 1])
    make.opened_quotes(tender)
    site = client_for(supplier.admin.person_id)
    page = site.get(f"/quotes/{quote_id}")
    assert "could not be opened" in page.words
    form = site.get(page.links()["Put it right with your copy"]).form()
    cheaper = (io.BytesIO(copy.replace(b"3.33", b"2.33")), "ours.json")
    refused = site.submit(form.fill(copy=cheaper), status=422)
    assert "does not match the receipt" in refused.errors()["copy"]
    done = site.submit(refused.form().fill(copy=(io.BytesIO(copy), "ours.json")))
    assert "You put your quote right" in done.words
    assert "£3.33" in done.words
