"""What the pages of a tender show, worked out here so that templates only draw."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.rules import ROLE_LABELS
from marketplace.contracts import categories
from marketplace.core import clock, policy
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.needs.thresholds import REGIME_LABELS, Regime
from marketplace.tenders import answers, formulas, methodology, picture, progress, queries, rules, timetable
from marketplace.tenders.commitments import queries as commitments
from marketplace.tenders.commitments import tasks as commitment_tasks
from marketplace.tenders.criteria.shown import criteria as shown_criteria
from marketplace.tenders.drafting.queries import agreed_splits
from marketplace.tenders.lots import queries as lot_queries
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.planning.queries import STEP_OF, holidays_at
from marketplace.tenders.queries import ScheduleLot, TenderRow
from marketplace.tenders.rules import CommitmentStatus, Seat, TenderStatus
from marketplace.tenders.specification import tasks as specification_tasks
from marketplace.tenders.specification.queries import merged


@dataclass(frozen=True, slots=True)
class Label:
    """A status in words and in colour."""

    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class ListedTender:
    """A line of the list of tenders."""

    id: uuid.UUID
    reference: str
    title: str
    category: str
    buyers: int
    closes_at: datetime | None
    label: Label
    lead_school: str


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One school's place in a tender. `whole_term` is today's spend over the whole term.

    `conditions` are None where the reader may not see them yet; `unconfirmed` says what the school still
    needs of its governing body.
    """

    school_id: uuid.UUID
    school: str
    identifiers: str
    leads: bool
    label: Label
    baseline: Money
    whole_term: Money | None
    answered_by: str
    answered_at: datetime | None
    reason: str
    conditions: tuple[str, ...] | None
    unconfirmed: str


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A price line as one school sees it: its own units over the whole term."""

    lot: str
    item: str
    unit: str
    quantity: Decimal


COMMITMENT_COLOURS: Mapping[CommitmentStatus, str] = {
    CommitmentStatus.INVITED: "yellow",
    CommitmentStatus.COMMITTED: "green",
    CommitmentStatus.DECLINED: "grey",
}


HELD = Label("Deadline passed, questions to answer", "yellow")


def label(status: TenderStatus, closes_at: datetime | None = None) -> Label:
    """A tender's status as people read it now."""
    now_is = rules.shown_status(status, closes_at, clock.now())
    return Label(rules.STATUS_LABELS[now_is], rules.STATUS_COLOURS.get(now_is, "blue"))


def listed(rows: Sequence[TenderRow]) -> list[ListedTender]:
    """Rows of the list with their statuses and categories in words."""
    return [
        ListedTender(
            row.id,
            row.reference,
            row.title,
            categories.label(row.category),
            row.buyers,
            row.closes_at,
            label(row.status, row.closes_at),
            row.lead_school,
        )
        for row in rows
    ]


def terms(session: Session, tender: Tender) -> dict[str, Any]:
    """What the law and the calendar say about a tender, for its pages."""
    value, regime = queries.value_and_regime(session, tender)
    starts_on, ends_on = tender.contract_starts_on, tender.contract_ends_on
    away = holidays_at(session, tender, tender.closes_at) if tender.closes_at else {}
    return {
        "category": categories.label(tender.category),
        "value": value,
        "regime": REGIME_LABELS[regime],
        "above": regime is Regime.ABOVE,
        "least_days": timetable.least_days(regime, tender.procedure),
        "length": timetable.term_in_words(starts_on, ends_on) if starts_on and ends_on else "",
        "doubts": timetable.doubts_about(tender.closes_at, away) if tender.closes_at else [],
        "formula": formulas.FORMULAS[tender.price_formula],
        "formula_figures": methodology.figures_of(tender),
        "methodology": methodology.explain(tender),
        "criteria": shown_criteria(tender.criteria),
        "split_agreed": next(iter(agreed_splits(session, tender.id)), None),
        "lot_words": lot_queries.in_words(session, tender),
        "split": rules.SPLIT_LABELS[tender.split],
    }


def whole_tender(session: Session, acting: Actor, tender: Tender) -> dict[str, Any]:
    """Everything on the page of one tender for the people of its alliance."""
    next_step = progress.next_step(session, tender)
    held = answers.is_held(session, tender, clock.now())
    return {
        "tender": tender,
        "label": HELD if held else label(tender.status, tender.closes_at),
        "picture": picture.picture(tender, next_step.text, held=held),
        "next_step": next_step,
        "links": [
            *progress.offered_steps(session, acting, tender),
            *_own_links(session, acting, tender),
            *specification_tasks.links(session, acting, tender),
        ],
        "commitments": commitment_rows(session, acting, tender),
        "lots": queries.schedule(session, tender.id),
        "requirements": merged(session, tender.id),
        "openers": queries.named(tender, Seat.OPENER),
        "evaluators": queries.named(tender, Seat.EVALUATOR),
        "history": progress.history(session, tender.id),
        "has_plan": tender.status in STEP_OF,
        "may_return": _may_return(session, acting, tender),
        "may_cancel": tender.status in rules.STILL_OPEN
        and policy.allows(acting, Act.TENDER_CANCEL, tender.alliance_id),
        **terms(session, tender),
    }


