"""A Partnership Fund in any state that people can bring it to."""

import io
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from invoicing.fund import actions, queries, rules
from invoicing.fund.models import Contribution
from invoicing.fund.rules import Proposal, Purpose, Wish
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.documents import Upload
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests.make.alliance import Alliance, School
from tests.make.kept import kept

ROUND_TOTAL = Money(6_000_00)
CLAIM_AMOUNT = Money(1_000_00)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 17 + b"\0\0\0\0IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 32 + b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund and the alliance whose it is."""

    id: uuid.UUID
    alliance: Alliance

    @property
    def schools(self) -> tuple[School, ...]:
        return self.alliance.schools


def office_document(part: str, *more: str) -> bytes:
    """An Office document that has the parts it is told by, and nothing in them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<part/>")
    return content.getvalue()


def evidence(name: str = "invoice.pdf", content: bytes = PDF) -> Upload:
    """A file as it is sent with a claim."""
    return Upload(name, io.BytesIO(content))


@kept
def partnership_fund(alliance: Alliance, *, opened_on: date | None = None) -> Fund:
    """An alliance's fund, just opened."""
    fund_id = new_id()
    actions.open_fund(
        alliance.coordinator,
        fund_id,
        alliance.id,
        "Partnership Fund",
        opened_on or clock.today() - timedelta(days=30),
    )
    return Fund(fund_id, alliance)


def proposal(schools: Sequence[School], total: Money, purpose: Purpose = Purpose.STAFF_TRAINING) -> Proposal:
    """What a coordinator would ask of these schools."""
    return Proposal(
        f"Contributions of {total}",
        total,
        date(2026, 9, 1),
        date(2027, 8, 31),
        purpose,
        frozenset(school.id for school in schools),
    )


@kept
def proposed_round(
    held: Fund, total: Money = ROUND_TOTAL, schools: Sequence[School] | None = None
) -> uuid.UUID:
    """A round that waits for every governing body; its id."""
    return propose(held, proposal(held.schools if schools is None else schools, total))


def propose(held: Fund, wanted: Proposal) -> uuid.UUID:
    """A round as somebody wishes it, which waits for every governing body; its id."""
    coordinator = held.alliance.coordinator
    session = db.session()
    found = queries.get_fund(session, coordinator, held.id)
    shares = {share.school_id: share.amount for share in queries.proposed_shares(session, found, wanted)}
    round_id = new_id()
    actions.propose_contributions(coordinator, round_id, held.id, wanted, rules.fingerprint(wanted, shares))
    return round_id


def contributions(held: Fund, round_id: uuid.UUID) -> dict[uuid.UUID, Contribution]:
    """The contributions of a round by school."""
    found = queries.get_round(db.session(), held.alliance.coordinator, round_id)
    return {one.school_id: one for one in found.contributions}


def confirm(held: Fund, round_id: uuid.UUID, school: School, minuted_on: date | None = None) -> uuid.UUID:
    """A governor's confirmation for a school; the contribution's id."""
    contribution_id = contributions(held, round_id)[school.id].id
    actions.confirm_contribution(
        school.governor, contribution_id, "FGB 4", minuted_on or clock.today(), own_budget=True
    )
    return contribution_id


def receive(held: Fund, contribution_id: uuid.UUID, received_on: date | None = None) -> None:
    """The receipt of a confirmed contribution."""
    actions.receive_contribution(
        held.alliance.coordinator, new_id(), contribution_id, received_on or clock.today()
    )


@kept
def received_round(
    held: Fund,
    total: Money = ROUND_TOTAL,
    schools: Sequence[School] | None = None,
    received_on: date | None = None,
) -> uuid.UUID:
    """A round of which everything has come in; its id."""
    taking_part = held.schools if schools is None else schools
    round_id = proposed_round(held, total, taking_part)
    for school in taking_part:
        receive(held, confirm(held, round_id, school, received_on), received_on)
    return round_id


def wish(school: School, amount: Money = CLAIM_AMOUNT, title: str = "Leaders’ course") -> Wish:
    """What a school would claim."""
    return Wish(school.id, title, Purpose.STAFF_TRAINING, amount)


def claim(
    held: Fund, school: School, amount: Money = CLAIM_AMOUNT, title: str = "Leaders’ course"
) -> uuid.UUID:
    """A claim that waits for its approvals; its id."""
    claim_id = new_id()
    actions.make_claim(school.bursar, claim_id, held.id, wish(school, amount, title), evidence())
    return claim_id


def approve(claim_id: uuid.UUID, school: School) -> None:
    """The approval of a school's headteacher."""
    actions.approve_claim(school.headteacher, new_id(), claim_id, school.id)


def approved_claim(
    held: Fund, school: School, amount: Money = CLAIM_AMOUNT, title: str = "Leaders’ course"
) -> uuid.UUID:
    """A claim approved by the first two other schools; its id."""
    claim_id = claim(held, school, amount, title)
    for other in [one for one in held.schools if one.id != school.id][:2]:
        approve(claim_id, other)
    return claim_id


def pay(held: Fund, claim_id: uuid.UUID, paid_on: date | None = None) -> None:
    """The payment of an approved claim."""
    actions.pay_claim(held.alliance.coordinator, new_id(), claim_id, paid_on or clock.today())


def paid_claim(
    held: Fund, school: School, amount: Money = CLAIM_AMOUNT, title: str = "Leaders’ course"
) -> uuid.UUID:
    """A claim that was paid today; its id."""
    claim_id = approved_claim(held, school, amount, title)
    pay(held, claim_id)
    return claim_id
