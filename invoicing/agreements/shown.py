"""What an agreement says, in words, for its pages and for whoever signs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from invoicing.agreements import law
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import (
    SCHEDULE_LABELS,
    SERVICE_LABELS,
    SUPPLY_LABELS,
    AgreementStatus,
    Supply,
)
from invoicing.invoices.rules import CATEGORY_LABELS, VatCategory
from marketplace.alliance.models import Person
from marketplace.alliance.rules import MEMBERSHIP_LABELS
from marketplace.core import clock
from marketplace.core.web import day


@dataclass(frozen=True, slots=True)
class Vat:
    """How VAT treats what an agreement charges, and why."""

    category: VatCategory
    reason: str
    cited: str = ""

    @property
    def words(self) -> str:
        """The treatment as people read it."""
        text = CATEGORY_LABELS[self.category]
        if self.reason:
            text += f": {self.reason}"
        return f"{text} ({self.cited})" if self.cited and not self.reason else text


def vat_of(agreement: Agreement) -> Vat:
    """How the seller charges VAT today: by what its staff do, or as the agreement says of anything else."""
    if not agreement.seller.vat_number:
        return Vat(VatCategory.OUTSIDE, "", "the seller is not registered for VAT")
    if agreement.supply is not Supply.NO_STAFF:
        found = law.vat_of_staff(agreement.supply, clock.today())
        return Vat(found.category, found.reason, found.cited)
    if agreement.exemption_reason:
        return Vat(VatCategory.EXEMPT, agreement.exemption_reason)
    return Vat(VatCategory.STANDARD, "")


def facts(agreement: Agreement) -> list[tuple[str, str]]:
    """Everything that both heads sign, as keys and values. Empty ones are left out."""
    lines = [
        ("Seller", agreement.seller.name),
        ("Buyer", agreement.buyer.name),
        ("What is sold", SERVICE_LABELS[agreement.service]),
        ("Terms of the work", agreement.work),
        ("Who works there", SUPPLY_LABELS[agreement.supply]),
        ("Work with children", _children(agreement)),
        ("Price, before VAT", agreement.price.words(agreement.schedule)),
        ("VAT", vat_of(agreement).words),
        ("Invoiced", SCHEDULE_LABELS[agreement.schedule]),
        ("Term", _term(agreement)),
        ("Extension", _extension(agreement)),
        ("Notice", _months(agreement.notice_months) if agreement.notice_months else "None is needed"),
        ("Objectives", agreement.objectives),
        ("Membership", _membership(agreement)),
        ("The buyer’s order number", agreement.purchase_order),
    ]
    return [(key, value) for key, value in lines if value]


def steps(agreement: Agreement) -> list[dict[str, str]]:
    """How far an agreement is, for a timeline."""
    if agreement.status is AgreementStatus.DISCARDED:
        return [_step("Drafted", day(agreement.drafted_at)), {"label": "Discarded", "state": "stopped"}]
    proposed = agreement.proposed_at if agreement.status is not AgreementStatus.DRAFT else None
    begun = agreement.status in {AgreementStatus.RUNNING, AgreementStatus.ENDED}
    ended = agreement.status is AgreementStatus.ENDED
    told = [
        _step("Drafted", day(agreement.drafted_at)),
        _step("Put to both heads", day(proposed) if proposed else ""),
        _signature(agreement.seller.name, agreement.seller_signed_at, agreement.seller_signer),
        _signature(agreement.buyer.name, agreement.buyer_signed_at, agreement.buyer_signer),
        _step("First day", day(agreement.starts_on), done=begun),
        _step("Last day", day(agreement.last_day), done=ended),
    ]
    waiting = next((step for step in told if step["state"] == "upcoming"), None)
    if waiting:
        waiting["state"] = "current"
    return told


def _step(label: str, when: str, note: str = "", *, done: bool | None = None) -> dict[str, str]:
    """A step of the timeline; done once it has a date, unless `done` says otherwise."""
    reached = bool(when) if done is None else done
    return {"label": label, "when": when, "note": note, "state": "done" if reached else "upcoming"}


def _signature(school: str, at: datetime | None, signer: Person | None) -> dict[str, str]:
    return _step(f"Signed for {school}", day(at) if at else "", signer.name if signer else "")


def _children(agreement: Agreement) -> str:
    if agreement.regulated is None:
        return "Not answered yet"
    return "Yes, in regulated activity" if agreement.regulated else "No"


def _term(agreement: Agreement) -> str:
    agreed = f"{day(agreement.starts_on)} to {day(agreement.ends_on)}"
    if agreement.notice_last_day:
        return f"{agreed}; by notice it ends on {day(agreement.notice_last_day)}"
    return agreed


def _extension(agreement: Agreement) -> str:
    if not agreement.extension_months:
        return "None"
    return f"At most {_months(agreement.extension_months)} in all, each time signed by both heads"


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"


def _membership(agreement: Agreement) -> str:
    found = agreement.membership
    return f"{MEMBERSHIP_LABELS[found.kind]} of {found.alliance.name}" if found else ""
