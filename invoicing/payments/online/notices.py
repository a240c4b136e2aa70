"""Letters about online payments: a Direct Debit that failed, a payment that the payer's bank took back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.invoices.queries import readers_at
from invoicing.payments.online.models import OnlinePayment
from marketplace.core import mail
from marketplace.core.money import Money


def tell_of_failure(session: Session, payment: OnlinePayment) -> None:
    """Tell the buyer that the invoice is still to be paid."""
    invoice = payment.invoice
    for name, address in readers_at(session, invoice.buyer):
        mail.write(
            session,
            address,
            f"Your Direct Debit for invoice {invoice.number} failed",
            "online_failed.txt",
            person_name=name,
            invoice=invoice,
            payment=payment,
        )


def tell_of_dispute(session: Session, payment: OnlinePayment, amount: Money) -> None:
    """Tell the issuer that money went back, and that Stripe gives it few days to answer."""
    invoice = payment.invoice
    for name, address in readers_at(session, invoice.issuer):
        mail.write(
            session,
            address,
            f"A payment of invoice {invoice.number} was taken back",
            "online_disputed.txt",
            person_name=name,
            invoice=invoice,
            payment=payment,
            amount=amount,
        )
