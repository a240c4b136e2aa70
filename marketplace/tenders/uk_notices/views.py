"""Pages of a tender's notices for the people of its alliance: the list, a draft, and its publication."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, day, page
from marketplace.tenders import audience
from marketplace.tenders.amending.queries import waiting_for_find_a_tender
from marketplace.tenders.models import Tender
from marketplace.tenders.queries import get_tender_of_alliance
from marketplace.tenders.uk_notices import actions, issuing, queries, rules, schema, tasks, wording
from marketplace.tenders.uk_notices.forms import FIELDS, NoticeForm, ReferenceForm
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars

notices = Blueprint("notices", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a notice, what became of it, and where it goes on."""

    name: str
    purpose: str
    law: str
    state: str
    link: str
    link_text: str


@notices.route("/tenders/<uuid:tender_id>/notices")
def index(tender_id: uuid.UUID) -> Any:
    """What was published about a tender, and what can be."""
    session = db.session()
    tender = get_tender_of_alliance(session, web.actor(), tender_id)
    found = queries.notices_of(session, tender.id)
    changed = queries.update_wanted(session, tender)
    return page(
        "notices/index.html",
        tender=tender,
        rows=[_row(tender, kind, found, changed=changed) for kind in NoticeKind],
        record=url_for("ocds.record", ocid=found[0].ocid) if found else "",
        ocid=queries.ocid(session, tender),
    )


def _row(tender: Tender, kind: NoticeKind, found: list[Notice], *, changed: bool) -> Row:
    words = rules.NOTICES[kind]
    published = [one for one in found if one.kind is kind]
    state = "; ".join(
        f"Published on {day(one.issued_at)}" + (f" as {one.reference}" if one.reference else "")
        for one in published
    )
    link, text = "", ""
    may = policy.allows(web.actor(), Act.NOTICE_ISSUE, tender.alliance_id)
    if tasks.waits_for_reference(tender) and kind is NoticeKind.TENDER:
        link, text = url_for("notices.enter_reference", tender_id=tender.id), "Enter its reference"
    elif may and (changed if kind is NoticeKind.TENDER else _possible(kind, tender, found)):
        link = url_for("notices.issue_notice", tender_id=tender.id, code=kind.value)
        text = "Publish its change" if kind is NoticeKind.TENDER else "Draft and publish it"
    name = f"{kind}: {words.name}"
    return Row(name, words.purpose, words.law, state or ("" if link else "Not at this stage"), link, text)


def _contracts(tender: Tender) -> list[tuple[str, str]]:
    """The contracts that were made by a tender, by their ids."""
    told = queries.subject(db.session(), tender).awards
    return [(one.id, f"{one.school}: {one.title}") for award in told for one in award.contracts]


def _possible(kind: NoticeKind, tender: Tender, found: list[Notice]) -> bool:
    kinds = {one.kind for one in found}
    if kind is NoticeKind.AWARD:
        return False
    if kind is NoticeKind.TERMINATION and (NoticeKind.TENDER not in kinds or kind in kinds):
        return False
    return tender.status in rules.WHEN[kind]


@notices.route("/tenders/<uuid:tender_id>/notices/<code>", methods=["GET", "POST"])
def issue_notice(tender_id: uuid.UUID, code: str) -> Any:
    """The draft of a notice, as text and as data, and its publication."""
    acting, session = web.actor(), db.session()
    kind = _kind(code)
    tender = get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.NOTICE_ISSUE, tender.alliance_id)
    if kind is NoticeKind.AWARD or (kind is NoticeKind.TENDER and not queries.update_wanted(session, tender)):
        return redirect(url_for("notices.index", tender_id=tender_id))
    waiting = waiting_for_find_a_tender(session, tender_id) if kind is NoticeKind.TENDER else None
    reason = waiting.reason if waiting else tender.end_reason
    form = NoticeForm(
        data={"version": tender.version, "reason": reason},
        kind=kind,
        contracts=_contracts(tender),
    )
    if form.validate_on_submit() and "show" not in request.form:
        with answering(form):
            actions.issue_notice(
                acting,
                form.id_to_make,
                tender_id,
                form.version.data,
                kind=kind,
                particulars=form.particulars(),
                reference=form.reference.data or "",
                published_on=form.published_on.data,
            )
            took_effect = " The change holds from now on, and everybody is told." if waiting else ""
            flash(
                f"You published the {rules.NOTICES[kind].name.lower()}. It is in the open data.{took_effect}"
            )
            return redirect(url_for("notices.index", tender_id=tender_id))
    return page(
        "notices/issue_notice.html",
        form=form,
        tender=tender,
        kind=kind,
        words=rules.NOTICES[kind],
        own_fields=[form[name] for name in FIELDS[kind]],
        bound=queries.needs_reference(session, tender, kind),
        waits=waiting is not None,
        **_draft(tender, kind, form.particulars()),
    )


@notices.route("/tenders/<uuid:tender_id>/reference", methods=["GET", "POST"])
def enter_reference(tender_id: uuid.UUID) -> Any:
    """The tender notice for Find a Tender, and the form that opens the tender with its reference."""
    acting, session = web.actor(), db.session()
    tender = get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.NOTICE_ISSUE, tender.alliance_id)
    if request.method == "GET" and not tasks.waits_for_reference(tender):
        return redirect(url_for("tenders.show", tender_id=tender_id))
    form = ReferenceForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.publish_with_reference(
                acting,
                tender_id,
                form.version.data,
                form.reference.data or "",
                form.published_on.data,
            )
            flash(f"You published {tender.title}. Suppliers can quote for it now.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page(
        "notices/enter_reference.html",
        form=form,
        tender=tender,
        suppliers=audience.suppliers(session, tender),
        **_draft(tender, NoticeKind.TENDER, rules.NO_PARTICULARS),
    )


@notices.route("/tenders/<uuid:tender_id>/notices/<code>.json")
def download_draft(tender_id: uuid.UUID, code: str) -> Any:
    """The draft of a notice that needs no particulars, as an OCDS release."""
    session = db.session()
    kind = _kind(code)
    tender = get_tender_of_alliance(session, web.actor(), tender_id)
    said = Particulars(reason=tender.end_reason)
    if kind is NoticeKind.TERMINATION and tender.status not in rules.ENDED:
        raise NotFound
    _, content = issuing.draft(session, tender, kind, said)
    name = f"{tender.reference}-{kind}.json"
    return Response(
        schema.to_json(content),
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _kind(code: str) -> NoticeKind:
    try:
        return NoticeKind(code)
    except ValueError:
        raise NotFound from None


def _draft(tender: Tender, kind: NoticeKind, said: Particulars) -> dict[str, Any]:
    """The notice as it would be published now: what it lacks, its text and its data."""
    session = db.session()
    subject = queries.subject(session, tender)
    ready = kind is not NoticeKind.TERMINATION or tender.status in rules.ENDED
    content = issuing.draft(session, tender, kind, said)[1] if ready else {}
    return {
        "missing": rules.missing(kind, subject),
        "text": wording.in_words(kind, subject, said),
        "data": schema.to_json(content, indent=2),
    }
