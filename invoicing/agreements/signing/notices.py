"""Who is told how an agreement comes about and ends. Each writes in the action's own transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.agreements.models import Agreement
from invoicing.agreements.notices import MANAGERS, tell
from invoicing.agreements.signing.models import AgreementExtension
from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core.policy import POLICY, Act


def ask_heads(session: Session, agreement: Agreement) -> None:
    """Ask the heads of both schools to sign."""
    heads = people_with_role(
        session, [agreement.seller_id, agreement.buyer_id], *POLICY[Act.AGREEMENT_AGREE].roles
    )
    tell(session, heads, f"Please sign {agreement.reference}", "agreements_proposed.txt", agreement)


def tell_agreed(session: Session, agreement: Agreement) -> None:
    """Tell both schools that both heads have signed."""
    subject = f"{agreement.reference} is agreed"
    tell(session, _managers(session, agreement), subject, "agreements_agreed.txt", agreement)


def tell_returned(session: Session, agreement: Agreement, who: str) -> None:
    """Tell the seller's managers what should be different."""
    people = people_with_role(session, [agreement.seller_id], *MANAGERS)
    subject = f"{agreement.reference} was returned"
    tell(session, people, subject, "agreements_returned.txt", agreement, who=who)


def tell_ended(session: Session, agreement: Agreement) -> None:
    """Tell both schools that it has ended."""
    subject = f"{agreement.reference} has ended"
    tell(session, _managers(session, agreement), subject, "agreements_ended.txt", agreement)


def tell_notice(session: Session, agreement: Agreement, who: str) -> None:
    """Tell both schools that notice was given, by whom, and when it ends."""
    subject = f"Notice was given of {agreement.reference}"
    tell(session, _managers(session, agreement), subject, "agreements_notice.txt", agreement, who=who)


def ask_for_extension(session: Session, agreement: Agreement, extension: AgreementExtension) -> None:
    """Ask the other school's head to sign a longer term."""
    others = {agreement.seller_id, agreement.buyer_id} - {extension.school_id}
    heads = people_with_role(session, others, *POLICY[Act.EXTENSION_AGREE].roles)
    subject = f"Please answer: a longer term of {agreement.reference}"
    tell(session, heads, subject, "agreements_extension.txt", agreement, extension=extension)


def tell_extended(session: Session, agreement: Agreement) -> None:
    """Tell both schools of the new last day."""
    subject = f"{agreement.reference} was extended"
    tell(session, _managers(session, agreement), subject, "agreements_extended.txt", agreement)


def tell_not_extended(session: Session, agreement: Agreement, who: str) -> None:
    """Tell both schools that the last day stays."""
    subject = f"{agreement.reference} was not extended"
    tell(session, _managers(session, agreement), subject, "agreements_not_extended.txt", agreement, who=who)


def _managers(session: Session, agreement: Agreement) -> list[Person]:
    return people_with_role(session, [agreement.seller_id, agreement.buyer_id], *MANAGERS)
