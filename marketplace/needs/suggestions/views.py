"""The pages that say who should buy together, and when."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.alliance import queries as alliance
from marketplace.contracts import categories
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import NavigationItem, page
from marketplace.needs.suggestions import actions, queries, rules, shown
from marketplace.needs.suggestions.queries import Findings
from marketplace.needs.suggestions.rules import Suggestion
from marketplace.needs.suggestions.to_come import still_to_come

suggestions = Blueprint("suggestions", __name__, url_prefix="/needs/suggestions")

DraftAddress = Callable[[uuid.UUID, str, Sequence[uuid.UUID], str], str]
"""Where a joint tender is drafted: of an alliance, in a category, from needs, with a title."""
_draft_address: list[DraftAddress] = []


def offer_draft(address: DraftAddress) -> None:
    """Say where a joint tender is drafted. Called by the composition root, for the stage of tenders."""
    _draft_address[:] = [address]


SHORTCUTS = (
    NavigationItem("See who could buy together", "suggestions.list_suggestions", queries.reads_as_a_school),
)


@suggestions.route("")
def list_suggestions() -> Any:
    """What could be bought together in an alliance, the most urgent first."""
    actor, session = web.actor(), db.session()
    if not queries.reads_suggestions(actor):
        raise Forbidden("Only bursars, headteachers, coordinators and auditors see who could buy together.")
    readable = queries.alliances(session, actor)
    chosen = next((one for one in readable if str(one) == request.args.get("alliance")), None)
    alliance_id = chosen or next(iter(readable), None)
    today = clock.today()
    found = queries.findings(session, alliance_id, today).suggestions if alliance_id else []
    pages = page_links(len(found), request.args.get("page"), page_address)
    return page(
        "suggestions/list.html",
        cards=[
            shown.card(one, _address(alliance_id, one), today)
            for one in found[pages.offset : pages.offset + pages.size]
        ],
        pages=pages,
        alliances=readable,
        alliance_id=alliance_id,
        consents=_consents(actor),
    )


def _address(alliance_id: uuid.UUID | None, suggestion: Suggestion) -> str:
    return url_for(
        "suggestions.show",
        alliance_id=alliance_id,
        category_id=suggestion.category,
        starts_on=suggestion.plan.starts_on.isoformat(),
    )


def _consents(actor: Actor) -> list[tuple[uuid.UUID, str, bool]]:
    """The reader's schools for which they decide whether neighbours see them, and whether they do now."""
    session = db.session()
    names = alliance.names(session, actor.organisations(Kind.SCHOOL, *POLICY[Act.CONSENT_GIVE].roles))
    given = queries.consenting(session, names)
    return [(one, name, one in given) for one, name in sorted(names.items(), key=lambda pair: pair[1])]


@suggestions.route("/<uuid:alliance_id>/<category_id>/<starts_on>")
def show(alliance_id: uuid.UUID, category_id: str, starts_on: str) -> Any:
    """One suggestion: who, why, by when, what it comes to, and who does not fit."""
    actor, session, today = web.actor(), db.session(), clock.today()
    owner = queries.get_alliance(session, actor, alliance_id)
    found = queries.findings(session, owner.id, today)
    suggestion = found.find(category_id, _day(starts_on))
    asked = queries.requests(session, suggestion)
    near = {one.term.school_id for one in (*suggestion.members, *suggestion.others)}
    homes = queries.alliances_of_schools(session, near - found.members.keys())
    elsewhere = {school_id: f"Member of {name}" for school_id, name in homes.items()}
    neighbours = [name for one, name in suggestion.schools.items() if one not in found.members]
    numbers = shown.figures_of(suggestion, today)
    view, on_the_map = shown.on_the_map(suggestion, queries.places(session, near))
    return page(
        "suggestions/show.html",
        alliance=owner,
        suggestion=suggestion,
        title=shown.title(suggestion),
        reason=shown.reason(suggestion),
        numbers=numbers,
        unit=categories.unit_of(numbers.volume, categories.category(category_id).volume_unit),
        threshold=shown.threshold_words(numbers, suggestion),
        members=shown.members(suggestion, elsewhere, asked),
        others=shown.others(suggestion, elsewhere),
        others_count=len(suggestion.others),
        left_out=shown.left_out(found, suggestion, today)[: shown.MOST_LINES],
        map=view,
        on_the_map=on_the_map,
        chart=shown.timeline(suggestion, today),
        may_draft=policy.allows(actor, Act.NEED_REQUEST, owner.id),
        draft_href=_draft(found, suggestion),
        needs_count=len(_own_needs(found, suggestion)),
        to_ask=shown.listed(
            [suggestion.schools[one] for one in _to_ask(found, suggestion) if one not in asked]
        ),
        to_come=still_to_come(suggestion, found.members, asked, queries.submitted(session, suggestion)),
        own=_own_without_need(suggestion),
        deciding=shown.deciding(suggestion),
        neighbours=shown.listed(neighbours),
        neighbours_count=len(neighbours),
        ask_href=url_for(
            "suggestions.request_needs", alliance_id=owner.id, category_id=category_id, starts_on=starts_on
        ),
    )


