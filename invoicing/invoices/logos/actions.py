"""What people do with the logo of their school: put it on the invoices, take it off."""

from __future__ import annotations

import io
import uuid

from sqlalchemy.orm import Session

from invoicing.gateways import pictures
from invoicing.invoices.logos import rules
from invoicing.invoices.logos.models import SchoolLogo
from marketplace.alliance import queries as alliance
from marketplace.core import clock, events, policy, storage
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor


def set_logo(actor: Actor, school_id: uuid.UUID, content: bytes, words: str) -> None:
    """Put a picture on the invoices that a school issues from now on. Raises RuleBroken."""
    picture = _written_anew(content)
    with transaction() as session:
        school = alliance.get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.LOGO_SET, school.id)
        rules.check_words(words)
        kept = storage.store(session, io.BytesIO(picture), "image/png", field="picture")
        logo = _logo(session, actor, school_id)
        logo.sha256, logo.words = kept.sha256, words.strip()
        session.flush()
        events.record(session, actor, Act.LOGO_SET, school_id, organisation_id=school_id, sha256=kept.sha256)


def remove_logo(actor: Actor, school_id: uuid.UUID) -> None:
    """Take the picture off the invoices that a school issues from now on."""
    with transaction() as session:
        school = alliance.get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.LOGO_REMOVE, school.id)
        known = session.get(SchoolLogo, school_id)
        if known is None or known.sha256 is None:
            return
        logo = _logo(session, actor, school_id)
        logo.sha256, logo.words = None, ""
        session.flush()
        events.record(session, actor, Act.LOGO_REMOVE, school_id, organisation_id=school_id)


def _logo(session: Session, actor: Actor, school_id: uuid.UUID) -> SchoolLogo:
    """The school's row, new or known, as changed by this person now."""
    assert actor.person_id, "people choose logos"
    logo = session.get(SchoolLogo, school_id)
    if logo is None:
        logo = SchoolLogo(school_id=school_id)
        session.add(logo)
    logo.changed_by, logo.changed_at = actor.person_id, clock.now()
    return logo


def _written_anew(content: bytes) -> bytes:
    """The picture alone. Raises RuleBroken."""
    if len(content) > rules.LARGEST_FILE:
        raise RuleBroken(
            "The picture must be smaller than 2 MB. Save it smaller and choose it again.", "picture"
        )
    try:
        return pictures.written_anew(content, width=rules.WIDTH, height=rules.HEIGHT)
    except pictures.TooManyPixels:
        raise RuleBroken(
            "The picture has too many pixels. Save it at most 4,000 pixels wide and high; choose it again.",
            "picture",
        ) from None
    except pictures.NotAPicture:
        raise RuleBroken(
            "This is not a whole PNG or JPEG picture. Open it, save it as PNG and choose it again.",
            "picture",
        ) from None
