"""The program interface of tenders: whole for people of an alliance, the public part for everybody."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy.orm import selectinload

from marketplace.alliance.api import SchoolName
from marketplace.core import clock, web
from marketplace.core.api.operations import Api
from marketplace.core.api.schemas import Listing, PageAsked, Quantity, Schema, part_of
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.tenders import queries, rules
from marketplace.tenders.criteria.tree import judged, price_marks
from marketplace.tenders.formulas import in_short, to_two_places
from marketplace.tenders.models import Criterion, Tender
from marketplace.tenders.opportunities import queries as opportunities
from marketplace.tenders.opportunities.queries import Opportunity
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from marketplace.tenders.rules import CommitmentStatus, CriterionKind, TenderStatus

tenders = Api("tenders_api", __name__, "Tenders", "/tenders")
offered = Api("opportunities_api", __name__, "Opportunities", "/opportunities")


class Volume(Schema):
    """How many units of a line a school buys over the whole term."""

    school_id: uuid.UUID
    school: str
    quantity: Quantity


class Line(Schema):
    """An item of the price schedule, for which a supplier gives one unit price."""

    id: uuid.UUID
    number: int
    item: str
    unit: str
    volumes: list[Volume]
    total: Quantity = Field(description="The units of all schools over the whole term.")
    once: bool = Field(description="It is paid at the start, and not in equal parts every year.")

    @classmethod
    def of(cls, line: ScheduleLine) -> Line:
        """A line as it is answered."""
        same = {one.name: getattr(line, one.name) for one in fields(line) if one.name != "volumes"}
        volumes = [
            Volume(school_id=one.school_id, school=one.school, quantity=one.quantity) for one in line.volumes
        ]
        return cls(**same, volumes=volumes)


class Lot(Schema):
    """A part of a tender, with its lines."""

    id: uuid.UUID
    number: int
    title: str
    description: str
    lines: list[Line]

    @classmethod
    def of(cls, lot: ScheduleLot) -> Lot:
        """A lot as it is answered."""
        return cls(
            id=lot.id,
            number=lot.number,
            title=lot.title,
            description=lot.description,
            lines=[Line.of(line) for line in lot.lines],
        )


class JudgedBy(Schema):
    """A question that a quote answers in words."""

    id: uuid.UUID
    title: str
    question: str
    marks: str = Field(description="What it counts of 100, or blank where it is passed or failed.")
    word_limit: int
    pass_or_fail: bool


class TenderSummary(Schema):
    """A tender as the people of its alliance see it in a list."""

    id: uuid.UUID
    reference: str
    version: int
    title: str
    description: str
    category: str
    cpv: str
    status: TenderStatus
    lead_school: SchoolName | None
    drafted_at: datetime
    published_at: datetime | None
    closes_at: datetime | None = Field(description="The deadline for quotes.")
    contract_starts_on: date | None
    contract_ends_on: date | None
    extension_months: int

    @classmethod
    def fields_of(cls, tender: Tender) -> dict[str, Any]:
        """What a list says of a tender."""
        same = TenderSummary.model_fields.keys() - {"status", "lead_school"}
        return {
            **{name: getattr(tender, name) for name in same},
            "status": rules.shown_status(tender.status, tender.closes_at, clock.now()),
            "lead_school": tender.lead_school and SchoolName.of(tender.lead_school),
        }


class Answered(Schema):
    """A school that was invited to buy, and its answer."""

    school: SchoolName
    status: CommitmentStatus
    need_id: uuid.UUID | None
    answered_at: datetime | None


class TenderEntry(TenderSummary):
    """A tender with its schools, lots and questions."""

    schools: list[Answered]
    lots: list[Lot]
    price_marks: str = Field(description="What the price counts of 100.")
    questions: list[JudgedBy]


class TenderList(Listing[TenderSummary]):
    """Part of the tenders."""


class TendersAsked(PageAsked):
    """Which tenders."""

    status: TenderStatus | None = Field(default=None, description="Only those that are so far.")
    category: str = Field(default="", description="Only of this category.")


class OpportunitySummary(Schema):
    """A published tender that takes quotes."""

    id: uuid.UUID
    reference: str
    title: str
    description: str
    category: str
    cpv: str
    published_at: datetime
    closes_at: datetime = Field(description="The deadline for quotes.")
    contract_starts_on: date
    contract_ends_on: date
    extension_months: int


class Buyer(Schema):
    """A school that buys."""

    name: str
    urn: str
    identifiers: str
    local_authority: str
    postcode: str
    leads: bool


class PublicAnswer(Schema):
    """What a supplier asked, without who asked, and what the schools answered."""

    question: str
    answer: str
    answered_at: datetime


class OpportunityEntry(OpportunitySummary):
    """The public part of a published tender: all that a supplier needs to quote."""

    alliance: str
    status: TenderStatus
    open: bool = Field(description="Does it take quotes now?")
    questions_until: datetime = Field(description="Until when suppliers ask.")
    ocid: str
    buyers: list[Buyer]
    lots: list[Lot]
    price_marks: str = Field(description="What the price counts of 100.")
    questions: list[JudgedBy]
    answers: list[PublicAnswer]


class OpportunityList(Listing[OpportunitySummary]):
    """Part of the opportunities."""


class OpportunitiesAsked(PageAsked):
    """Which opportunities."""

    category: str = Field(default="", description="Only of this category.")


@tenders.reads("", Scope.TENDERS_READ)
def list_tenders(asked: TendersAsked) -> TenderList:
    """The tenders of the alliances of the token’s owner, drafts included."""
    query = queries.search(web.actor(), status=asked.status, category_id=asked.category)
    rows, following = part_of(db.session(), query.options(selectinload(Tender.lead_school)), Tender.id, asked)
    return TenderList(items=[TenderSummary(**TenderSummary.fields_of(one)) for one in rows], next=following)


@tenders.reads("/<uuid:tender_id>", Scope.TENDERS_READ)
def show_tender(tender_id: uuid.UUID) -> TenderEntry:
    """One tender of an alliance of the token’s owner, with schools, lots and questions."""
    session = db.session()
    tender = queries.get_tender_of_alliance(session, web.actor(), tender_id)
    schools = [
        Answered(
            school=SchoolName.of(one.school),
            status=one.status,
            need_id=one.need_id,
            answered_at=one.answered_at,
        )
        for one in sorted(tender.commitments, key=lambda one: (one.school.name, one.school_id))
    ]
    return TenderEntry(
        **TenderSummary.fields_of(tender),
        schools=schools,
        lots=[Lot.of(lot) for lot in queries.schedule(session, tender.id)],
        price_marks=in_short(price_marks(tender.criteria)),
        questions=_questions(tender.criteria),
    )


def _questions(criteria: list[Criterion]) -> list[JudgedBy]:
    """The questions that a quote answers, in their order."""
    return [
        JudgedBy(
            id=placed.criterion.id,
            title=placed.name,
            question=placed.criterion.question,
            marks=f"{to_two_places(placed.marks)}"
            if placed.criterion.kind is not CriterionKind.PASS_FAIL
            else "",
            word_limit=placed.criterion.word_limit,
            pass_or_fail=placed.criterion.kind is CriterionKind.PASS_FAIL,
        )
        for placed in judged(criteria)
    ]


@offered.reads("")
def list_opportunities(asked: OpportunitiesAsked) -> OpportunityList:
    """The published tenders that take quotes now."""
    query = opportunities.search_open(category_id=asked.category)
    rows, following = part_of(db.session(), query, Tender.id, asked)
    names = OpportunitySummary.model_fields
    items = [OpportunitySummary(**{name: getattr(one, name) for name in names}) for one in rows]
    return OpportunityList(items=items, next=following)


@offered.reads("/<uuid:tender_id>")
def show_opportunity(tender_id: uuid.UUID) -> OpportunityEntry:
    """The public part of a published tender: buyers, lots, questions, and what others asked."""
    session = db.session()
    found: Opportunity = opportunities.get_opportunity(session, tender_id)
    tender = session.get_one(Tender, tender_id)
    return OpportunityEntry(
        **{name: getattr(tender, name) for name in OpportunitySummary.model_fields},
        alliance=found.alliance,
        status=found.status,
        open=found.open,
        questions_until=found.asked_until,
        ocid=found.ocid,
        buyers=[
            Buyer(**{one.name: getattr(buyer, one.name) for one in fields(buyer)}) for buyer in found.buyers
        ],
        lots=[Lot.of(lot) for lot in found.lots],
        price_marks=found.price_weight,
        questions=_questions(tender.criteria),
        answers=[
            PublicAnswer(question=one.question, answer=one.answer, answered_at=one.answered_at)
            for one in found.answers
        ],
    )
