"""What the public may read of a tender: never who opens, who scores, or what a school pays today."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Organisation, School
from marketplace.contracts import categories
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.tenders import answers, methodology, queries, rules, timetable
from marketplace.tenders.answers import PublishedAnswer
from marketplace.tenders.criteria.shown import ShownCriterion
from marketplace.tenders.criteria.shown import criteria as shown_criteria
from marketplace.tenders.criteria.tree import price_marks
from marketplace.tenders.formulas import FORMULAS, FormulaInWords, in_short
from marketplace.tenders.lots.queries import LotWords, in_words
from marketplace.tenders.methodology import Methodology
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.planning.rules import answered_until, asked_until
from marketplace.tenders.queries import ScheduleLot
from marketplace.tenders.rules import BY_VALUE, CommitmentStatus, TenderStatus
from marketplace.tenders.specification.queries import Merged, asked_of_suppliers
from marketplace.tenders.uk_notices import queries as notices

SHORT = 220


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """A card of the list."""

    id: uuid.UUID
    reference: str
    title: str
    summary: str
    category: str
    closes_at: datetime
    contract_starts_on: date
    length: str
    buyers: int
    places: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A school that buys, named with its identifier (Procurement Regulations 2024, regulation 13)."""

    name: str
    urn: str
    identifiers: str
    local_authority: str
    postcode: str
    leads: bool


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A document: a stored file, or a link to where it stands."""

    id: uuid.UUID
    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """The public part of one published tender. Money is in pence, for the whole term and all schools.

    `held` says that the deadline has passed and quotes cannot be opened: a question has no answer yet.
    `notice_reference` and `notice_address` are of its notice on Find a Tender, where it stands there.
    """

    id: uuid.UUID
    reference: str
    title: str
    description: str
    category: str
    cpv: str
    alliance: str
    status: TenderStatus
    open: bool
    held: bool
    closes_at: datetime
    asked_until: datetime
    answered_until: datetime
    deadline_reason: str
    published_at: datetime
    contract_starts_on: date
    contract_ends_on: date
    length: str
    extension_months: int
    end_reason: str
    buyers: tuple[Buyer, ...]
    lots: tuple[ScheduleLot, ...]
    lot_words: LotWords
    requirements: tuple[Merged, ...]
    criteria: tuple[ShownCriterion, ...]
    price_weight: str
    formula: FormulaInWords
    formula_figures: str
    by_value: bool
    methodology: Methodology | None
    ceiling: Money | None
    optimum: Money | None
    documents: tuple[PublicDocument, ...]
    answers: tuple[PublishedAnswer, ...]
    ocid: str
    notice_reference: str
    notice_address: str


def search_open(text: str = "", category_id: str = "") -> Select[Any]:
    """Tenders that take quotes now, soonest deadline first, narrowed down by words and by category."""
    query = select(Tender).where(Tender.status == TenderStatus.PUBLISHED, Tender.closes_at > clock.now())
    if text:
        buying = (
            select(Commitment.tender_id)
            .join(Organisation, Organisation.id == Commitment.school_id)
            .join(School, School.id == Commitment.school_id)
            .where(
                Commitment.status == CommitmentStatus.COMMITTED,
                or_(
                    Organisation.name.icontains(text, autoescape=True),
                    School.local_authority.icontains(text, autoescape=True),
                ),
            )
        )
        query = query.where(
            or_(
                Tender.title.icontains(text, autoescape=True),
                Tender.description.icontains(text, autoescape=True),
                Tender.reference.icontains(text, autoescape=True),
                Tender.id.in_(buying),
            )
        )
    if category_id:
        query = query.where(Tender.category == category_id)
    return query


def page_of(session: Session, query: Select[Any], *, offset: int, size: int) -> list[OpportunityRow]:
    """Some cards of a search."""
    sliced = query.order_by(Tender.closes_at, Tender.id).offset(offset).limit(size)
    found = list(session.scalars(sliced.options(selectinload(Tender.commitments))))
    schools = queries.schools_by_id(session, [one.school_id for tender in found for one in _buying(tender)])
    return [_row(tender, [schools[one.school_id] for one in _buying(tender)]) for tender in found]


def _row(tender: Tender, schools: list[School]) -> OpportunityRow:
    assert tender.closes_at
    assert tender.contract_starts_on
    assert tender.contract_ends_on
    text = " ".join(tender.description.split())
    return OpportunityRow(
        tender.id,
        tender.reference,
        tender.title,
        text if len(text) <= SHORT else f"{text[:SHORT].rsplit(' ', 1)[0]}…",
        categories.label(tender.category),
        tender.closes_at,
        tender.contract_starts_on,
        timetable.term_in_words(tender.contract_starts_on, tender.contract_ends_on),
        len(schools),
        ", ".join(sorted({school.local_authority for school in schools})),
    )


def get_opportunity(session: Session, tender_id: uuid.UUID) -> Opportunity:
    """The public part of a tender that was published, whoever asks. Raises NotFound."""
    tender = session.get(Tender, tender_id)
    if tender is None:
        raise NotFound
    return opportunity_of(session, tender)


def opportunity_of(session: Session, tender: Tender) -> Opportunity:
    """The public part of a tender. Raises NotFound when it was not published."""
    if (
        tender.published_at is None
        or tender.closes_at is None
        or tender.contract_starts_on is None
        or tender.contract_ends_on is None
    ):
        raise NotFound
    schools = queries.schools_by_id(session, [one.school_id for one in _buying(tender)])
    now = clock.now()
    notice = notices.on_find_a_tender(session, tender.id)
    return Opportunity(
        id=tender.id,
        reference=tender.reference,
        title=tender.title,
        description=tender.description,
        category=categories.label(tender.category),
        cpv=tender.cpv,
        alliance=session.get_one(Organisation, tender.alliance_id).name,
        status=rules.shown_status(tender.status, tender.closes_at, now),
        open=rules.accepts_quotes(tender.status, tender.closes_at, now),
        held=answers.is_held(session, tender, now),
        closes_at=tender.closes_at,
        asked_until=asked_until(tender.published_at, tender.closes_at),
        answered_until=answered_until(tender.published_at, tender.closes_at),
        deadline_reason=tender.deadline_reason,
        published_at=tender.published_at,
        contract_starts_on=tender.contract_starts_on,
        contract_ends_on=tender.contract_ends_on,
        length=timetable.term_in_words(tender.contract_starts_on, tender.contract_ends_on),
        extension_months=tender.extension_months,
        end_reason=tender.end_reason,
        buyers=_buyers(tender, schools),
        lots=queries.schedule(session, tender.id),
        lot_words=in_words(session, tender),
        requirements=asked_of_suppliers(session, tender.id),
        criteria=tuple(shown_criteria(tender.criteria)),
        price_weight=in_short(price_marks(tender.criteria)),
        formula=FORMULAS[tender.price_formula],
        formula_figures=methodology.figures_of(tender),
        by_value=tender.price_formula in BY_VALUE,
        methodology=methodology.explain(tender),
        ceiling=tender.ceiling,
        optimum=tender.optimum,
        documents=tuple(PublicDocument(one.id, one.name, one.link) for one in tender.documents),
        answers=answers.published_answers(session, tender.id),
        ocid=notices.ocid(session, tender),
        notice_reference=notice.reference if notice else "",
        notice_address=notice.address if notice else "",
    )


def _buying(tender: Tender) -> list[Commitment]:
    return [one for one in tender.commitments if one.status is CommitmentStatus.COMMITTED]


def _buyers(tender: Tender, schools: dict[uuid.UUID, School]) -> tuple[Buyer, ...]:
    rows = [
        Buyer(
            school.name,
            school.urn,
            school.identifiers,
            school.local_authority,
            school.postcode,
            school.id == tender.lead_school_id,
        )
        for school in schools.values()
    ]
    return tuple(sorted(rows, key=lambda row: (not row.leads, row.name, row.urn)))
