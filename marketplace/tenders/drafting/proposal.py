"""What a new draft proposes, worked out from the needs that it brings together."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.work.queries import work_of
from marketplace.alliance.work.rules import next_lead
from marketplace.contracts.categories import label
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.core.money import FOUR_PLACES
from marketplace.core.months import MONTHS_A_YEAR, months_later
from marketplace.needs.actions import place_need
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedStatus
from marketplace.tenders import queries, rules
from marketplace.tenders.models import Commitment, LineVolume, Lot, PriceLine, Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.specification.models import Requirement, RequirementMark
from marketplace.tenders.specification.rules import LONGEST_TEXT, Mark


def lock_needs(session: Session, alliance_id: uuid.UUID, need_ids: Collection[uuid.UUID]) -> list[Need]:
    """The needs chosen, locked; NotFound when one is not of a member school."""
    wanted = set(need_ids)
    query = (
        select(Need)
        .where(Need.id.in_(wanted), Need.school_id.in_(queries.member_ids(session, alliance_id)))
        .order_by(Need.reference)
        .with_for_update(of=Need, key_share=True)
    )
    needs = list(session.scalars(query))
    if len(needs) != len(wanted):
        raise NotFound
    return needs


def propose(session: Session, tender: Tender, needs: Sequence[Need]) -> None:
    """Fill a new draft from needs; see `draft_tender`. A shared step."""
    tender.contract_starts_on = max(need.wanted_from for need in needs)
    terms = Counter(need.term_months for need in needs if need.term_months)
    # where no school knows yet for how long, a year is the shortest that the coordinator can lengthen
    months = min(terms, key=lambda term: (-terms[term], term), default=MONTHS_A_YEAR)
    tender.contract_ends_on = months_later(tender.contract_starts_on, months) - timedelta(days=1)
    by_unit: dict[str, dict[uuid.UUID, Decimal]] = {}
    for need in needs:
        over_term = (need.volume * months / MONTHS_A_YEAR).quantize(FOUR_PLACES, ROUND_HALF_UP)
        by_unit.setdefault(rules.unit_over_term(need.volume_unit), {})[need.school_id] = over_term
        tender.commitments.append(
            Commitment(school_id=need.school_id, need_id=need.id, baseline=need.current_annual_spend)
        )
        place_need(session, need.id, NeedStatus.POOLED)
    lot = Lot(number=1, title=tender.title)
    tender.lots.append(lot)
    for number, (unit, volumes) in enumerate(by_unit.items(), start=1):
        line = PriceLine(id=new_id(), number=number, item=label(tender.category), unit=unit)
        line.volumes = [LineVolume(school_id=school, quantity=units) for school, units in volumes.items()]
        lot.lines.append(line)
    tender.lead_school_id = suggested_lead(session, tender)
    session.flush()
    _ask_for_what_needs_say(session, tender, needs)


def _ask_for_what_needs_say(session: Session, tender: Tender, needs: Sequence[Need]) -> None:
    """Start the requirements with what the needs describe, each a should of its school.

    The same words of several schools make one requirement.
    """
    rows: dict[str, Requirement] = {}
    for need in needs:
        text = " ".join(need.description.split())[:LONGEST_TEXT]
        if text and text not in rows:
            rows[text] = Requirement(tender_id=tender.id, number=len(rows) + 1, text=text)
        if text:
            mark = RequirementMark(school_id=need.school_id, mark=Mark.SHOULD, marked_at=clock.now())
            rows[text].marks.append(mark)
    session.add_all(rows.values())
    session.flush()


def suggested_lead(session: Session, tender: Tender) -> uuid.UUID:
    """The school that has done least for its size, of those invited; see `work.rules.next_lead`.

    Tenders that a school leads count as led from their draft on, so that two drafts in a row do not go to
    the same school.
    """
    invited = {commitment.school_id for commitment in tender.commitments}
    led = dict(
        session.execute(
            select(Tender.lead_school_id, func.count())
            .where(Tender.lead_school_id.in_(invited), Tender.status != TenderStatus.CANCELLED)
            .group_by(Tender.lead_school_id)
        ).all()
    )
    schools = [
        replace(school, led=led.get(school.school_id, 0))
        for school in work_of(session, tender.alliance_id)
        if school.school_id in invited
    ]
    suggestion = next_lead(schools)
    assert suggestion, "a draft from needs has schools, and all of them are members"
    return suggestion.school_id