def _own_links(session: Session, acting: Actor, tender: Tender) -> list[progress.StepLink]:
    """What this stage lets the actor do about a tender now."""
    coordinates = policy.allows(acting, Act.TENDER_EDIT, tender.alliance_id)
    if tender.status is TenderStatus.DRAFT and coordinates:
        return [progress.StepLink("Continue the draft", url_for("tenders.edit_tender", tender_id=tender.id))]
    if tender.status is TenderStatus.CONFIRMED and queries.may_publish(session, acting, tender):
        href = url_for("tenders.publish_tender", tender_id=tender.id)
        publish = [progress.StepLink("Read it and publish", href)]
        return publish + commitment_tasks.links(session, acting, tender)
    if tender.published_at:
        href = url_for("opportunities.show", tender_id=tender.id)
        return [progress.StepLink("See what suppliers see", href)]
    return commitment_tasks.links(session, acting, tender)


def _may_return(session: Session, acting: Actor, tender: Tender) -> bool:
    if tender.status is TenderStatus.JOINING:
        return policy.allows(acting, Act.TENDER_RETURN, tender.alliance_id)
    if tender.status is TenderStatus.CONFIRMED:
        schools = queries.approving_schools(session, tender)
        return policy.allows(acting, Act.TENDER_RETURN, tender.alliance_id, *schools)
    return False


def commitment_rows(session: Session, acting: Actor, tender: Tender) -> list[CommitmentRow]:
    """The schools of a tender, by name, with what each answered."""
    people = _names(session, [one.answered_by for one in tender.commitments])
    starts_on, ends_on = tender.contract_starts_on, tender.contract_ends_on
    rows = [
        CommitmentRow(
            one.school_id,
            one.school.name,
            one.school.identifiers,
            one.school_id == tender.lead_school_id,
            _answer(one),
            one.baseline,
            timetable.over_whole_term(one.baseline, starts_on, ends_on) if starts_on and ends_on else None,
            people.get(one.answered_by, "") if one.answered_by else "",
            one.answered_at if one.status is not CommitmentStatus.INVITED else None,
            one.reason,
            _conditions(acting, tender, one),
            _unconfirmed(session, tender, one),
        )
        for one in tender.commitments
    ]
    return sorted(rows, key=lambda row: (row.school, row.school_id))


def _answer(commitment: Commitment) -> Label:
    """A school's answer; one that was dropped did not decline."""
    if commitment.status is CommitmentStatus.DECLINED and commitment.answered_by is None:
        return Label("Dropped out", "grey")
    return Label(rules.COMMITMENT_LABELS[commitment.status], COMMITMENT_COLOURS[commitment.status])


def _conditions(acting: Actor, tender: Tender, commitment: Commitment) -> tuple[str, ...] | None:
    if not commitments.sees_conditions(acting, tender, commitment.school_id):
        return None
    return tuple(commitments.conditions_of(commitment).in_words())


def _unconfirmed(session: Session, tender: Tender, commitment: Commitment) -> str:
    waits = commitment.status is CommitmentStatus.COMMITTED and tender.status in rules.BEFORE_PUBLICATION
    return commitments.unconfirmed(session, tender, commitment) if waits else ""


def _names(session: Session, person_ids: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    query = select(Person.id, Person.name).where(Person.id.in_({one for one in person_ids if one}))
    return {row.id: row.name for row in session.execute(query)}


def for_school(session: Session, tender: Tender, commitment: Commitment) -> dict[str, Any]:
    """What one school commits to: its units, what it pays today, and the shared cost."""
    lots = queries.schedule(session, tender.id)
    starts_on, ends_on = tender.contract_starts_on, tender.contract_ends_on
    return {
        "own_lines": own_lines(lots, commitment.school_id),
        "whole_term": timetable.over_whole_term(commitment.baseline, starts_on, ends_on)
        if starts_on and ends_on
        else None,
        "others": sorted(
            one.school.name
            for one in tender.commitments
            if one.school_id != commitment.school_id and one.status is not CommitmentStatus.DECLINED
        ),
        **terms(session, tender),
    }


def own_lines(lots: Sequence[ScheduleLot], school_id: uuid.UUID) -> list[OwnLine]:
    """The lines on which a school has a volume."""
    return [
        OwnLine(lot.title, line.item, line.unit, quantity)
        for lot in lots
        for line in lot.lines
        if (quantity := line.volume_of(school_id)) is not None
    ]


def roles_in_words(roles: Sequence[policy.Role]) -> str:
    """Roles as people read them: Bursar, Governor."""
    return ", ".join(ROLE_LABELS[role] for role in roles)


def sortable(kept: Mapping[str, Any], sort: str, *, descending: bool) -> list[dict[str, Any]]:
    """The columns of the list of tenders, with links that sort it and keep its filters."""

    def column(text: str, name: str) -> dict[str, Any]:
        here = name == sort
        order = "ascending" if not here or descending else "descending"
        return {
            "text": text,
            "sort_href": url_for("tenders.index", **{**kept, "sort": name, "order": order}),
            "sorted": ("descending" if descending else "ascending") if here else "",
        }

    return [
        column("Tender", "title"),
        {"text": "Category"},
        {"text": "Schools", "numeric": True},
        column("Deadline", "closes"),
        {"text": "Status"},
    ]
