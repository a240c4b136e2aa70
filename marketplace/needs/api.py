"""The program interface of needs. A need is approved by a person, in Weald itself."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from pydantic import Field

from marketplace.alliance.api import SchoolName
from marketplace.alliance.delegation.rules import Approver
from marketplace.contracts import categories
from marketplace.core import web
from marketplace.core.api.operations import Api
from marketplace.core.api.schemas import (
    Line,
    Listing,
    PageAsked,
    Pence,
    Quantity,
    Schema,
    Text,
    Version,
    part_of,
)
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.needs import actions, queries, rules, sent_answers
from marketplace.needs.models import Need
from marketplace.needs.rules import Considered, Joint, NeedContent, NeedStatus

needs = Api("needs_api", __name__, "Needs", "/needs")
ANSWERS = "By the keys of the category’s questions, each as the question’s type says."


class NeedSent(Schema):
    """What a school says it needs. A draft may leave gaps; a need that is submitted has none."""

    title: Line = Field(min_length=1, max_length=rules.LONGEST_TITLE)
    description: Text = Field(default="", max_length=rules.LONGEST_TEXT)
    volume: Quantity | None = Field(default=None, description="In the category’s unit.")
    current_supplier: Line = Field(default="", max_length=rules.LONGEST_TITLE)
    current_annual_spend_pence: Pence | None = Field(default=None, description="A year’s, before VAT.")
    highest_annual_spend_pence: Pence | None = Field(
        default=None, description="The most it could cost a year, where that is more than today’s."
    )
    contract_ends_on: date | None = Field(default=None, description="When today’s contract ends.")
    wanted_from: date | None = None
    term_months: int | None = Field(
        default=None, ge=1, le=rules.LONGEST_TERM_MONTHS, description="For how long, without extensions."
    )
    term_unknown: bool = Field(default=False, description="Nobody knows yet for how long.")
    extension_months: int = Field(default=0, ge=0, le=rules.LONGEST_TERM_MONTHS)
    frameworks: Considered | None = Field(
        default=None, description="What was decided about frameworks that the Department approves."
    )
    frameworks_reason: Text = Field(default="", max_length=rules.LONGEST_REASON)
    joint: Joint | None = Field(default=None, description="Would the school buy together with others?")
    joint_condition: Line = Field(default="", max_length=rules.LONGEST_REASON)
    answers: dict[str, Any] = Field(default={}, description=ANSWERS)

    def content(self, category_id: str) -> NeedContent:
        """What was sent, as a need takes it. Raises RuleBroken for an answer that is none."""
        same = {one.name for one in fields(NeedContent)} & type(self).model_fields.keys()
        sent = {name: getattr(self, name) for name in same}
        return NeedContent(
            **sent
            | {
                "current_annual_spend": _money(self.current_annual_spend_pence),
                "highest_annual_spend": _money(self.highest_annual_spend_pence),
                "answers": sent_answers.read(categories.category(category_id), self.answers),
            }
        )


class NeedToPost(NeedSent):
    """A new need of a school in a category."""

    school_id: uuid.UUID
    category: str = Field(description="The id of a category.")


class NeedChange(NeedSent):
    """All of a draft as it is to be."""

    version: Version


class NeedToSubmit(Schema):
    """Which version of a draft is submitted."""

    version: Version


class NeedToWithdraw(Schema):
    """Which version of a need is withdrawn, and why."""

    version: Version
    reason: Text = Field(min_length=1, max_length=rules.LONGEST_REASON)


class NeedEntry(Schema):
    """What a school needs, and where it is on its way."""

    id: uuid.UUID
    reference: str
    version: int
    status: NeedStatus
    school: SchoolName
    category: str
    title: str
    description: str
    volume: Quantity | None
    volume_unit: str
    current_supplier: str
    current_annual_spend_pence: int | None
    highest_annual_spend_pence: int | None
    contract_ends_on: date | None
    wanted_from: date | None
    term_months: int | None
    term_unknown: bool
    extension_months: int
    frameworks: Considered | None
    frameworks_reason: str
    joint: Joint | None
    joint_condition: str
    answers: dict[str, Any] = Field(description=ANSWERS)
    posted_at: datetime
    approved_at: datetime | None
    return_reason: str = Field(description="Why it was given back to its author; blank if it was not.")
    value_pence: int | None = Field(
        description="What it is worth with VAT over the whole term, as it was submitted; null: not known."
    )
    approver: Approver | None = Field(description="Who decides on it, by the school’s delegation ladder.")
    least_quotes: int | None = Field(description="How many quotes the ladder asks for.")

    @classmethod
    def of(cls, need: Need) -> NeedEntry:
        """A need as it is answered."""
        amounts = ("current_annual_spend", "highest_annual_spend", "value")
        pence: dict[str, Any] = {f"{name}_pence": _pence(getattr(need, name)) for name in amounts}
        other = {"school", "answers", *pence}
        return cls(
            **{name: getattr(need, name) for name in cls.model_fields.keys() - other},
            **pence,
            school=SchoolName.of(need.school),
            answers=need.details,
        )


class NeedList(Listing[NeedEntry]):
    """Part of the needs."""


class NeedsAsked(PageAsked):
    """Which needs."""

    status: NeedStatus | None = Field(default=None, description="Only those that are so far.")
    category: str | None = Field(default=None, description="Only of this category.")
    school_id: uuid.UUID | None = Field(default=None, description="Only of this school.")


def _money(pence: int | None) -> Money | None:
    return None if pence is None else Money(pence)


def _pence(amount: Money | None) -> int | None:
    return None if amount is None else amount.pence


@needs.reads("", Scope.NEEDS_READ)
def list_needs(asked: NeedsAsked) -> NeedList:
    """The needs that the token’s owner may read.

    Their own schools’, and once they are approved those of the other schools of their alliances.
    """
    query = queries.search(
        web.actor(), status=asked.status, category_id=asked.category, school_id=asked.school_id
    )
    rows, following = part_of(db.session(), query, Need.id, asked)
    return NeedList(items=[NeedEntry.of(one) for one in rows], next=following)


@needs.reads("/<uuid:need_id>", Scope.NEEDS_READ)
def show_need(need_id: uuid.UUID) -> NeedEntry:
    """One need."""
    return NeedEntry.of(queries.get_need(db.session(), web.actor(), need_id))


@needs.makes("", Scope.NEEDS_WRITE)
def post_need(body: NeedToPost, making: uuid.UUID) -> NeedEntry:
    """Draft a need of a school.

    Nobody outside the school sees it until it is submitted and approved.
    """
    actions.post_need(web.actor(), making, body.school_id, body.category, body.content(body.category))
    return show_need(making)


@needs.changes("/<uuid:need_id>", Scope.NEEDS_WRITE)
def edit_need(need_id: uuid.UUID, body: NeedChange) -> NeedEntry:
    """Put other content in place of a draft’s.

    Send all of it, with the version that you read.
    """
    need = queries.get_need(db.session(), web.actor(), need_id)
    actions.edit_need(web.actor(), need_id, body.version, body.content(need.category))
    return show_need(need_id)


@needs.does("/<uuid:need_id>/submit", Scope.NEEDS_WRITE)
def submit_need(need_id: uuid.UUID, body: NeedToSubmit) -> NeedEntry:
    """Submit a draft for approval.

    Who approves it, the school’s delegation ladder says; they do it in Weald itself.
    """
    actions.submit_need(web.actor(), need_id, body.version)
    return show_need(need_id)


@needs.does("/<uuid:need_id>/withdraw", Scope.NEEDS_WRITE)
def withdraw_need(need_id: uuid.UUID, body: NeedToWithdraw) -> NeedEntry:
    """Withdraw a need that is in no tender, with the reason."""
    actions.withdraw_need(web.actor(), need_id, body.version, body.reason)
    return show_need(need_id)
