"""Who is told by e-mail what they must do next. Each function writes in the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from invoicing.fund import queries
from invoicing.fund.models import Claim, Contribution, ContributionRound, Fund
from invoicing.invoices.models import Invoice
from marketplace.alliance.delegation.queries import people_to_ask
from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act, Role


def ask_governing_bodies(session: Session, proposed: ContributionRound) -> None:
    """Ask each school's governors to confirm its contribution."""
    for contribution in proposed.contributions:
        _tell(
            session,
            people_with_role(session, [contribution.school_id], *POLICY[Act.CONTRIBUTION_CONFIRM].roles),
            f"Please confirm a contribution to the {proposed.fund.name}",
            "fund_confirm_contribution.txt",
            round=proposed,
            contribution=contribution,
        )


def ask_for_transfer(session: Session, contribution: Contribution) -> None:
    """Ask the school to pay what its governing body confirmed, and the coordinator to watch for it."""
    fund = contribution.round.fund
    told = {"round": contribution.round, "contribution": contribution, "fund": fund}
    _tell(
        session,
        people_with_role(session, [contribution.school_id], Role.FINANCE_LEAD, Role.BURSAR),
        f"Please pay your contribution to the {fund.name}",
        "fund_pay_contribution.txt",
        **told,
    )
    _tell(
        session,
        _coordinators(session, fund, Act.CONTRIBUTION_RECEIVE),
        f"{contribution.school.name} has confirmed its contribution",
        "fund_receive_contribution.txt",
        **told,
    )


def ask_to_issue(session: Session, contribution: Contribution, invoice: Invoice) -> None:
    """Tell whoever issues invoices of the fund that a draft waits for them."""
    _tell(
        session,
        people_with_role(session, [invoice.issuer_id], *POLICY[Act.INVOICE_ISSUE].roles),
        f"{contribution.school.name} has confirmed its contribution",
        "fund_issue_invoice.txt",
        contribution=contribution,
        round=contribution.round,
        invoice=invoice,
    )


def ask_own_school(session: Session, claim: Claim) -> None:
    """Ask whoever releases a claim by its school's ladder."""
    assert claim.approver
    _tell(
        session,
        people_to_ask(session, claim.school_id, claim.approver, claim.made_by),
        f"Please approve your school’s claim {claim.reference}",
        "fund_release_claim.txt",
        claim=claim,
    )


def ask_to_confirm(session: Session, claim: Claim) -> None:
    """Ask the school's governors to record their governing body's confirmation of a claim."""
    _tell(
        session,
        people_with_role(session, [claim.school_id], *POLICY[Act.CONFIRMATION_RECORD].roles),
        f"Confirm the claim {claim.reference} for the governing body",
        "fund_confirm_claim.txt",
        claim=claim,
    )


def ask_for_approval(session: Session, claim: Claim) -> None:
    """Ask headteachers and governors of the other schools to decide on a claim."""
    others = [school.id for school in queries.members(session, claim.fund) if school.id != claim.school_id]
    own = {person.id for person in people_with_role(session, [claim.school_id], *Role)}
    deciders = people_with_role(session, others, *POLICY[Act.CLAIM_APPROVE].roles)
    _tell(
        session,
        [person for person in deciders if person.id not in own],
        f"Please decide on a claim from the {claim.fund.name}",
        "fund_approve_claim.txt",
        claim=claim,
    )


def ask_for_payment(session: Session, claim: Claim) -> None:
    """Ask the coordinator to pay a claim that has both approvals."""
    _tell(
        session,
        _coordinators(session, claim.fund, Act.CLAIM_PAY),
        f"Claim {claim.reference} can be paid",
        "fund_pay_claim.txt",
        claim=claim,
    )


def tell_refused(session: Session, claim: Claim) -> None:
    """Tell whoever made a claim that it was refused, and why."""
    _tell(
        session, [claim.maker], f"Claim {claim.reference} was refused", "fund_claim_refused.txt", claim=claim
    )


def tell_paid(session: Session, claim: Claim) -> None:
    """Tell the claimant's people that the money is on its way."""
    paid = people_with_role(session, [claim.school_id], Role.FINANCE_LEAD)
    told = {person.id: person for person in (claim.maker, *paid)}
    _tell(session, told.values(), f"Claim {claim.reference} was paid", "fund_claim_paid.txt", claim=claim)


def _coordinators(session: Session, fund: Fund, act: Act) -> list[Person]:
    return people_with_role(session, [fund.alliance_id], *POLICY[act].roles)


def _tell(session: Session, people: Iterable[Person], subject: str, template: str, **context: Any) -> None:
    for person in people:
        mail.write(session, person.email, subject, template, person_name=person.name, **context)
