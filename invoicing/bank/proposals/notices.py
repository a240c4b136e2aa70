"""Who is told by e-mail of what two people decided. Each writes in the action's own transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.bank.proposals.models import PaymentProposal
from invoicing.bank.proposals.queries import in_words
from invoicing.invoices.queries import readers_at
from marketplace.core import mail


def tell_decided(session: Session, proposal: PaymentProposal) -> None:
    """Tell whoever proposed it what became of it; and the other school, once it stands in its books."""
    words = in_words(proposal)
    approved = proposal.entry_id is not None
    mail.write(
        session,
        proposal.proposer.email,
        f"{'Approved' if approved else 'Refused'}: {words}",
        "bank_decided.txt",
        person_name=proposal.proposer.name,
        proposal=proposal,
        words=words,
        approved=approved,
    )
    if not approved:
        return
    if proposal.invoice is not None:
        subject = f"{proposal.school.name} asks for less of invoice {proposal.invoice.number}"
    else:
        subject = f"{proposal.school.name} pays you {proposal.amount} back"
    for name, address in readers_at(session, proposal.other):
        mail.write(
            session,
            address,
            subject,
            "bank_given_up.txt",
            person_name=name,
            proposal=proposal,
            invoice=proposal.invoice,
        )