def _day(text: str) -> date:
    """A date of an address. Raises NotFound."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


def _own_needs(found: Findings, suggestion: Suggestion) -> list[uuid.UUID]:
    """The approved needs of the alliance's own schools: a tender is for them."""
    return [need for school, need in rules.needs_of(suggestion).items() if school in found.members]


def _own_without_need(suggestion: Suggestion) -> list[tuple[str, str]]:
    """The reader's schools that can post a need for this, by name, and where."""
    posting = web.actor().organisations(Kind.SCHOOL, *POLICY[Act.NEED_POST].roles)
    return [
        (
            suggestion.schools[one],
            url_for("needs.post_need", school_id=one, category_id=suggestion.category),
        )
        for one in rules.without_need(suggestion)
        if one in posting
    ]


def _to_ask(found: Findings, suggestion: Suggestion) -> list[uuid.UUID]:
    return [one for one in rules.without_need(suggestion) if one in found.members]


def _draft(found: Findings, suggestion: Suggestion) -> str:
    """Where a tender with these needs is drafted; blank while there are needs of fewer than two schools."""
    needs = _own_needs(found, suggestion)
    if len(needs) < rules.FEWEST_SCHOOLS or not _draft_address:
        return ""
    name = f"{categories.label(suggestion.category)} for {len(needs)} schools"
    return _draft_address[0](found.alliance_id, suggestion.category, needs, name)


@suggestions.route("/<uuid:alliance_id>/<category_id>/<starts_on>/request-needs", methods=["POST"])
def request_needs(alliance_id: uuid.UUID, category_id: str, starts_on: str) -> Any:
    """Ask the schools of which only a contract is known to post a need."""
    day = _day(starts_on)
    try:
        asked = actions.request_needs(web.actor(), alliance_id, category_id, day)
        schools = "1 school" if asked == 1 else f"{asked} schools"
        flash(f"You asked {schools} to post a need. We have written to their bursars.", "success")
    except RuleBroken as nobody:
        flash(nobody.message)
    return redirect(
        url_for("suggestions.show", alliance_id=alliance_id, category_id=category_id, starts_on=starts_on)
    )


@suggestions.route("/neighbours/<uuid:school_id>/give-consent", methods=["POST"])
def give_consent(school_id: uuid.UUID) -> Any:
    """Let neighbouring alliances see the school."""
    actions.give_consent(web.actor(), school_id)
    flash("Neighbouring alliances now see your school in their suggestions.", "success")
    return redirect(url_for("suggestions.list_suggestions"))


@suggestions.route("/neighbours/<uuid:school_id>/withdraw-consent", methods=["POST"])
def withdraw_consent(school_id: uuid.UUID) -> Any:
    """Take that back."""
    actions.withdraw_consent(web.actor(), school_id)
    flash("Only your own alliances see your school in suggestions now.", "success")
    return redirect(url_for("suggestions.list_suggestions"))
