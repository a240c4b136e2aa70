"""Recording a rule for service credits, claiming one, answering the claim, and noting its deduction.

Events tell the stage that invoices; they carry ids and no sum.
"""

from __future__ import annotations

import uuid
from datetime import date

from marketplace.alliance.queries import people_with_role
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor, Role
from suppliers.awards.credits import queries, rules
from suppliers.awards.credits.models import CreditClaim, CreditRule
from suppliers.awards.credits.rules import LABELS, CreditStatus, CreditTerms
from suppliers.awards.performance.queries import get_contract
from suppliers.profiles.queries import people_who_bid


def record_credit_rule(actor: Actor, rule_id: uuid.UUID, contract_id: uuid.UUID, terms: CreditTerms) -> None:
    """Record a rule of a contract for service credits, as the contract says it. Raises RuleBroken."""
    with transaction() as session:
        contract = get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.CREDIT_RULE, contract.school_id)
        if session.get(CreditRule, rule_id) is not None:
            return
        rules.check_terms(terms)
        session.add(
            CreditRule(
                id=rule_id,
                contract_id=contract_id,
                title=terms.title,
                trigger=terms.trigger,
                each=terms.each,
                basis_points=terms.basis_points,
                most_basis_points=terms.most_basis_points,
                recorded_by=actor.person_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.CREDIT_RULE,
            rule_id,
            organisation_id=contract.school_id,
            contract_id=contract_id,
        )


def claim_credit(
    actor: Actor,
    claim_id: uuid.UUID,
    rule_id: uuid.UUID,
    *,
    occurred_on: date,
    occurrences: int,
    evidence: str,
) -> None:
    """Claim a service credit by a rule, with evidence; the supplier answers. Raises RuleBroken."""
    with transaction() as session:
        rule = queries.get_rule(session, actor, rule_id, lock=True)
        contract = rule.contract
        policy.require(actor, Act.CREDIT_CLAIM, contract.school_id)
        if session.get(CreditClaim, claim_id) is not None:
            return
        rules.check_claim(evidence, occurred_on, contract.starts_on, clock.today())
        before = queries.claimed_in_year(session, rule, occurred_on)
        session.add(
            CreditClaim(
                id=claim_id,
                rule_id=rule_id,
                occurred_on=occurred_on,
                occurrences=occurrences,
                amount=rules.credit(queries.terms_of(rule), occurrences, contract.annual_value, before),
                evidence=evidence,
                claimed_by=actor.person_id,
                claimed_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.CREDIT_CLAIM,
            claim_id,
            organisation_id=contract.school_id,
            also=[contract.supplier_id],
            contract_id=contract.id,
            supplier_id=contract.supplier_id,
        )
        assert contract.supplier_id, "only contracts with a supplier have credits"
        for person in people_who_bid(session, contract.supplier_id):
            mail.write(
                session,
                person.email,
                f"A service credit is claimed: {contract.title}",
                "awards_credit_claimed.txt",
                person_name=person.name,
                contract=contract,
                rule=rule,
                claim_id=claim_id,
                evidence=evidence,
            )


def answer_credit(actor: Actor, claim_id: uuid.UUID, version: int, answer: CreditStatus, reply: str) -> None:
    """Accept a claimed credit, or dispute it with a reason, for the supplier. Raises RuleBroken."""
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        contract = claim.rule.contract
        assert contract.supplier_id, "only contracts with a supplier have credits"
        policy.require(actor, Act.CREDIT_ANSWER, contract.supplier_id)
        expect_version(claim, version)
        rules.check_answer(answer, reply)
        claim.status, claim.reply = rules.move(claim.status, answer), reply
        session.flush()
        events.record(
            session,
            actor,
            Act.CREDIT_ANSWER,
            claim_id,
            organisation_id=contract.school_id,
            also=[contract.supplier_id],
            contract_id=contract.id,
            outcome=answer.value,
        )
        for person in people_with_role(session, [contract.school_id], Role.FINANCE_LEAD, Role.BURSAR):
            mail.write(
                session,
                person.email,
                f"Service credit, {LABELS[answer].lower()}: {contract.title}",
                "awards_credit_answered.txt",
                person_name=person.name,
                contract=contract,
                label=LABELS[answer],
                reply=reply,
            )


def withdraw_credit(actor: Actor, claim_id: uuid.UUID, version: int) -> None:
    """Withdraw a claimed or disputed credit, for the school. Raises RuleBroken."""
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        contract = claim.rule.contract
        policy.require(actor, Act.CREDIT_WITHDRAW, contract.school_id)
        if claim.status is CreditStatus.WITHDRAWN:
            return
        expect_version(claim, version)
        claim.status = rules.move(claim.status, CreditStatus.WITHDRAWN)
        session.flush()
        events.record(session, actor, Act.CREDIT_WITHDRAW, claim_id, organisation_id=contract.school_id)


def settle_credit(actor: Actor, claim_id: uuid.UUID, version: int, document: str) -> None:
    """Note on which invoice or credit note an accepted credit was deducted. Raises RuleBroken."""
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        contract = claim.rule.contract
        policy.require(actor, Act.CREDIT_SETTLE, contract.school_id)
        if claim.status is CreditStatus.SETTLED and claim.settled_by_document == document:
            return
        expect_version(claim, version)
        rules.check_settled(document)
        claim.status = rules.move(claim.status, CreditStatus.SETTLED)
        claim.settled_by_document = document
        session.flush()
        events.record(
            session,
            actor,
            Act.CREDIT_SETTLE,
            claim_id,
            organisation_id=contract.school_id,
            also=[contract.supplier_id],
            contract_id=contract.id,
            supplier_id=contract.supplier_id,
        )
