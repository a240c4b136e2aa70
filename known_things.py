"""What entries of the record of events can name and lead to, for those who may read it.

A part of the composition root, beside `app.py`: nothing but that may import it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, func, literal, select

from invoicing.agreements import queries as agreements
from invoicing.agreements.models import Agreement
from invoicing.fund import queries as funds
from invoicing.fund.models import Claim, ContributionRound, Fund
from invoicing.incoming import queries as incoming
from invoicing.incoming.models import SupplierInvoice
from invoicing.invoices import queries as invoices
from invoicing.invoices.credit_notes import queries as credit_notes
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.settlement import queries as settlements
from invoicing.settlement.models import Settlement
from invoicing.shared_costs import queries as shared_costs
from invoicing.shared_costs.models import SharedCost
from marketplace.alliance import queries as alliance
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.models import Organisation, Person, RoleHolding, School
from marketplace.alliance.record.things import Known
from marketplace.alliance.work import queries as work
from marketplace.alliance.work.models import Activity
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core.policy import Actor
from marketplace.needs import queries as needs
from marketplace.needs.models import Need
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.profiles import queries as profiles
from suppliers.profiles.models import Supplier
from suppliers.quotes import queries as quotes
from suppliers.quotes.models import Quote


def _named(reference: SQLColumnExpression[str], title: SQLColumnExpression[str]) -> SQLColumnExpression[str]:
    return reference + literal(" ") + title


def _colleagues(actor: Actor) -> ColumnElement[bool]:
    """The people of the organisations that the actor sits in."""
    organisations = {seat.organisation_id for seat in actor.seats}
    return Person.id.in_(select(RoleHolding.person_id).where(RoleHolding.organisation_id.in_(organisations)))


def _in_own_fund(actor: Actor) -> ColumnElement[bool]:
    return Claim.fund_id.in_(select(Fund.id).where(funds.visible_to(actor)))


def _round_of_own_fund(actor: Actor) -> ColumnElement[bool]:
    return ContributionRound.fund_id.in_(select(Fund.id).where(funds.visible_to(actor)))


def _name_of(organisation_id: SQLColumnExpression[UUID]) -> ColumnElement[str]:
    return select(Organisation.name).where(Organisation.id == organisation_id).scalar_subquery()


KNOWN = (
    Known(School.id, _name_of(School.id), alliance.visible_to, "alliance.show_school", "school_id"),
    Known(Supplier.id, _name_of(Supplier.id), profiles.visible_to, "profiles.show", "supplier_id"),
    Known(Person.id, Person.name, _colleagues),
    Known(Decision.id, Decision.reference, decisions.visible_to, "decisions.show", "decision_id"),
    Known(Activity.id, Activity.title, work.visible_to, "work.show_activity", "activity_id"),
    Known(Contract.id, Contract.title, contracts.visible_to, "contracts.show", "contract_id"),
    Known(Need.id, _named(Need.reference, Need.title), needs.visible_to, "needs.show", "need_id"),
    Known(
        Tender.id,
        _named(Tender.reference, Tender.title),
        tenders.of_the_alliances_of,
        "tenders.show",
        "tender_id",
    ),
    Known(
        Tender.id,
        _named(Tender.reference, Tender.title),
        tenders.visible_to,
        "opportunities.show",
        "tender_id",
    ),
    Known(Quote.id, func.coalesce(Quote.reference, "Draft quote"), quotes.own, "quotes.show", "quote_id"),
    Known(
        Agreement.id,
        _named(Agreement.reference, Agreement.title),
        agreements.visible_to,
        "agreements.show",
        "agreement_id",
    ),
    Known(
        Invoice.id,
        func.coalesce(Invoice.number, "Draft invoice"),
        invoices.visible_to,
        "invoices.show",
        "invoice_id",
    ),
    Known(CreditNote.id, CreditNote.number, credit_notes.visible_to, "credit_notes.show", "credit_note_id"),
    Known(SharedCost.id, SharedCost.title, shared_costs.visible_to, "shared_costs.show", "cost_id"),
    Known(SupplierInvoice.id, SupplierInvoice.number, incoming.visible_to, "incoming.show", "invoice_id"),
    Known(Settlement.id, Settlement.reference, settlements.visible_to, "settlement.show", "settlement_id"),
    Known(Fund.id, Fund.name, funds.visible_to, "fund.show", "fund_id"),
    Known(
        ContributionRound.id, ContributionRound.reference, _round_of_own_fund, "fund.show_round", "round_id"
    ),
    Known(Claim.id, _named(Claim.reference, Claim.title), _in_own_fund, "fund.show_claim", "claim_id"),
)
