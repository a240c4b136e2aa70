"""The demonstration's Partnership Fund: two rounds of contributions, and claims in every state."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import date

import xlsxwriter
from sqlalchemy import select

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import ALDHELM, FERNLEIGH, HARROW, KINGFISHER, MANOR, MILLBROOK
from invoicing.fund import actions, queries, rules
from invoicing.fund.billing import actions as billing
from invoicing.fund.budgets import actions as budgets
from invoicing.fund.grants import actions as grants
from invoicing.fund.grants.rules import Gift, Giver
from invoicing.fund.models import Contribution
from invoicing.fund.rules import Proposal, Purpose, Wish
from invoicing.fund.statements import academic_year
from invoicing.invoices.batches import actions as batches
from invoicing.invoices.batches.jobs import go_on
from invoicing.invoices.batches.queries import Wanted
from invoicing.invoices.batches.rules import Which
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceSource, InvoiceStatus
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.documents import Upload
from marketplace.core.ids import new_id
from marketplace.core.money import Money

MEMBERS = (MANOR, FERNLEIGH, HARROW, KINGFISHER, MILLBROOK, ALDHELM)
YEAR_END_MONTH = 8
BUDGET_MINUTE = "The board went through last year’s spending. Resolved: the budget is set as it was proposed."


def fill(cast: Cast) -> uuid.UUID:
    """Open the fund, ask for contributions twice, and let schools claim; the fund's id."""
    fund_id = new_id()
    with cast.calendar.on(-380):
        opened_on = clock.today()
        actions.open_fund(cast.coordinator, fund_id, cast.alliance_id, "Ashcombe Partnership Fund", opened_on)
    first = _propose(
        cast, fund_id, -370, title="Founding contributions", pounds=42_000, purpose=Purpose.SCHOOL_IMPROVEMENT
    )
    _confirm(cast, first, -340, MEMBERS)
    _receive(cast, first, -320, MEMBERS)
    _paid_claim(cast, fund_id, -210, HARROW, title="Moderation of writing in Year 6", pounds=6_400)
    _paid_claim(cast, fund_id, -95, FERNLEIGH, title="Subject leaders' study days", pounds=9_150)
    refused = claim(cast, fund_id, -60, MANOR, title="New chairs for the staff room", pounds=3_900)
    with cast.calendar.on(-55):
        reason = "The fund pays for work that schools share. Please buy chairs from the school's own budget."
        actions.refuse_claim(cast.schools[FERNLEIGH].headteacher, refused, reason)
    _set_budget(cast, fund_id)
    _grant(cast, fund_id)
    second = _propose(
        cast,
        fund_id,
        -40,
        title="Contributions for this year",
        pounds=36_000,
        purpose=Purpose.PUPIL_ACTIVITIES,
    )
    _confirm(cast, second, -20, (MANOR, HARROW, KINGFISHER, MILLBROOK))
    _receive(cast, second, -8, (MANOR, KINGFISHER))
    pupils = Purpose.PUPIL_ACTIVITIES
    approved = claim(cast, fund_id, -12, MILLBROOK, title="Joint music day", pounds=2_380, purpose=pupils)
    _approve(cast, approved, -9, (MANOR, ALDHELM))
    waiting = claim(
        cast, fund_id, -6, KINGFISHER, title="Coach to the science fair", pounds=640, purpose=pupils
    )
    _approve(cast, waiting, -4, (HARROW,))
    claim(cast, fund_id, -2, ALDHELM, title="Mentoring for two early career teachers", pounds=1_750)
    return fund_id


def send_invoices(cast: Cast, fund_id: uuid.UUID) -> None:
    """The secondary school keeps the fund's money from now on, and sends two invoices as a batch."""
    host = cast.schools[MANOR]
    with cast.calendar.on(-5, hour=9):
        billing.choose_host(cast.coordinator, fund_id, host.id)
    third = _propose(
        cast,
        fund_id,
        -5,
        title="Contributions for staff training",
        pounds=4_800,
        purpose=Purpose.STAFF_TRAINING,
    )
    _confirm(cast, third, -3, (HARROW, KINGFISHER))
    with cast.calendar.on(-2):
        session = db.session()
        session.rollback()
        drafts = select(Invoice.id, Invoice.version).where(
            Invoice.issuer_id == host.id,
            Invoice.status == InvoiceStatus.DRAFT,
            Invoice.source == InvoiceSource.CONTRIBUTION,
        )
        ticked = [(row.id, row.version) for row in session.execute(drafts.order_by(Invoice.id))]
        session.rollback()
        batches.start_batch(host.finance_lead, new_id(), Wanted(host.id), ticked, which=Which.TICKED, seen="")
        go_on()


def _set_budget(cast: Cast, fund_id: uuid.UUID) -> None:
    """The board sets what may be spent in the present year."""
    budget_id = new_id()
    with cast.calendar.on(-58):
        amounts = {
            Purpose.SCHOOL_IMPROVEMENT: Money(12_000_00),
            Purpose.PUPIL_ACTIVITIES: Money(30_000_00),
            Purpose.STAFF_TRAINING: Money(5_000_00),
        }
        year = academic_year(cast.calendar.day(0))
        budgets.propose_budget(cast.coordinator, budget_id, fund_id, year, amounts)
        session = db.session()
        session.rollback()
        decision = decisions.decisions_on(session, Subject.BUDGET, budget_id)[0].id
    for place, urn in enumerate(one for one in MEMBERS if one != FERNLEIGH):
        with cast.calendar.on(-57, hour=10, minute=place):
            school = cast.schools[urn]
            deciding.vote(school.headteacher, decision, school.id, Choice.FOR, "")
    with cast.calendar.on(-56):
        deciding.close_decision(cast.coordinator, decision, DecisionStatus.CARRIED, BUDGET_MINUTE)
        events.deliver_due()


