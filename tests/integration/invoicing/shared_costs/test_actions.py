"""A shared cost becomes draft invoices that add up to it, with the lead's own share left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceSource, InvoiceStatus, VatCategory
from invoicing.shared_costs import actions, queries
from invoicing.shared_costs.models import SharedCost
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.rules import Split
from tests import make
from tests.make import Alliance


@pytest.fixture
def alliance(app: Flask) -> Alliance:  # noqa: ARG001  # it needs the database
    """Four schools of 210, 240, 270 and 300 pupils."""
    return make.alliance(4)


@pytest.mark.parametrize("pence", [1, 99, 100_001, 123_457, 10**9 + 7])
@pytest.mark.parametrize("split", [Split.PUPILS, Split.EQUAL])
def test_the_drafts_and_the_leads_own_share_make_the_bill(
    alliance: Alliance, session: Session, pence: int, split: Split
) -> None:
    lead = alliance.schools[0]
    cost_id = make.shared_cost(lead, alliance.schools, pence, split=split)
    cost = queries.show_cost(session, lead.bursar, cost_id)
    assert Money.total(share.amount for share in cost.shares) == Money(pence)
    (own,) = (share.amount for share in cost.shares if share.is_lead)
    drafts = make.invoices_of(cost_id)
    assert Money.total(draft.net for draft in drafts) + own == Money(pence)
    assert {draft.buyer_id for draft in drafts} == {
        share.school_id for share in cost.shares if share.amount and not share.is_lead
    }


def test_each_draft_says_what_it_is_for_and_why_so_much(alliance: Alliance) -> None:
    lead, beech, *_ = alliance.schools
    cost_id = make.shared_cost(lead, alliance.schools, 102_000, title="Boiler £ service")
    (draft,) = (draft for draft in make.invoices_of(cost_id) if draft.buyer_id == beech.id)
    assert (draft.status, draft.source) == (InvoiceStatus.DRAFT, InvoiceSource.SHARED_COST)
    assert draft.lines[0].description == "Boiler £ service: your share, 240 of 1,020 pupils"
    assert draft.net == Money(24_000)


def test_by_use_each_school_pays_for_what_it_used(alliance: Alliance) -> None:
    lead, beech, cedar, damson = alliance.schools
    use = {lead.id: Decimal("1.5"), beech.id: Decimal(0), cedar.id: Decimal(1), damson.id: Decimal("0.5")}
    cost_id = make.shared_cost(lead, alliance.schools, 9_000, split=Split.USE, use=use)
    assert {draft.buyer_id: draft.net for draft in make.invoices_of(cost_id)} == {
        cedar.id: Money(3_000),
        damson.id: Money(1_500),
    }


def test_a_lead_that_bears_nothing_invoices_the_whole_bill(alliance: Alliance) -> None:
    lead, *others = alliance.schools
    cost_id = make.shared_cost(lead, others, 100_001)
    assert Money.total(draft.net for draft in make.invoices_of(cost_id)) == Money(100_001)


def test_a_registered_lead_adds_vat_to_each_share_and_another_does_not(alliance: Alliance) -> None:
    lead, beech, *_ = alliance.schools
    make.payable_school(lead, vat_number=make.VAT_NUMBERS[0])
    (taxed,) = make.invoices_of(make.shared_cost(lead, [lead, beech], 45_000))
    assert (taxed.lines[0].category, taxed.net, taxed.vat) == (
        VatCategory.STANDARD,
        Money(24_000),
        Money(4_800),
    )
    (plain,) = make.invoices_of(make.shared_cost(beech, [lead, beech], 45_000))
    assert (plain.lines[0].category, plain.vat) == (VatCategory.OUTSIDE, Money(0))


def test_pupils_who_come_later_move_no_share(alliance: Alliance, session: Session) -> None:
    lead, beech, *_ = alliance.schools
    cost_id = make.shared_cost(lead, [lead, beech], 45_000)
    before = queries.show_cost(session, lead.bursar, cost_id).shares
    make.import_schools({"URN": beech.urn, "NumberOfPupils": 900, "EstablishmentName": beech.name})
    session.rollback()
    assert queries.show_cost(session, lead.bursar, cost_id).shares == before


def test_a_cost_sent_twice_is_recorded_once(alliance: Alliance, session: Session) -> None:
    lead = alliance.schools[0]
    cost_id, terms = new_id(), make.cost_terms(alliance.schools)
    for _ in range(2):
        actions.record_shared_cost(lead.bursar, cost_id, lead.id, terms)
    assert session.query(SharedCost).count() == 1
    assert session.query(Invoice).count() == 3
    other = alliance.schools[1]
    with pytest.raises(NotFound):
        actions.record_shared_cost(other.bursar, cost_id, other.id, terms)


def test_only_finance_leads_and_bursars_of_the_lead_record(alliance: Alliance) -> None:
    lead, beech, *_ = alliance.schools
    terms = make.cost_terms(alliance.schools)
    for actor in (lead.headteacher, lead.governor, beech.finance_lead, alliance.coordinator):
        with pytest.raises(Forbidden):
            actions.record_shared_cost(actor, new_id(), lead.id, terms)


def test_schools_of_another_alliance_and_strangers_cannot_be_charged(alliance: Alliance) -> None:
    lead = alliance.schools[0]
    stranger = make.alliance(1, name="Other Alliance").schools[0]
    terms = make.cost_terms(alliance.schools)
    for school_ids in ((lead.id, stranger.id), (lead.id, new_id()), (lead.id,), ()):
        with pytest.raises(RuleBroken) as refused:
            actions.record_shared_cost(lead.bursar, new_id(), lead.id, replace(terms, school_ids=school_ids))
        assert refused.value.field == "schools"
    with pytest.raises(NotFound):
        actions.record_shared_cost(stranger.bursar, new_id(), lead.id, terms)


def test_a_school_sees_a_cost_once_it_was_invoiced_for_it_and_only_its_own_invoice(
    alliance: Alliance, session: Session
) -> None:
    for school in alliance.schools:
        make.payable_school(school)
    lead, beech, cedar, damson = alliance.schools
    cost_id = make.shared_cost(lead, [lead, beech, cedar])
    for actor in (beech.bursar, damson.bursar):
        with pytest.raises(NotFound):
            queries.show_cost(session, actor, cost_id)
    make.issue(lead, *[draft.id for draft in make.invoices_of(cost_id)])
    session.rollback()
    seen = queries.show_cost(session, beech.bursar, cost_id)
    assert [bool(share.invoice_id) for share in seen.shares] == [False, True, False]
    assert queries.count_costs(session, beech.bursar) == 1
    assert queries.count_costs(session, damson.bursar) == 0
    audited = queries.show_cost(session, alliance.auditor, cost_id)
    assert [bool(share.invoice_id) for share in audited.shares] == [False, True, True]
