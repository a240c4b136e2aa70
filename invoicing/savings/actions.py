"""What a school says about what its contracts cost before and cost now."""

from __future__ import annotations

import uuid

from invoicing.savings import queries, rules
from invoicing.savings.models import Baseline, InvoicedCost
from invoicing.savings.rules import BaselineTerms, InvoicedTerms
from marketplace.contracts.queries import get_contract
from marketplace.core import clock, documents, events, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor


def set_baseline(
    actor: Actor,
    contract_id: uuid.UUID,
    version: int,
    terms: BaselineTerms,
    document: Upload | None = None,
) -> None:
    """Say what a school paid in a year before this contract, with its evidence. Raises RuleBroken, Stale.

    `version` is the one that the writer saw; 0 when there was none yet. A document that stands there stays
    unless another is given.
    """
    with transaction() as session:
        contract = get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.SAVING_BASELINE, contract.school_id)
        rules.check_baseline(terms)
        known = session.get(Baseline, contract_id)
        if known is None:
            known = Baseline(contract_id=contract_id)
            session.add(known)
        elif known.terms == terms and document is None:
            return
        else:
            expect_version(known, version)
        assert actor.person_id, "people set baselines"
        known.amount, known.source = terms.amount, terms.source.strip()
        known.quantity, known.unit = terms.quantity, terms.unit.strip()
        known.rise, known.rise_source = terms.rise, terms.rise_source.strip()
        known.set_by, known.set_at = actor.person_id, clock.now()
        if document is not None:
            known.document_sha256 = documents.keep(session, document).sha256
            known.document_name = documents.plain_name(document.name)
        session.flush()
        events.record(
            session,
            actor,
            Act.SAVING_BASELINE,
            contract_id,
            organisation_id=contract.school_id,
            pence=terms.amount.pence,
            source=known.source,
        )


def record_invoiced(actor: Actor, cost_id: uuid.UUID, contract_id: uuid.UUID, terms: InvoicedTerms) -> None:
    """Say what was invoiced under a contract for a time; without an amount, what was accepted. RuleBroken."""
    with transaction() as session:
        contract = get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.SAVING_RECORD, contract.school_id)
        if session.get(InvoicedCost, cost_id):
            return
        baseline = session.get(Baseline, contract_id)
        rules.check_invoiced(
            terms,
            contract=(contract.starts_on, contract.runs_until),
            known=queries.counted_days(session, contract_id),
            measured=baseline is not None and baseline.quantity is not None,
            accepted=queries.accepted(session, [contract_id])[contract_id],
            today=clock.today(),
        )
        assert actor.person_id, "people record what was invoiced"
        session.add(
            InvoicedCost(
                id=cost_id,
                contract_id=contract_id,
                starts_on=terms.starts_on,
                ends_on=terms.ends_on,
                amount=terms.amount,
                quantity=terms.quantity,
                source=terms.source.strip() if terms.amount is not None else "",
                recorded_by=actor.person_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        events.record(session, actor, Act.SAVING_RECORD, cost_id, organisation_id=contract.school_id)


def take_back_invoiced(actor: Actor, cost_id: uuid.UUID) -> None:
    """Take back what was entered by mistake; it stays on record. Sent twice, done once."""
    with transaction() as session:
        cost = queries.get_cost(session, actor, cost_id, lock=True)
        policy.require(actor, Act.SAVING_TAKE_BACK, cost.contract.school_id)
        if cost.taken_back_at is not None:
            return
        assert actor.person_id, "people take it back"
        cost.taken_back_by, cost.taken_back_at = actor.person_id, clock.now()
        session.flush()
        events.record(session, actor, Act.SAVING_TAKE_BACK, cost_id, organisation_id=cost.contract.school_id)