def _grant(cast: Cast, fund_id: uuid.UUID) -> None:
    with cast.calendar.on(-45):
        gift = Gift(
            title="Music for every pupil",
            kind=Giver.CHARITY,
            giver="The Wolds Music Foundation",
            purpose=Purpose.PUPIL_ACTIVITIES,
            amount=Money(7_500_00),
            received_on=clock.today(),
        )
        letter = _bill(cast.schools[MANOR], "Grant for music", 7_500)
        grants.record_grant(cast.coordinator, new_id(), fund_id, gift, letter)


def _propose(
    cast: Cast, fund_id: uuid.UUID, offset: int, *, title: str, pounds: int, purpose: Purpose
) -> uuid.UUID:
    round_id = new_id()
    with cast.calendar.on(offset):
        year_end = _year_end(clock.today())
        proposal = Proposal(
            title=title,
            total=Money(pounds * 100),
            year_start=date(year_end.year - 1, YEAR_END_MONTH + 1, 1),
            year_end=year_end,
            purpose=purpose,
            school_ids=frozenset(cast.schools[urn].id for urn in MEMBERS),
        )
        session = db.session()
        session.rollback()
        fund = queries.get_fund(session, cast.coordinator, fund_id)
        shares = queries.proposed_shares(session, fund, proposal)
        seen = rules.fingerprint(proposal, {share.school_id: share.amount for share in shares})
        actions.propose_contributions(cast.coordinator, round_id, fund_id, proposal, seen)
    return round_id


def _confirm(cast: Cast, round_id: uuid.UUID, offset: int, urns: Sequence[str]) -> None:
    for place, urn in enumerate(urns, start=1):
        with cast.calendar.on(offset, hour=9, minute=place):
            school = cast.schools[urn]
            actions.confirm_contribution(
                school.governor,
                _contribution(round_id, school),
                f"FGB {clock.today().year}/{place:02d}, item {place + 4}",
                cast.calendar.day(offset - 3),
                own_budget=True,
            )


def _receive(cast: Cast, round_id: uuid.UUID, offset: int, urns: Sequence[str]) -> None:
    for place, urn in enumerate(urns):
        with cast.calendar.on(offset, hour=11, minute=place):
            contribution = _contribution(round_id, cast.schools[urn])
            actions.receive_contribution(cast.coordinator, new_id(), contribution, clock.today())


def _paid_claim(cast: Cast, fund_id: uuid.UUID, offset: int, urn: str, *, title: str, pounds: int) -> None:
    claim_id = claim(cast, fund_id, offset, urn, title=title, pounds=pounds)
    _approve(cast, claim_id, offset + 6, [one for one in (MANOR, KINGFISHER) if one != urn])
    with cast.calendar.on(offset + 12):
        actions.pay_claim(cast.coordinator, new_id(), claim_id, clock.today())


def claim(
    cast: Cast,
    fund_id: uuid.UUID,
    offset: int,
    urn: str,
    *,
    title: str,
    pounds: int,
    purpose: Purpose = Purpose.SCHOOL_IMPROVEMENT,
) -> uuid.UUID:
    """A claim of a school's bursar with its evidence; its id."""
    claim_id, school = new_id(), cast.schools[urn]
    with cast.calendar.on(offset):
        wish = Wish(school.id, title, purpose, Money(pounds * 100))
        actions.make_claim(school.bursar, claim_id, fund_id, wish, _bill(school, title, pounds))
    return claim_id


def _approve(cast: Cast, claim_id: uuid.UUID, offset: int, urns: Sequence[str]) -> None:
    for place, urn in enumerate(urns):
        with cast.calendar.on(offset, hour=12, minute=place):
            school = cast.schools[urn]
            actions.approve_claim(school.headteacher, new_id(), claim_id, school.id)


def _bill(school: DemonstrationSchool, title: str, pounds: int) -> Upload:
    """The evidence of a claim: a bill of one line, as a workbook."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Bill")
        for row, (label, said) in enumerate((("To", school.name), ("For", title), ("Pounds", str(pounds)))):
            sheet.write_string(row, 0, label)
            sheet.write_string(row, 1, said)
    content.seek(0)
    return Upload("bill.xlsx", content)


def _contribution(round_id: uuid.UUID, school: DemonstrationSchool) -> uuid.UUID:
    session = db.session()
    session.rollback()
    wanted = (Contribution.round_id == round_id, Contribution.school_id == school.id)
    return session.scalars(select(Contribution.id).where(*wanted)).one()


def _year_end(day: date) -> date:
    """The academies' year end, 31 August, that comes next."""
    this_year = date(day.year, YEAR_END_MONTH, 31)
    return this_year if day <= this_year else date(day.year + 1, YEAR_END_MONTH, 31)
